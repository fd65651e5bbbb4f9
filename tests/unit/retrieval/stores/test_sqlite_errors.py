"""What SQLite or the disk refuses reaches the caller as a `StoreError`, and leaves what was there as it was."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from retrieval.errors import LeaseHeld, StoreError, UserError
from retrieval.stores.sqlite import open_store
from retrieval.stores.sqlite.connection import translated
from retrieval.stores.sqlite.store import SqliteStore
from tests.fakes.store_data import EVERYTHING, FakeClock, Ingest, embed, version

ONE = version("経費.md", "経費の申請は月末まで。")
LARGE = version("large.md", *(f"大きな文書の第 {n} 行。" for n in range(60)))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "kb.db", clock=FakeClock(), retention=timedelta(days=30))
    yield store
    store.close()


def test_a_database_of_a_newer_schema_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "kb.db"
    open_store(path, clock=FakeClock()).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(UserError, match="upgrade Tenkyo"):
        open_store(path, clock=FakeClock())


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "kb.db"
    path.write_bytes(b"not a database at all" * 500)
    with pytest.raises(StoreError, match=r"kb\.db"):
        open_store(path, clock=FakeClock())
    assert path.read_bytes().startswith(b"not a database")


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    store = open_store(tmp_path / "a" / "b" / "kb.db", clock=FakeClock())
    assert store.check() == ()
    store.close()


def test_a_full_disk_fails_the_write_and_keeps_what_is_committed(store: SqliteStore) -> None:
    ingest = Ingest.begin(store)
    ingest.put(ONE)
    before = list(store.dump())
    pages = store._database._writer.execute("PRAGMA page_count").fetchone()[0]
    store._database._writer.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StoreError, match="full") as failed:
        ingest.put(LARGE)
    assert not failed.value.retryable
    assert (list(store.dump()), store.check()) == (before, ())
    store._database._writer.execute("PRAGMA max_page_count = 1000000")
    ingest.put(LARGE)
    with store.view() as view:
        assert view.document(LARGE.id, where=EVERYTHING).chunks == 60


def test_a_busy_database_is_worth_trying_again(store: SqliteStore, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "kb.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError) as failed, store._database.write("write", wait=False):
        pass
    assert failed.value.retryable
    other.execute("ROLLBACK")
    other.close()


def test_a_closed_store_says_so(store: SqliteStore) -> None:
    Ingest.begin(store)
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"), store.view():
        pass
    with pytest.raises(StoreError, match="closed"):
        store.lease("a", seconds=1)


def test_errors_of_the_caller_pass_through_a_view(store: SqliteStore) -> None:
    Ingest.begin(store)
    with pytest.raises(OSError, match="mine"), store.view():
        raise OSError("mine")
    with store.view() as view:
        assert view.documents(where=EVERYTHING) == ()


def test_an_io_error_is_a_store_error() -> None:
    with pytest.raises(StoreError, match="could not write a segment"), translated("write a segment"):
        raise OSError(28, "No space left on device")


def test_damage_is_found_by_the_check(store: SqliteStore) -> None:
    """A lost row of the lexical index, vectors cut short, a place elsewhere and a reference to nothing."""
    ingest = Ingest.begin(store)
    ingest.put(ONE, LARGE)
    raw = store._database._writer
    raw.execute("DELETE FROM fts_1 WHERE rowid = 1")
    raw.execute("UPDATE vectors SET vector = x'00' WHERE row = (SELECT vector FROM chunks WHERE row = 2)")
    raw.execute("UPDATE vectors SET vector = x'00' WHERE row IN (SELECT vector FROM statements WHERE chunk = 1)")
    raw.execute("UPDATE statements SET end = 99999999 WHERE chunk = 2")
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute("DELETE FROM extractions WHERE row = 1")
    told = (
        "refers to a row of extractions",
        "lacks 1 chunks",
        "1 vectors",
        "1 statements whose vectors",
        "1 statements",
    )
    findings = store.check()
    assert [word in finding for word, finding in zip(told, findings, strict=True)] == [True] * 5
    assert "within their chunk" in findings[4]


def test_a_lease_of_a_dead_process_of_this_host_is_free_and_of_a_living_one_is_not(store: SqliteStore) -> None:
    host = socket.gethostname()
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    store.lease(f"ingest@{host}:{dead.pid}", seconds=3600)
    store.lease(f"ingest@{host}:{os.getpid()}", seconds=3600)
    with pytest.raises(LeaseHeld):
        store.lease("next", seconds=3600)


def test_a_lease_of_another_host_runs_its_time(store: SqliteStore) -> None:
    store.lease("ingest@elsewhere:1", seconds=3600)
    with pytest.raises(LeaseHeld):
        store.lease("next", seconds=3600)


def test_no_write_walks_through_all_documents(store: SqliteStore) -> None:
    """Each statement of staging, committing and deleting a document reaches its rows by an index."""
    ingest = Ingest.begin(store)
    ingest.put(ONE, LARGE)
    statements: list[str] = []
    writer = store._database._writer
    writer.set_trace_callback(statements.append)
    ingest.put(version("経費.md", "経費の申請は翌月の十日まで。"))
    ingest.delete(LARGE.id)
    writer.set_trace_callback(None)
    words = ("SELECT", "UPDATE", "DELETE", "INSERT")
    plain = [text for text in statements if text.startswith(words) and "fts_1" not in text]
    steps = [row[3] for text in plain for row in writer.execute(f"EXPLAIN QUERY PLAN {text}")]
    tables = ("documents", "versions", "chunks", "vectors", "extractions", "labels", "metadata", "standing")
    assert len(plain) > 20
    assert [step for step in steps if step.startswith("SCAN") and step.split()[1] in tables] == []


def test_given_chunks_are_read_by_their_ids(store: SqliteStore) -> None:
    """SQLite left to itself walks through every document of the generation for each of these."""
    Ingest.begin(store).put(ONE, LARGE)
    plans: list[str] = []
    with store.view() as view:
        connection = view._connection  # type: ignore[attr-defined] # the SQLite view
        connection.set_trace_callback(plans.append)
        view.passages(LARGE.chunk_ids, where=EVERYTHING)
        view.dense_scores(embed("文書"), LARGE.chunk_ids, where=EVERYTHING)
        view.neighbours(LARGE.chunk_ids[3], before=1, after=1, where=EVERYTHING)
        connection.set_trace_callback(None)
        steps = [
            row[3]
            for statement in plans
            if "chunks c" in statement and "v.vector" not in statement and "d.row" not in statement
            for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")
        ]
    assert any("chunks_by_id" in step for step in steps)
    assert not [step for step in steps if "generation=?)" in step or step.startswith(("SCAN d", "SCAN c"))]
