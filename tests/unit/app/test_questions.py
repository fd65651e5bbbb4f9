"""Question files, and files that are written whole or not at all."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from app.cli.questions import Question, read_questions, written_whole
from retrieval.errors import UserError


def test_questions_are_read_in_order_also_from_gzip_and_behind_a_byte_order_mark(tmp_path: Path) -> None:
    lines = '\ufeff{"id": 7, "question": "返品は何日以内?"}\n\n{"id": "b", "question": "How long?"}\n'
    plain, packed = tmp_path / "q.jsonl", tmp_path / "q.jsonl.gz"
    plain.write_text(lines, encoding="utf-8")
    packed.write_bytes(gzip.compress(lines.encode()))
    expected = (Question(id="7", text="返品は何日以内?"), Question(id="b", text="How long?"))
    assert expected == read_questions(plain, id_field="id", text_field="question")
    assert expected == read_questions(packed, id_field="id", text_field="question")


def test_earlier_questions_come_along(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(
        '{"id": "a", "question": "送料は？", "turns": ["返品", "期限は？"]}\n{"id": "b", "question": "x"}\n'
    )
    asked = read_questions(file, id_field="id", text_field="question")
    assert [("返品", "期限は？"), ()] == [question.turns for question in asked]


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("{", "q.jsonl:1: not JSON"),
        ("[1]", "expected a JSON object"),
        ('{"id": "a"}', "no field 'question'; it has id"),
        ('{"id": "a", "question": "x"}\n{"id": "a", "question": "y"}', "'a' appears twice"),
        ('{"id": "a", "question": "x", "turns": "y"}', "q.jsonl:1: 'turns' is a list of strings"),
        ('{"id": "a", "question": "x", "turns": [1]}', "q.jsonl:1: 'turns' is a list of strings"),
        ("\n", "no question in it"),
        (b"\xff\xfe", "cannot be read"),
        ('{"id": "\\ud842", "question": "x"}', "q.jsonl:1: .* half a character"),
        ('{"id": "a", "n": %s}' % ("9" * 5000), "q.jsonl:1: not JSON"),
        ("[" * 100_000, "q.jsonl:1: not JSON"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, content: str | bytes, named: str) -> None:
    file = tmp_path / "q.jsonl"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UserError, match=named):
        read_questions(file, id_field="id", text_field="question")


def test_a_missing_or_truncated_file_is_the_users_error(tmp_path: Path) -> None:
    (tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress(b'{"id": "a", "question": "x"}\n')[:-9])
    broken = bytearray(gzip.compress(b'{"id": "a", "question": "x"}\n' * 1000))
    broken[20] ^= 0xFF
    (tmp_path / "broken.jsonl.gz").write_bytes(broken)
    for name in ("absent.jsonl", "cut.jsonl.gz", "broken.jsonl.gz"):
        with pytest.raises(UserError, match="cannot be read"):
            read_questions(tmp_path / name, id_field="id", text_field="question")


def test_a_file_that_was_not_finished_leaves_the_old_one_and_no_rest(tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    target.write_text("old")

    def fail_halfway() -> None:
        with written_whole(target) as file:
            file.write("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    assert ["out.jsonl"] == [path.name for path in tmp_path.iterdir()]
    assert "old" == target.read_text()


def test_a_folder_that_is_absent_is_the_users_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be written"), written_whole(tmp_path / "absent" / "out"):
        pass
