"""Originals in a folder: whole or not at all, by content hash."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from retrieval.errors import DocumentError, Stage, StoreError
from retrieval.ids import version_of
from retrieval.stores.originals import FolderOriginals

DATA = "典拠".encode() * 1000


class BrokenStream(io.RawIOBase):
    """Gives some bytes, then fails as a vanished network drive does."""

    def __init__(self) -> None:
        self.reads = 0

    def read(self, size: int = -1) -> bytes:
        self.reads += 1
        if self.reads > 1:
            raise OSError(5, "Input/output error")
        return b"x" * 10


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_bytes_come_back_by_their_hash(tmp_path: Path) -> None:
    originals = FolderOriginals(tmp_path)
    version, size, path = originals.put(io.BytesIO(DATA), limit=len(DATA))
    assert (version, size, path.read_bytes()) == (version_of(DATA), len(DATA), DATA)
    assert originals.path(version) == path == tmp_path / version[:2] / version
    assert list(originals.versions()) == [version]
    assert files(tmp_path) == [f"{version[:2]}/{version}"]


def test_the_same_bytes_are_kept_once_and_deleted_once(tmp_path: Path) -> None:
    originals = FolderOriginals(tmp_path)
    first = originals.put(io.BytesIO(DATA), limit=10**6)
    assert originals.put(io.BytesIO(DATA), limit=10**6) == first
    originals.delete(first[0])
    originals.delete(first[0])
    assert (originals.path(first[0]), list(originals.versions())) == (None, [])


def test_a_file_that_lost_bytes_is_written_again(tmp_path: Path) -> None:
    originals = FolderOriginals(tmp_path)
    _, _, path = originals.put(io.BytesIO(DATA), limit=10**6)
    path.write_bytes(DATA[:10])
    originals.put(io.BytesIO(DATA), limit=10**6)
    assert path.read_bytes() == DATA


def test_a_stream_over_the_limit_is_skipped_and_leaves_nothing(tmp_path: Path) -> None:
    """It stops reading right behind the limit, whatever is still to come."""
    endless = io.BytesIO(b"x" * 5_000_000)
    with pytest.raises(DocumentError, match="100 bytes") as refused:
        FolderOriginals(tmp_path).put(endless, limit=100)
    assert (refused.value.reason, refused.value.skipped, refused.value.stage) == ("too_large", True, Stage.OPEN)
    assert endless.tell() == 101
    assert files(tmp_path) == []


def test_a_stream_that_breaks_is_the_documents_failure_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as failed:
        FolderOriginals(tmp_path).put(BrokenStream(), limit=100)  # type: ignore[arg-type] # reads as a BinaryIO does
    assert (failed.value.reason, failed.value.retryable) == ("unreadable", True)
    assert files(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_the_stores_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="original"):
        FolderOriginals(tmp_path / "file").put(io.BytesIO(DATA), limit=10**6)


@pytest.mark.parametrize("name", ["../secret", "", "ab", "G" * 64, "/etc/passwd"])
def test_what_is_no_version_opens_nothing(tmp_path: Path, name: str) -> None:
    originals = FolderOriginals(tmp_path / "originals")
    (tmp_path / "secret").write_bytes(b"")
    assert originals.path(name) is None
    originals.delete(name)
    assert (tmp_path / "secret").exists()
    assert list(originals.versions()) == []


def test_leftovers_of_a_killed_process_are_no_versions_and_can_be_tidied(tmp_path: Path) -> None:
    originals = FolderOriginals(tmp_path)
    version, _, _ = originals.put(io.BytesIO(DATA), limit=10**6)
    (tmp_path / ".incoming" / "half").write_bytes(b"half")
    assert list(originals.versions()) == [version]
    originals.tidy()
    assert files(tmp_path) == [f"{version[:2]}/{version}"]
