"""The sample documents are what their sources say, in every format, to the byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from samples.build import HERE, build
from samples.making.bundle import Piece, SourceDocument, pieces, read_bundle, sidecar

_KNOWLEDGE = HERE / "knowledge"
_LIMIT = 3_000_000


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_fresh_build_equals_the_committed_files_byte_for_byte(tmp_path: Path) -> None:
    build(tmp_path / "made")
    made, committed = _files(tmp_path / "made"), _files(_KNOWLEDGE)
    assert sorted(committed) == sorted(made)
    assert [] == [path for path in made if committed[path] != made[path]]


def test_all_samples_together_stay_small_enough_for_a_repository() -> None:
    assert sum(len(data) for data in _files(_KNOWLEDGE).values()) < _LIMIT


def test_a_folder_that_holds_something_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ValueError, match="is not empty"):
        build(tmp_path)
    assert {"mine.txt": b"mine"} == _files(tmp_path)


def test_a_bundle_gives_every_document_its_headers_and_its_body(tmp_path: Path) -> None:
    bundle = tmp_path / "b.txt"
    bundle.write_text("@@@ a.md\ntitle: A: the first\n\n# A\n\nText\n\n@@@ b/c.txt\n\nC\n", encoding="utf-8")
    assert [
        SourceDocument(path="a.md", headers={"title": "A: the first"}, body="# A\n\nText\n"),
        SourceDocument(path="b/c.txt", headers={}, body="C\n"),
    ] == read_bundle(bundle)


def test_a_header_without_a_colon_is_refused_by_name(tmp_path: Path) -> None:
    bundle = tmp_path / "b.txt"
    bundle.write_text("@@@ a.md\ntitle A\n\ntext\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"'title A' of 'a\.md'"):
        read_bundle(bundle)


def test_a_document_without_attributes_gets_no_sidecar() -> None:
    assert sidecar(SourceDocument(path="a.txt", headers={"encoding": "cp932"}, body="")) is None


def test_the_small_markup_knows_headings_steps_bullets_tables_and_scans() -> None:
    body = "# H\n\nText\n\n2. two\n- dot\n\n| a | |\n| b | < |\n\n%%scan%%\nink\n\n%%page%%\n\nAfter\n"
    assert [
        Piece(kind="heading", text="H", level=1),
        Piece(kind="paragraph", text="Text"),
        Piece(kind="step", text="two", level=2),
        Piece(kind="bullet", text="dot"),
        Piece(kind="table", rows=(("a", ""), ("b", "<"))),
        Piece(kind="scan", rows=(("ink",),)),
        Piece(kind="paragraph", text="After"),
    ] == list(pieces(body))
