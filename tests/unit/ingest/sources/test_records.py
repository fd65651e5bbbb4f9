"""Records as a source: JSON Lines and CSV, broken lines and all."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.readers.record import RECORD, RecordReader, encode_record
from ingest.sources import record_rows
from ingest.sources.records import RecordSource
from retrieval.errors import DocumentError, ServiceError, UserError
from retrieval.ids import version_of
from retrieval.ports import Hints
from retrieval.values import BlockKind, Labels


def jsonl(folder: Path, *lines: object) -> Path:
    file = folder / "faq.jsonl"
    file.write_bytes(b"\n".join(x if isinstance(x, bytes) else json.dumps(x).encode() for x in lines))
    return file


def test_fields_become_attributes_and_metadata(tmp_path: Path) -> None:
    record = {
        "doc_id": 7,
        "name": "返品",
        "body": "本文",
        "allow": ["support"],
        "metadata": {"effective_from": "2026-04-01", "plan": "pro"},
        "year": 2026,
        "parts": {"no": "scalar"},
        "gone": None,
    }
    source = RecordSource(jsonl(tmp_path, record), id_field="doc_id", title_field="name", text_field="body")
    (item,) = source.list().items
    assert ("7", RECORD, None, "返品") == (item.key, item.media_type, item.problem, item.attributes.title)
    assert Labels(allow=frozenset({"support"})) == item.attributes.labels
    assert {"plan": "pro", "year": 2026} == item.attributes.metadata
    assert item.etag == version_of(source.open(item).read())


def test_only_the_named_metadata_fields_are_kept_but_understood_ones_always(tmp_path: Path) -> None:
    record = {"id": "a", "text": "x", "plan": "pro", "year": 2026, "deny": ["guest"]}
    (item,) = RecordSource(jsonl(tmp_path, record), metadata_fields=["plan"]).list().items
    assert {"plan": "pro"} == item.attributes.metadata
    assert frozenset({"guest"}) == item.attributes.labels.deny


def test_a_change_of_attributes_is_no_new_version(tmp_path: Path) -> None:
    (one,) = RecordSource(jsonl(tmp_path, {"id": "a", "text": "x", "plan": "pro"})).list().items
    (two,) = RecordSource(jsonl(tmp_path, {"id": "a", "text": "x", "plan": "free", "title": "T"})).list().items
    assert one.etag == two.etag


def test_broken_lines_are_problems_with_their_number_and_stop_nothing(tmp_path: Path) -> None:
    source = RecordSource(
        jsonl(tmp_path, {"id": "a", "text": "x"}, b"{broken", b"\x83\xff", b"[1]", b"", {"id": "b", "text": "y"})
    )
    listing = source.list()
    assert ["a", "b", "line:2", "line:3", "line:4"] == [item.key for item in listing.items]
    assert [False, False, True, True, True] == [item.problem is not None for item in listing.items]
    assert "Line 2 of 'faq.jsonl'" in (listing.items[2].problem or "")


def test_a_line_without_a_readable_id_makes_the_listing_incomplete(tmp_path: Path) -> None:
    """It may be any record, so none may be taken for deleted."""
    assert not RecordSource(jsonl(tmp_path, {"id": "a", "text": "x"}, b"{broken")).list().complete
    assert not RecordSource(jsonl(tmp_path, {"id": "a", "text": "x"}, {"text": "y"})).list().complete
    assert RecordSource(jsonl(tmp_path, {"id": "a", "text": "x"}, {"id": "b", "text": 5})).list().complete


def test_equal_ids_are_a_problem_that_names_both_lines(tmp_path: Path) -> None:
    (item,) = RecordSource(jsonl(tmp_path, {"id": "a", "text": "x"}, {"id": "a", "text": "y"})).list().items
    assert "Lines 1 and 2" in (item.problem or "")


@pytest.mark.parametrize(
    ("fields", "told"),
    [({"id": "a"}, "'text'"), ({"id": "a", "text": 5}, "'text'"), ({"id": "a", "text": "x", "allow": 1}, "'allow'")],
)
def test_a_record_with_a_wrong_field_is_a_problem_of_its_own(
    tmp_path: Path, fields: dict[str, object], told: str
) -> None:
    items = {i.key: i for i in RecordSource(jsonl(tmp_path, fields, {"id": "b", "text": "y"})).list().items}
    assert told in (items["a"].problem or "")
    assert items["b"].problem is None


def test_a_field_that_no_record_has_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no field 'text'; its fields are body, id"):
        RecordSource(jsonl(tmp_path, {"id": "a", "body": "x"})).list()


def test_a_line_that_is_too_long_is_passed_over_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_rows, "MAX_RECORD_BYTES", 64)
    source = RecordSource(jsonl(tmp_path, {"id": "a", "text": "x" * 500}, {"id": "b", "text": "y"}))
    assert ["b", "line:1"] == [item.key for item in source.list().items]


def csv_file(folder: Path, text: str, *, encoding: str = "utf-8") -> Path:
    file = folder / "faq.csv"
    file.write_bytes(text.encode(encoding))
    return file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_csv_is_read_in_the_encodings_that_excel_writes(tmp_path: Path, encoding: str) -> None:
    file = csv_file(tmp_path, 'id,title,text,区分\n1,返品,"一行目\n二行目、ﾊﾝｶｸ",保証\n', encoding=encoding)
    source = RecordSource(file)
    (item,) = source.list().items
    assert {"区分": "保証"} == item.attributes.metadata
    assert "一行目\n二行目、ﾊﾝｶｸ" == json.loads(source.open(item).read())["text"]


def test_csv_rows_of_the_wrong_shape_are_problems_with_their_line(tmp_path: Path) -> None:
    listing = RecordSource(csv_file(tmp_path, "id,text\n1,a\n2,b,c\n3\n4,d\n")).list()
    assert {"1": None, "4": None} == {i.key: i.problem for i in listing.items if i.problem is None}
    assert ["3", "line:3"] == [item.key for item in listing.items if item.problem]


def test_csv_without_the_columns_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="its fields are body, no"):
        RecordSource(csv_file(tmp_path, "no,body\n1,a\n")).list()


def zipped(folder: Path, make: Callable[[bytes], bytes]) -> Path:
    file = folder / "faq.jsonl.gz"
    rows = b"".join(json.dumps({"id": str(n), "text": f"本文{n}" * 50}).encode() + b"\n" for n in range(500))
    file.write_bytes(make(gzip.compress(rows, mtime=0)))
    return file


def test_a_gzipped_file_is_read_and_named_without_endings(tmp_path: Path) -> None:
    source = RecordSource(zipped(tmp_path, lambda data: data))
    assert ("faq", 500, True) == (source.name, len(source.list().items), source.list().complete)


def test_a_gzipped_file_cut_short_gives_what_it_has_and_is_incomplete(tmp_path: Path) -> None:
    listing = RecordSource(zipped(tmp_path, lambda data: data[: len(data) // 2])).list()
    assert not listing.complete
    assert 0 < len(listing.items) < 500


def test_a_name_without_a_known_ending_is_refused(tmp_path: Path) -> None:
    (tmp_path / "faq.xml").write_text("<x/>")
    with pytest.raises(UserError, match="must end in"):
        RecordSource(tmp_path / "faq.xml").list()


def read(data: bytes) -> tuple[str, list[tuple[BlockKind, str]]]:
    hints = Hints(name="a", media_type=RECORD, version=version_of(data))
    extraction = RecordReader().read_bytes(data, hints)
    return extraction.text, [(b.kind, extraction.text[b.start : b.end]) for b in extraction.blocks]


def test_the_text_of_a_record_is_its_field_as_it_stands(tmp_path: Path) -> None:
    text = "  一つ目の段落。\r\n続き。\r\n \r\nSecond paragraph. \n\n\nThird\n"
    found, blocks = read(encode_record(text))
    assert text == found
    assert [(BlockKind.PARAGRAPH, t) for t in ("一つ目の段落。\r\n続き。", "Second paragraph.", "Third")] == blocks


def test_a_question_and_its_answer_are_two_blocks() -> None:
    found, blocks = read(encode_record("はい。\n\n30日以内です。", question="返品できますか？"))
    assert "返品できますか？\nはい。\n\n30日以内です。" == found
    assert [(BlockKind.QUESTION, "返品できますか？"), (BlockKind.ANSWER, "はい。\n\n30日以内です。")] == blocks


def test_characters_that_cannot_be_kept_are_replaced_one_for_one() -> None:
    text, _ = read(encode_record("a\x00b\ud800c\U000e0041d"))
    assert "a\ufffdb\ufffdc\ufffdd" == text


def test_a_blank_record_is_skipped() -> None:
    with pytest.raises(DocumentError) as caught:
        read(encode_record(" \n "))
    assert caught.value.skipped


def test_the_question_field_is_what_is_asked(tmp_path: Path) -> None:
    source = RecordSource(jsonl(tmp_path, {"id": "a", "q": "Can I?", "text": "Yes."}), question_field="q")
    (item,) = source.list().items
    assert {"question": "Can I?", "text": "Yes."} == json.loads(source.open(item).read())
    assert {} == item.attributes.metadata


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"\xff\xfei\x00d\x00,\x00t\x00\n\x00\x00\xd8a\x00", "UTF-16", id="half a character in UTF-16"),
        pytest.param(b"\xff\xfei\x00d\x00\n", "UTF-16", id="half a code unit in UTF-16"),
        pytest.param(b'"id,text\n1,a\n', "first line", id="a quotation mark that never closes"),
        pytest.param(b'"id"x,text\n1,a\n', "first line", id="letters after a quotation mark"),
    ],
)
def test_a_csv_file_that_cannot_be_read_at_all_is_refused_by_name(tmp_path: Path, content: bytes, told: str) -> None:
    file = tmp_path / "faq.csv"
    file.write_bytes(content)
    with pytest.raises(UserError, match=f"'faq.csv'.*{told}"):
        RecordSource(file).list()


def test_a_record_that_names_its_rights_twice_is_refused(tmp_path: Path) -> None:
    """As in a sidecar: which of the two is meant would be a guess."""
    line = b'{"id": "a", "text": "x", "allow": ["hr"], "allow": ["public"]}'
    listing = RecordSource(jsonl(tmp_path, line, {"id": "b", "text": "y"})).list()
    assert ["line:1"] == [item.key for item in listing.items if item.problem and "twice" in item.problem]
    assert not listing.complete


def test_a_temporary_folder_without_room_ends_the_listing_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = RecordSource(jsonl(tmp_path, {"id": "a", "text": "x"}))
    monkeypatch.setattr("tempfile.TemporaryFile", lambda mode: Path("/dev/full").open(mode, buffering=0))  # noqa: SIM115  as the original
    with pytest.raises(ServiceError, match=r"'faq\.jsonl' cannot be listed: .*No space left"):
        source.list()
