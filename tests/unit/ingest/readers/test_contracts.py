from __future__ import annotations

from pathlib import Path

import pytest

from ingest.readers.registry import media_type_of, reader_for
from retrieval.ports import Reader
from tests.contracts.reader_contract import ReaderContract
from tests.unit.ingest.readers.samples import SAMPLES, write


@pytest.fixture(params=sorted(SAMPLES))
def sample(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return write(tmp_path, request.param, SAMPLES[request.param])


@pytest.fixture
def reader(sample: Path) -> Reader:
    found = reader_for(media_type_of(sample.name, sample.read_bytes()))
    assert found is not None
    return found


class TestEveryReader(ReaderContract):
    """Every reader of the registry holds the contract on a file of each of its formats."""
