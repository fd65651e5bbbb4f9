"""What every store must do. A new adapter subclasses `StoreContract` and gives the fixture ``opener``.

``opener()`` opens the same store again each time, in this process or, since it can be pickled, in a child process.
Every test begins with an empty store. The suite is split by role; `store_contract_*` hold the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from retrieval.ports import Store
from tests.contracts.store_contract_access import AccessContract
from tests.contracts.store_contract_deletion import DeletionContract
from tests.contracts.store_contract_generations import GenerationContract
from tests.contracts.store_contract_journal import JournalContract
from tests.contracts.store_contract_processes import ProcessContract
from tests.contracts.store_contract_reading import ReadingContract
from tests.contracts.store_contract_wordings import WordingContract
from tests.contracts.store_contract_writing import WritingContract
from tests.fakes.store_data import FakeClock, Ingest

__all__ = ["StoreContract"]


class StoreContract(
    ReadingContract,
    WordingContract,
    WritingContract,
    AccessContract,
    DeletionContract,
    GenerationContract,
    JournalContract,
    ProcessContract,
):
    """The suite; subclasses provide ``opener``, whose store keeps superseded text for 30 days by ``clock``."""

    @pytest.fixture
    def clock(self) -> FakeClock:
        return FakeClock()

    @pytest.fixture
    def opener(self, clock: FakeClock) -> Callable[[], Store]:
        raise NotImplementedError

    @pytest.fixture
    def store(self, opener: Callable[[], Store]) -> Iterator[Store]:
        store = opener()
        yield store
        store.close()

    @pytest.fixture
    def ingest(self, store: Store) -> Ingest:
        """Return a writer with a lease on the current generation g1."""
        return Ingest.begin(store)
