"""How near statements are to a question, and to each other."""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul
from struct import unpack

from retrieval.ports import Embedder
from retrieval.values import Vector

__all__ = ["between", "cosines_of"]


def cosines_of(texts: Sequence[str], *, question: Vector, embedder: Embedder) -> dict[int, float]:
    """Return the cosine with a question of every text that fits the model, by index. Raises `ServiceError`."""
    counts = embedder.count_tokens(texts)
    fitting = [index for index, count in enumerate(counts) if count <= embedder.spec.max_tokens]
    vectors = embedder.embed_passages([texts[index] for index in fitting])
    return {index: _cosine(question, vector) for index, vector in zip(fitting, vectors, strict=True)}


def between(one: str, other: str, *, embedder: Embedder) -> float:
    """Return the cosine of two texts, 0 when one is too long for the model. Raises `ServiceError`."""
    if max(embedder.count_tokens([one, other])) > embedder.spec.max_tokens:
        return 0.0
    return _cosine(*embedder.embed_passages([one, other]))


def _cosine(one: Vector, other: Vector) -> float:
    floats = f"<{len(one) // 4}f"
    return sum(map(mul, unpack(floats, one), unpack(floats, other)))
