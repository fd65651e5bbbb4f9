"""The child's main: read files on request until the pipe closes.

Started by `worker` as ``python -P -m ingest.isolation.child LIMITS REGISTRY PARENT``. Requests come on standard
input, replies go to standard output; both are moved away before any library can print into them. The registry is a
module with ``reader_for(media_type)``. A reader may have a method ``prepare()`` that loads its libraries: what that
takes is not counted against the file.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import resource
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from ingest.isolation.frames import EXTRACTION, FAILURE, READY, Request, encode_failure, frame
from ingest.isolation.kernel import confine, die_with_parent
from ingest.isolation.limits import Limits
from retrieval.codec import pack
from retrieval.errors import DocumentError, Stage
from retrieval.ports import Reader
from retrieval.values import Extraction

__all__ = ["main"]

_OPEN_FILES = 256
_prepared: set[str] = set()


def main(arguments: list[str]) -> int:
    """Serve requests; return the exit code."""
    limits = Limits.from_json(arguments[0])
    registry, parent = arguments[1], int(arguments[2])
    die_with_parent(parent)
    requests, replies = _own_pipes()
    warnings.simplefilter("ignore")
    reader_for: Callable[[str], Reader | None] = importlib.import_module(registry).reader_for
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.scratch_bytes, limits.scratch_bytes))
    _lower(resource.RLIMIT_NOFILE, _OPEN_FILES)
    confine()
    replies.write(frame(READY))
    replies.flush()
    for line in requests:
        kind, body, last = _serve(Request.decode(line), limits, reader_for)
        replies.write(frame(kind, body))
        replies.flush()
        del body
        if last:
            break
    return 0


def _serve(request: Request, limits: Limits, reader_for: Callable[[str], Reader | None]) -> tuple[bytes, bytes, bool]:
    """Read one file; return the reply and whether this process is spent."""
    name = request.hints.name
    try:
        reader = reader_for(request.hints.media_type)
        if reader is None:
            error = _error(f"no reader for {request.hints.media_type}", "unsupported", skipped=True)
            return FAILURE, encode_failure(error), False
        _prepare(reader)
        with _limited(limits):
            extraction = reader.read(Path(request.path), request.hints)
            _check(extraction, limits, name)
            return EXTRACTION, pack(extraction), False
    except DocumentError as exc:
        return FAILURE, encode_failure(exc), False
    except MemoryError:
        error = _error(f"reading {name!r} took more than {limits.memory_bytes >> 20} MiB of memory", "memory")
        return FAILURE, encode_failure(error), True
    # Per document: whatever a parser raises on one file must not end the run; the child is replaced after it.
    except Exception as exc:  # noqa: BLE001 - per document, see above
        error = _error(f"{name!r} could not be read: {_describe(exc)}", _reason(exc))
        return FAILURE, encode_failure(error), True


def _prepare(reader: Reader) -> None:
    """Load a reader's libraries once, and keep what they made out of every later garbage collection."""
    prepare = getattr(reader, "prepare", None)
    if prepare is not None and reader.fingerprint not in _prepared:
        prepare()
        _prepared.add(reader.fingerprint)
        gc.collect()
        gc.freeze()


def _check(extraction: Extraction, limits: Limits, name: str) -> None:
    if len(extraction.text) > limits.text_chars:
        raise _error(f"{name!r} gives more than {limits.text_chars} characters", "output_too_large")
    if len(extraction.pages) > limits.pages:
        raise _error(f"{name!r} has more than {limits.pages} pages", "too_many_pages")


@contextlib.contextmanager
def _limited(limits: Limits) -> Iterator[None]:
    """Bound memory and processor time from here on, counted from what the process has used so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(usage.ru_utime + usage.ru_stime) + 1
    _lower(resource.RLIMIT_CPU, spent + limits.cpu_s)
    _lower(resource.RLIMIT_AS, _address_space() + limits.memory_bytes)
    try:
        yield
    finally:
        _lower(resource.RLIMIT_AS, resource.RLIM_INFINITY)


def _lower(kind: int, value: int) -> None:
    """Set a soft limit within its hard limit, so that it can be moved again for the next file."""
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY and (value == resource.RLIM_INFINITY or value > hard):
        value = hard
    resource.setrlimit(kind, (value, hard))


def _address_space() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 1 << 30
    return pages * resource.getpagesize()


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Move the pipes to private descriptors, so that a print of a library reaches nobody."""
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(null, descriptor)
    os.close(null)
    return requests, replies


def _error(message: str, reason: str, *, skipped: bool = False) -> DocumentError:
    return DocumentError(message, stage=Stage.READ, reason=reason, skipped=skipped)


def _reason(exc: Exception) -> str:
    return "unreadable" if isinstance(exc, OSError) else "malformed"


def _describe(exc: Exception) -> str:
    """Name the kind of an error; its words may quote the document, so they stay here."""
    kind = type(exc)
    detail = f" {exc.errno}" if isinstance(exc, OSError) and exc.errno else ""
    return f"{kind.__module__}.{kind.__qualname__}{detail}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
