"""Embedding the inputs of a group of documents: in batches, each kept before the next, each input paid for once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ingest.process import Prepared
from retrieval.embedding.reuse import embed_with_cache
from retrieval.ports import Embedder, VectorCache
from retrieval.values import Vector

__all__ = ["Batch", "embed_batches"]

_AT_ONCE = 128


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Keys and vectors in the order of the inputs; ``new`` holds the tokens of those that were computed, by key."""

    keys: tuple[str, ...]
    vectors: tuple[Vector, ...]
    new: Mapping[str, int]

    def shares(self, group: Sequence[Prepared]) -> list[tuple[int, int, int]]:
        """Return of each document the place of its first input, and how many inputs and tokens it paid for.

        An input that several documents have is paid for by the first.
        """
        shares, at, paid = [], 0, set[str]()
        for one in group:
            own = dict.fromkeys(self.keys[at : at + len(one.chunks)])
            new = [key for key in own if key in self.new and key not in paid]
            paid.update(new)
            shares.append((at, len(new), sum(self.new[key] for key in new)))
            at += len(one.chunks)
        return shares


class _Noting:
    """A vector cache that notes what is new to it."""

    def __init__(self, cache: VectorCache) -> None:
        self._cache = cache
        self.new: list[str] = []

    def get_many(self, keys: Sequence[str]) -> dict[str, Vector]:
        return self._cache.get_many(keys)

    def put_many(self, vectors: Mapping[str, Vector]) -> None:
        self._cache.put_many(vectors)
        self.new.extend(vectors)


def embed_batches(
    embedder: Embedder, cache: VectorCache, texts: Sequence[str], *, between: Callable[[int, int], bool]
) -> Batch | None:
    """Return the vectors of all texts, or None when ``between`` said to stop.

    ``between`` is told the inputs and the computed ones of each batch; before the first it is told zeros.
    """
    if not between(0, 0):
        return None
    noting = _Noting(cache)
    keys: list[str] = []
    vectors: list[Vector] = []
    new: dict[str, int] = {}
    for at in range(0, len(texts), _AT_ONCE):
        some = texts[at : at + _AT_ONCE]
        noting.new = []
        embedded = embed_with_cache(embedder, noting, some)
        keys.extend(embedded.keys)
        vectors.extend(embedded.vectors)
        by_key = dict(zip(embedded.keys, some, strict=True))
        new |= zip(noting.new, embedder.count_tokens([by_key[key] for key in noting.new]), strict=True)
        if not between(len(some), embedded.embedded):
            return None
    return Batch(keys=tuple(keys), vectors=tuple(vectors), new=new)
