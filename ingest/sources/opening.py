"""Opening files below a root without ever following a link out of it, and noticing when one changes while read."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager

from retrieval.errors import DocumentError, Stage

__all__ = ["FOLDER_FLAGS", "WatchedFile", "etag_of", "open_below", "read_small"]

FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a FIFO must not make open() wait


def etag_of(status: os.stat_result) -> str:
    """Return what changes whenever a file's bytes may have: size, both times in ns, and inode.

    The time of the last status change is among them, because the modification time can be set back.
    """
    return f"{status.st_size}-{status.st_mtime_ns}-{status.st_ctime_ns}-{status.st_ino}"


class WatchedFile(io.FileIO):
    """A regular file that raises a retryable `DocumentError` at its end when it changed since it was opened.

    So nobody ever takes a half-written file for a whole one.
    """

    def __init__(self, descriptor: int, *, key: str) -> None:
        super().__init__(descriptor, "rb")
        self._key = key
        self._before = etag_of(os.fstat(descriptor))

    def read(self, size: int | None = -1, /) -> bytes:
        """Return up to ``size`` bytes, all by default."""
        data = super().read(-1 if size is None else size)
        if not data or size is None or size < 0:
            self._check()
        return data or b""

    def readinto(self, buffer: memoryview | bytearray, /) -> int:  # type: ignore[override]  # typeshed's Buffer is 3.12's
        """Fill ``buffer`` and return how many bytes were read."""
        count = super().readinto(buffer) or 0
        if not count and len(buffer):
            self._check()
        return count

    def _check(self) -> None:
        if etag_of(os.fstat(self.fileno())) != self._before:
            raise DocumentError(
                f"{self._key!r} changed while it was being read; the next run reads it again.",
                stage=Stage.OPEN,
                reason="changed",
                retryable=True,
            )


def open_below(root: str, path: str, *, key: str) -> WatchedFile:
    """Open the regular file at ``path`` below ``root``, following no link on the way.

    Raises `DocumentError` at stage OPEN when it is gone, unreadable, a link or no regular file.
    """
    try:
        with _parent(root, path) as (folder, name):
            descriptor = os.open(name, _FILE_FLAGS, dir_fd=folder)
    except OSError as exc:
        reason = "gone" if isinstance(exc, FileNotFoundError) else "unreadable"
        raise DocumentError(
            f"{key!r} cannot be opened: {exc.strerror}.", stage=Stage.OPEN, reason=reason, retryable=True
        ) from exc
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise DocumentError(f"{key!r} is no regular file any more.", stage=Stage.OPEN, reason="unreadable")
    return WatchedFile(descriptor, key=key)


def read_small(folder: int, name: str, *, limit: int) -> bytes:
    """Return at most ``limit + 1`` bytes of a regular file in an open folder. Raises `OSError`, for a link too."""
    descriptor = os.open(name, _FILE_FLAGS, dir_fd=folder)
    with io.FileIO(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "not a regular file")
        parts, left = [], limit + 1
        while left and (part := file.read(left)):
            parts.append(part)
            left -= len(part)
        return b"".join(parts)


@contextmanager
def _parent(root: str, path: str) -> Iterator[tuple[int, str]]:
    *folders, name = path.split("/")
    current = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for folder in folders:
            below = os.open(folder, FOLDER_FLAGS, dir_fd=current)
            os.close(current)
            current = below
        yield current, name
    finally:
        os.close(current)
