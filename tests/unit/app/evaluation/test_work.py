"""The file of what was measured so far: what a kill leaves in it, and what it may be used for."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.evaluation.work import WorkFile
from retrieval.errors import UserError
from tests.unit.retrieval.evaluation.making import row


def test_rows_come_back_under_their_circumstances_only(tmp_path: Path) -> None:
    file = WorkFile(tmp_path / "work", circumstances="one")
    with file.appending() as keep:
        keep(row("a"))
        keep(row("b"))
    assert {"digest of a": row("a"), "digest of b": row("b")} == file.known()
    assert {} == WorkFile(tmp_path / "work", circumstances="other").known()


def test_a_row_is_kept_at_once_and_a_torn_line_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "work"
    file = WorkFile(path, circumstances="one")
    with file.appending() as keep:
        keep(row("a"))
        assert ["digest of a"] == list(file.known())
        keep(row("torn"))
    path.write_bytes(path.read_bytes()[:-30])
    with file.appending() as keep:
        keep(row("b"))
    assert ["digest of a", "digest of b"] == list(file.known())


def test_the_last_measurement_of_a_question_counts(tmp_path: Path) -> None:
    file = WorkFile(tmp_path / "work", circumstances="one")
    with file.appending() as keep:
        keep(row("a", confidence=0.1))
        keep(row("a", confidence=0.2))
    assert [0.2] == [one.confidence for one in file.known().values()]


def test_a_place_that_cannot_be_written_or_read_is_the_users_error(tmp_path: Path) -> None:
    with (
        pytest.raises(UserError, match="cannot be written"),
        WorkFile(tmp_path / "no" / "w", circumstances="").appending(),
    ):
        pass
    with pytest.raises(UserError, match="cannot be read"):
        WorkFile(tmp_path, circumstances="").known()
