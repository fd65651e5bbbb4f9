"""Unit vectors in one byte a dimension, for what there is much of: the statements of all chunks. Pure.

A vector is scaled so that its largest component is 127, rounded to integers, and kept with the float32 that gives
the integers length 1 again: 388 bytes for 384 dimensions, where float32 takes 1,536.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from retrieval.values import CompactVector, Vector

__all__ = ["compact", "compact_size", "cosines", "expand"]

_SCALE = np.dtype("<f4")
_LARGEST = 127


def compact_size(dimensions: int) -> int:
    """Return how many bytes a compact vector of so many dimensions has."""
    return _SCALE.itemsize + dimensions


def compact(vector: Vector) -> CompactVector:
    """Return the compact form of a unit vector; equal vectors have equal forms. Raises `ValueError` for a zero one."""
    values = np.frombuffer(vector, dtype="<f4").astype(np.float64)
    largest = float(np.abs(values).max(initial=0.0))
    if not 0.0 < largest < np.inf:
        raise ValueError("a vector of zeros or of what is not a number has no direction to keep")
    codes = np.rint(values * (_LARGEST / largest)).astype(np.int64)
    scale = np.array([1.0 / np.sqrt(float(codes @ codes))], dtype=_SCALE)
    return scale.tobytes() + codes.astype(np.int8).tobytes()


def expand(vector: CompactVector) -> Vector:
    """Return a compact vector as float32 again."""
    codes = np.frombuffer(vector, dtype=np.int8, offset=_SCALE.itemsize).astype(np.float32)
    return (codes * np.frombuffer(vector, dtype=_SCALE, count=1)).astype("<f4").tobytes()


def cosines(question: Vector, vectors: Sequence[CompactVector]) -> list[float]:
    """Return the cosine of a unit vector with each compact one, all of its dimensions.

    One does not depend on what else is given, not in its last bit either: a matrix product of the numerical library
    adds up in an order that depends on the number of rows.
    """
    if not vectors:
        return []
    asked = np.frombuffer(question, dtype="<f4").astype(np.float64)
    table = np.frombuffer(b"".join(vectors), dtype=np.uint8).reshape(len(vectors), compact_size(len(asked)))
    scales = np.ascontiguousarray(table[:, : _SCALE.itemsize]).view(_SCALE)[:, 0]
    codes = np.ascontiguousarray(table[:, _SCALE.itemsize :]).view(np.int8).astype(np.float64)
    found: list[float] = (np.einsum("ij,j->i", codes, asked) * scales).tolist()
    return found
