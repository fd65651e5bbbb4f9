"""Embedding that pays for no input twice: vectors are kept under the hash of what they were made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from retrieval.compact import compact
from retrieval.ids import embedding_key
from retrieval.ports import Embedder, VectorCache
from retrieval.values import CompactVector, Vector

__all__ = ["Embedded", "Purpose", "embed_with_cache", "embedding_keys"]


class Purpose(StrEnum):
    """What an input is embedded for, which decides the form that its vector is kept in.

    A ``PASSAGE`` is a whole chunk, its vector in full; a ``STATEMENT`` a piece of one, its vector compact.
    """

    PASSAGE = "passage"
    STATEMENT = "statement"


@dataclass(frozen=True, kw_only=True, slots=True)
class Embedded:
    """Keys in the order of the texts, vectors by key; ``new`` holds the tokens of the inputs that were paid for.

    A statement longer than the model reads has no vector.
    """

    keys: tuple[str, ...]
    vectors: Mapping[str, Vector | CompactVector]
    new: Mapping[str, int]


def embedding_keys(embedder: Embedder, texts: Sequence[str], *, purpose: Purpose = Purpose.PASSAGE) -> list[str]:
    """Return the embedding keys of texts for one purpose."""
    return [embedding_key(embedder_fingerprint=embedder.spec.fingerprint, purpose=purpose, text=t) for t in texts]


def embed_with_cache(
    embedder: Embedder, cache: VectorCache, texts: Sequence[str], *, purpose: Purpose = Purpose.PASSAGE
) -> Embedded:
    """Return the vectors of passages or statements, embedding only the distinct ones that the cache does not know.

    New vectors are durable in the cache before this returns. Raises what the embedder and the cache raise.
    """
    keys = embedding_keys(embedder, texts, purpose=purpose)
    known = cache.get_many(list(dict.fromkeys(keys)))
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    tokens = dict(zip(missing, embedder.count_tokens(list(missing.values())), strict=True)) if missing else {}
    if purpose is Purpose.STATEMENT:
        tokens = {key: count for key, count in tokens.items() if count <= embedder.spec.max_tokens}
    if tokens:
        vectors = embedder.embed_passages([missing[key] for key in tokens])
        kept = map(compact, vectors) if purpose is Purpose.STATEMENT else vectors
        new = dict(zip(tokens, kept, strict=True))
        cache.put_many(new)
        known = {**known, **new}
    return Embedded(keys=tuple(keys), vectors=known, new=tokens)
