"""The regular files of a folder tree, with what lies beside them. No link is followed, so no loop is possible."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import structlog

from ingest.sources.names import key_of
from ingest.sources.opening import FOLDER_FLAGS, read_small
from ingest.sources.sidecar import MAX_SIDECAR_BYTES, SIDECAR_SUFFIX, sidecar_names

__all__ = ["Found", "Wanted", "found_beside", "walk"]

MAX_DEPTH = 200
"""Folders below each other; a descriptor is open for each of them while they are walked."""

Wanted = Callable[[str, bool], bool]
"""Tells of a path below the root, and whether it is a folder, if it is wanted."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A regular file: its path below the root, its status, and the bytes of its sidecar or why they cannot be had."""

    path: str
    status: os.stat_result
    sidecar: bytes | None = None
    problem: str | None = None


def walk(root: str, *, wanted: Wanted, problems: list[str]) -> Iterator[Found]:
    """Yield the wanted files below ``root`` and append a sentence to ``problems`` for all that cannot be listed.

    Hidden names, lock files of Office (``~$``) and sidecars are passed over, and so are links, pipes, sockets and
    devices. Raises `OSError` when the root itself cannot be opened.
    """
    top = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    yield from _below(top, "", depth=0, wanted=wanted, problems=problems)


def found_beside(folder: int, *, path: str, status: os.stat_result, sidecar: str | None) -> Found:
    """Return a file of an open folder together with its sidecar, if there is said to be one of that name."""
    if sidecar is None:
        return Found(path=path, status=status)
    try:
        return Found(path=path, status=status, sidecar=read_small(folder, sidecar, limit=MAX_SIDECAR_BYTES))
    except OSError as exc:
        return Found(path=path, status=status, problem=f"it cannot be read: {exc.strerror}")


def _below(folder: int, prefix: str, *, depth: int, wanted: Wanted, problems: list[str]) -> Iterator[Found]:
    """Yield from an open folder, which is closed at the end, and from those below it."""
    try:
        for name, names in _names(folder, prefix, problems=problems):
            path = prefix + name
            try:
                status = os.stat(name, dir_fd=folder, follow_symlinks=False)
                if stat.S_ISDIR(status.st_mode) and wanted(path, True):
                    if depth >= MAX_DEPTH:
                        problems.append(f"The folder {key_of(path)!r} is nested too deeply to be listed.")
                        continue
                    below = os.open(name, FOLDER_FLAGS, dir_fd=folder)
                    yield from _below(below, f"{path}/", depth=depth + 1, wanted=wanted, problems=problems)
                elif stat.S_ISREG(status.st_mode) and wanted(path, False):
                    sidecar = next((beside for beside in sidecar_names(name) if beside in names), None)
                    yield found_beside(folder, path=path, status=status, sidecar=sidecar)
                elif not stat.S_ISDIR(status.st_mode) and not stat.S_ISREG(status.st_mode):
                    log.info("source.passed_over", key=key_of(path), kind=_kind(status))
            except OSError as exc:
                problems.append(f"{key_of(path)!r} cannot be listed: {exc.strerror}.")
    finally:
        os.close(folder)


def _names(folder: int, prefix: str, *, problems: list[str]) -> Iterator[tuple[str, set[str]]]:
    """Yield the names that may be documents in an open folder, in order, each with all the names beside it."""
    try:
        with os.scandir(folder) as entries:
            names = {entry.name for entry in entries}
    except OSError as exc:
        problems.append(f"The folder {key_of(prefix) or '.'!r} cannot be listed: {exc.strerror}.")
        return
    for name in sorted(names):
        if not name.startswith((".", "~$")) and not name.endswith(SIDECAR_SUFFIX):
            yield name, names


def _kind(status: os.stat_result) -> str:
    kinds = {stat.S_IFLNK: "link", stat.S_IFIFO: "pipe", stat.S_IFSOCK: "socket"}
    return kinds.get(stat.S_IFMT(status.st_mode), "device")
