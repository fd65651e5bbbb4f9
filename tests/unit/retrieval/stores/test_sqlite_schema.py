"""A store of an older schema is brought to this one where it lies, or not at all."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from retrieval.errors import StoreError
from retrieval.stores.sqlite import open_store, schema
from tests.fakes.store_data import EVERYTHING, FakeClock, Ingest, embed, version

ONE = version("返品.md", "返品は七日以内。", title="返品規程")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a store as the first schema had it, with one document."""
    path = tmp_path / "kb.db"
    store = open_store(path, clock=FakeClock())
    Ingest.begin(store).put(ONE)
    store.close()
    with sqlite3.connect(path) as connection:
        connection.executescript("DROP TABLE statements; DROP TABLE calibrations; PRAGMA user_version = 1")
    connection.close()
    return path


def state(path: Path) -> tuple[int, bool]:
    connection = sqlite3.connect(path)
    (number,) = connection.execute("PRAGMA user_version").fetchone()
    (there,) = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'statements'").fetchone()
    connection.close()
    return number, bool(there)


def test_an_older_store_gets_what_it_lacks_and_keeps_what_it_has(path: Path) -> None:
    store = open_store(path, clock=FakeClock())
    assert state(path) == (2, True)
    with store.view() as view:
        assert [hit.chunk_id for hit in view.dense(embed("返品"), k=9, where=EVERYTHING).hits] == ONE.chunk_ids
        assert view.statements(ONE.chunk_ids, where=EVERYTHING) == {ONE.chunk_ids[0]: ()}
    Ingest.begin(store).put(ONE)
    with store.view() as view:
        assert view.statements(ONE.chunk_ids, where=EVERYTHING) == {ONE.chunk_ids[0]: ONE.chunks[0].statements}
    assert store.check() == ()
    store.close()
    again = open_store(path, clock=FakeClock())
    assert again.check() == ()
    again.close()


def test_what_cannot_be_added_whole_is_not_begun(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = {2: schema._ADDED[2] + "CREATE TABLE chunks (row);\n"}
    monkeypatch.setattr(schema, "_ADDED", broken)
    with pytest.raises(StoreError, match="chunks"):
        open_store(path, clock=FakeClock())
    assert state(path) == (1, False)
