"""Embedding that pays for no input twice: vectors are kept under the hash of what they were made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.ids import embedding_key
from retrieval.ports import Embedder, VectorCache
from retrieval.values import Vector

__all__ = ["Embedded", "embed_with_cache", "passage_keys"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Embedded:
    """Vectors in the order of the texts, with their keys; ``embedded`` counts the inputs that were paid for."""

    keys: tuple[str, ...]
    vectors: tuple[Vector, ...]
    embedded: int


def passage_keys(embedder: Embedder, texts: Sequence[str]) -> list[str]:
    """Return the embedding keys of texts as passages of this embedder."""
    return [embedding_key(embedder_fingerprint=embedder.spec.fingerprint, purpose="passage", text=t) for t in texts]


def embed_with_cache(embedder: Embedder, cache: VectorCache, texts: Sequence[str]) -> Embedded:
    """Return the vectors of passages, embedding only the distinct ones that the cache does not know.

    New vectors are durable in the cache before this returns. Raises what the embedder and the cache raise.
    """
    keys = passage_keys(embedder, texts)
    known = cache.get_many(list(dict.fromkeys(keys)))
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    if missing:
        new = dict(zip(missing, embedder.embed_passages(list(missing.values())), strict=True))
        cache.put_many(new)
        known = {**known, **new}
    return Embedded(keys=tuple(keys), vectors=tuple(known[key] for key in keys), embedded=len(missing))
