"""The SQLite store passes the contract of stores, with its rows in segments and in the database itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from retrieval.ports import Store
from retrieval.stores.sqlite import open_store
from retrieval.stores.sqlite.index import Sizes
from retrieval.stores.sqlite.store import SqliteStore
from tests.contracts.store_contract import StoreContract
from tests.fakes.store_data import FakeClock


class TestSqliteStore(StoreContract):
    @pytest.fixture
    def opener(self, tmp_path: Path, clock: FakeClock) -> Callable[[], Store]:
        return partial(open_store, tmp_path / "kb.db", clock=clock)


class TestSqliteStoreInSegments(StoreContract):
    """The same with segments of a few rows, written at every commit, so that none is answered by the database."""

    @pytest.fixture
    def opener(self, tmp_path: Path, clock: FakeClock) -> Callable[[], Store]:
        sizes = Sizes(tail=0, overdue=1, largest=8)
        return partial(SqliteStore, tmp_path / "kb.db", clock=clock, retention=timedelta(days=30), sizes=sizes)
