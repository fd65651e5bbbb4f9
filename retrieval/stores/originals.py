"""The bytes of documents in a folder, by content hash."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from retrieval.errors import DocumentError, Stage, StoreError

__all__ = ["FolderOriginals"]

_BLOCK = 1 << 20
_VERSION = re.compile(r"[0-9a-f]{64}")
_INCOMING = ".incoming"


class FolderOriginals:
    """The `Originals` in a folder: ``root/ab/abcdef…``, named by SHA-256, each written whole or not at all.

    Two processes may put the same bytes at once. A file that a killed process left unfinished never has a
    version's name; it is removed by `tidy`.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, data: BinaryIO, *, limit: int) -> tuple[str, int, Path]:
        """See `Originals.put`. Bytes are written as they are read; no more than ``limit`` of them are ever kept."""
        with _translated("keep an original"):
            incoming = self._root / _INCOMING
            incoming.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=incoming)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                digest, size = _copy(data, file, limit)
                with _translated("keep an original"):
                    file.flush()
                    os.fsync(file.fileno())
            target = self._place(digest)
            with _translated("keep an original"):
                if not (target.is_file() and target.stat().st_size == size):
                    target.parent.mkdir(parents=True, exist_ok=True)
                    temporary.replace(target)
                    _sync(target.parent)
                    _sync(self._root)
        finally:
            temporary.unlink(missing_ok=True)
        return digest, size, target

    def path(self, version: str) -> Path | None:
        """See `Originals.path`."""
        if not _VERSION.fullmatch(version):
            return None
        place = self._place(version)
        return place if place.is_file() else None

    def delete(self, version: str) -> None:
        """See `Originals.delete`."""
        if _VERSION.fullmatch(version):
            with _translated("remove an original"):
                self._place(version).unlink(missing_ok=True)

    def versions(self) -> Iterator[str]:
        """See `Originals.versions`; sorted."""
        if not self._root.is_dir():
            return
        for folder in sorted(self._root.iterdir()):
            if len(folder.name) == 2 and folder.is_dir():
                yield from sorted(file.name for file in folder.iterdir() if _VERSION.fullmatch(file.name))

    def tidy(self) -> None:
        """Remove what killed processes left unfinished. Only for whoever holds the lease."""
        incoming = self._root / _INCOMING
        if incoming.is_dir():
            with _translated("tidy the originals"):
                for file in incoming.iterdir():
                    file.unlink(missing_ok=True)

    def _place(self, version: str) -> Path:
        return self._root / version[:2] / version


def _copy(data: BinaryIO, file: BinaryIO, limit: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while True:
        try:
            block = data.read(min(_BLOCK, limit + 1 - size))
        except OSError as exc:
            raise DocumentError(
                f"The document could not be read to its end: {exc}.",
                stage=Stage.OPEN,
                reason="unreadable",
                retryable=True,
            ) from exc
        if not block:
            return digest.hexdigest(), size
        size += len(block)
        if size > limit:
            raise DocumentError(
                f"The document has more than {limit} bytes, the most that is taken in.",
                stage=Stage.OPEN,
                reason="too_large",
                skipped=True,
            )
        digest.update(block)
        with _translated("keep an original"):
            file.write(block)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _translated(doing: str) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise StoreError(f"The store could not {doing}: {exc}.") from exc
