"""Segments: derived, disposable, memory-mapped files of vectors and postings. The database is the truth.

A segment holds some chunk rows: their vectors, and for every term the rows that have it. A row's content never
changes, so a segment is right for every reader, older or newer than itself: what a reader may not see it masks,
what a segment lacks it takes from the database. A file is named by the hash of its content and used only while the
database lists that name; its arrays carry check sums, so that a damaged file is found when it is opened.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

__all__ = ["Damaged", "Floats", "Ints", "Segment", "delete_segment", "open_segment", "term_hash", "write_segment"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

_MAGIC = b"TENKYOSEG1\n"
_ALIGN = 64


class Damaged(Exception):
    """A segment file is missing, cut short, or not what was written: it has to be built again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """Some chunk rows, in rising order of ``rows``.

    ``vectors[i]`` belongs to ``rows[i]``. ``terms`` are the sorted hashes of the terms; the postings of
    ``terms[t]`` are ``[starts[t], starts[t + 1])`` of ``positions`` (indexes into ``rows``, rising), ``in_title``
    and ``in_body`` (how often the term occurs there, at most 255).
    """

    name: str
    rows: Ints
    vectors: Floats
    terms: npt.NDArray[np.uint64]
    starts: Ints
    positions: npt.NDArray[np.uint32]
    in_title: npt.NDArray[np.uint8]
    in_body: npt.NDArray[np.uint8]

    def postings(self, term: int) -> slice:
        """Return where the postings of a term's hash lie; an empty slice when no row has it."""
        at = int(np.searchsorted(self.terms, np.uint64(term)))
        if at == len(self.terms) or int(self.terms[at]) != term:
            return slice(0, 0)
        return slice(int(self.starts[at]), int(self.starts[at + 1]))


_DTYPES: Mapping[str, str] = {
    "rows": "<i8",
    "vectors": "<f4",
    "terms": "<u8",
    "starts": "<i8",
    "positions": "<u4",
    "in_title": "|u1",
    "in_body": "|u1",
}


def term_hash(term: str) -> int:
    """Return the 64-bit hash under which a term's postings are kept; two terms in one are not to be expected."""
    return int.from_bytes(hashlib.blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def write_segment(folder: Path, segment: Segment) -> tuple[str, int]:
    """Write a segment durably; return its name, the SHA-256 of its content (32 hex digits), and its size in bytes."""
    arrays = {name: np.ascontiguousarray(getattr(segment, name), dtype=dtype) for name, dtype in _DTYPES.items()}
    layout = {}
    offset = 0
    for name, array in arrays.items():
        layout[name] = {"at": offset, "shape": list(array.shape), "sum": _checksum(array)}
        offset += -(-array.nbytes // _ALIGN) * _ALIGN
    header = json.dumps(layout, sort_keys=True).encode()
    head = _MAGIC + len(header).to_bytes(8, "little") + header
    head += b"\0" * (-len(head) % _ALIGN)
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".writing-{os.getpid()}-{id(segment)}"
    digest = hashlib.sha256()
    try:
        with temporary.open("wb") as file:
            for piece in (head, *(_padded(array) for array in arrays.values())):
                digest.update(piece)
                file.write(piece)
            size = file.tell()
            file.flush()
            os.fsync(file.fileno())
        name = digest.hexdigest()[:32]
        temporary.replace(folder / name)
    finally:
        temporary.unlink(missing_ok=True)
    return name, size


def _padded(array: npt.NDArray[np.generic]) -> bytes:
    raw = array.tobytes()
    return raw + b"\0" * (-len(raw) % _ALIGN)


def open_segment(folder: Path, name: str, *, size: int) -> Segment:
    """Map a segment of ``size`` bytes. Raises `Damaged` when it is not there, or not as it was written."""
    try:
        mapped = np.asarray(np.memmap(folder / name, dtype=np.uint8, mode="r"))  # the subclass slows every slice
    except (OSError, ValueError) as exc:
        raise Damaged(f"segment {name} cannot be opened: {exc}") from exc
    if mapped.size != size:
        raise Damaged(f"segment {name} has {mapped.size} bytes, not {size}")
    try:
        return _decode(name, mapped)
    except (ValueError, KeyError, TypeError) as exc:
        raise Damaged(f"segment {name} has a broken header: {exc}") from exc


def _decode(name: str, mapped: npt.NDArray[np.uint8]) -> Segment:
    if mapped[: len(_MAGIC)].tobytes() != _MAGIC:
        raise ValueError("not a segment of this version")
    begin = len(_MAGIC) + 8
    end = begin + int.from_bytes(mapped[len(_MAGIC) : begin].tobytes(), "little")
    layout = json.loads(mapped[begin:end].tobytes())
    base = -(-end // _ALIGN) * _ALIGN

    def array(part: str) -> npt.NDArray[np.generic]:
        entry, dtype = layout[part], np.dtype(_DTYPES[part])
        shape = tuple(int(n) for n in entry["shape"])
        at = base + int(entry["at"])
        raw = mapped[at : at + int(np.prod(shape)) * dtype.itemsize]
        if _checksum(raw) != entry["sum"]:
            raise ValueError(f"the check sum of {part} is wrong")
        return raw.view(dtype).reshape(shape)

    return _segment(name, array)


def _segment(name: str, array: Callable[[str], npt.NDArray[np.generic]]) -> Segment:
    return Segment(
        name=name,
        rows=array("rows").astype(np.int64, copy=False),
        vectors=array("vectors").astype(np.float32, copy=False),
        terms=array("terms").astype(np.uint64, copy=False),
        starts=array("starts").astype(np.int64, copy=False),
        positions=array("positions").astype(np.uint32, copy=False),
        in_title=array("in_title").astype(np.uint8, copy=False),
        in_body=array("in_body").astype(np.uint8, copy=False),
    )


def _checksum(array: npt.NDArray[np.generic]) -> str:
    """Return sum and exclusive or of the 64-bit words: it runs at the speed of memory, a hash does not."""
    raw = array.reshape(-1).view(np.uint8)
    whole = raw[: raw.size // 8 * 8].view(np.uint64)
    rest = int.from_bytes(raw[whole.size * 8 :].tobytes(), "little")
    total = (int(whole.sum(dtype=np.uint64)) + rest) % 2**64
    return f"{total:016x}{int(np.bitwise_xor.reduce(whole)) ^ rest:016x}"


def delete_segment(folder: Path, name: str) -> None:
    """Remove a segment's file; harmless when it is gone. Who has it mapped keeps it."""
    (folder / name).unlink(missing_ok=True)
