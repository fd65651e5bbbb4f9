"""How sources were given is kept beside the store."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.remembered import Given, remember, remembered
from retrieval.errors import UserError


def test_what_was_given_comes_back_and_the_last_word_counts(tmp_path: Path) -> None:
    database = tmp_path / "kb.db"
    folder = Given(kind="folder", path="/data/資料", labels=("support", "社内"), include=("*.pdf",))
    records = Given(kind="records", path="/data/faq.jsonl", question_field="question", metadata_fields=("product",))
    remember(database, "資料", Given(kind="folder", path="/old"))
    remember(database, "faq", records)
    remember(database, "資料", folder)
    assert {"faq": records, "資料": folder} == remembered(database)
    assert ["kb.db.sources.json"] == [path.name for path in tmp_path.iterdir()]


def test_a_path_that_is_no_utf8_comes_back(tmp_path: Path) -> None:
    given = Given(kind="folder", path="/data/\udcb4資料")
    remember(tmp_path / "kb.db", "old", given)
    assert {"old": given} == remembered(tmp_path / "kb.db")


def test_a_store_without_memory_has_none(tmp_path: Path) -> None:
    assert {} == remembered(tmp_path / "kb.db")


@pytest.mark.parametrize("content", ["{", "[]", '{"a": 1}', '{"a": {"path": "x"}}'])
def test_a_damaged_memory_is_named_with_the_remedy(tmp_path: Path, content: str) -> None:
    (tmp_path / "kb.db.sources.json").write_text(content)
    with pytest.raises(UserError, match=r"kb\.db\.sources\.json: damaged .*ingest the sources once more"):
        remembered(tmp_path / "kb.db")
