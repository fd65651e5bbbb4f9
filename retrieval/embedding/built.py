"""Files that are built once and kept: self-checking, replaced atomically, safe with many processes.

A kept file is a magic, the SHA-256 of the content, and the content. A damaged one is built again. One process
builds at a time, under a lock that ends with it; what a killed one left half-written is overwritten by the next.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

__all__ = ["kept"]

_MAGIC = b"tenkyo-built-1\n"
_HEAD = len(_MAGIC) + hashlib.sha256().digest_size


def kept(path: Path, build: Callable[[], bytes]) -> bytes:
    """Return the content kept at ``path``, building and keeping it first when it is absent or damaged.

    Where nothing can be written, the content is built and returned all the same, with a warning.
    """
    content = _read(path)
    if content is not None:
        return content
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_name(path.name + ".lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            content = _read(path)
            if content is None:
                content = build()
                _write(path, content)
    except OSError as exc:
        _warn("built.not_kept", path=path, cause=str(exc))
        content = build() if content is None else content
    return content


def _read(path: Path) -> bytes | None:
    try:
        raw = path.read_bytes()
    except OSError:
        return None
    content = raw[_HEAD:]
    if raw[:_HEAD] == _MAGIC + hashlib.sha256(content).digest():
        return content
    _warn("built.damaged", path=path, cause="the content does not have its hash")
    return None


def _write(path: Path, content: bytes) -> None:
    half = path.with_name(path.name + ".half")
    with half.open("wb") as file:
        file.write(_MAGIC + hashlib.sha256(content).digest())
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)


def _warn(event: str, *, path: Path, cause: str) -> None:
    import structlog

    structlog.get_logger(__name__).warning(event, path=str(path), cause=cause)
