"""Embedding the inputs of a group of documents: in batches, each kept before the next, each input paid for once.

Inputs are the chunks of the documents and then their statements. What a document pays for is told in both together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from ingest.process import Prepared
from retrieval.embedding.reuse import Purpose, embed_with_cache
from retrieval.ports import Embedder, VectorCache
from retrieval.values import EmbeddedChunk, EmbeddedStatement, Vector

__all__ = ["EmbeddedDocument", "embed_documents"]

_AT_ONCE = 128

Between = Callable[[int, int], bool]


@dataclass(frozen=True, kw_only=True, slots=True)
class EmbeddedDocument:
    """The chunks of a document with all their vectors.

    Of its ``inputs`` it paid for ``embedded``, which have so many ``tokens``; one that several documents have is paid
    for by the first.
    """

    chunks: tuple[EmbeddedChunk, ...]
    inputs: int
    embedded: int
    tokens: int


@dataclass(kw_only=True, slots=True)
class _Batches:
    """Vectors by key; ``new`` holds the tokens of computed inputs that no document was charged with yet."""

    embedder: Embedder
    cache: VectorCache
    between: Between
    vectors: dict[str, Vector]
    new: dict[str, int]

    def keys(self, texts: Sequence[str], purpose: Purpose) -> list[str] | None:
        """Return the keys of texts, whose vectors are then known; None when it was said to stop."""
        keys: list[str] = []
        for at in range(0, len(texts), _AT_ONCE):
            some = texts[at : at + _AT_ONCE]
            embedded = embed_with_cache(self.embedder, self.cache, some, purpose=purpose)
            keys.extend(embedded.keys)
            self.vectors |= embedded.vectors
            self.new |= embedded.new
            if not self.between(len(some), len(embedded.new)):
                return None
        return keys


def embed_documents(
    embedder: Embedder, cache: VectorCache, group: Sequence[Prepared], *, between: Between
) -> list[EmbeddedDocument] | None:
    """Return the documents of a group with the vectors of all chunks and statements, or None when told to stop.

    ``between`` is told the inputs and the computed ones of each batch, before the first it is told zeros; it returns
    whether to go on.
    """
    if not between(0, 0):
        return None
    batches = _Batches(embedder=embedder, cache=cache, between=between, vectors={}, new={})
    passages = batches.keys([chunk.embedding_text for one in group for chunk in one.chunks], Purpose.PASSAGE)
    if passages is None:
        return None
    said = [statement.text for one in group for inputs in one.statements for statement in inputs]
    statements = batches.keys(said, Purpose.STATEMENT)
    if statements is None:
        return None
    chunk_keys, statement_keys = iter(passages), iter(statements)
    done = []
    for one in group:
        chunks = []
        for chunk, inputs in zip(one.chunks, one.statements, strict=True):
            key = next(chunk_keys)
            found = [
                EmbeddedStatement(span=each.span, key=own, vector=batches.vectors[own])
                for each, own in zip(inputs, islice(statement_keys, len(inputs)), strict=True)
                if own in batches.vectors
            ]
            chunks.append(EmbeddedChunk(chunk=chunk, key=key, vector=batches.vectors[key], statements=tuple(found)))
        done.append(_charged(chunks, batches.new))
    return done


def _charged(chunks: Sequence[EmbeddedChunk], new: dict[str, int]) -> EmbeddedDocument:
    """Charge a document with the computed inputs that are its own and nobody else's before, and strike them off."""
    keys = [key for one in chunks for key in (one.key, *(statement.key for statement in one.statements))]
    paid = [new.pop(key) for key in dict.fromkeys(keys) if key in new]
    return EmbeddedDocument(chunks=tuple(chunks), inputs=len(keys), embedded=len(paid), tokens=sum(paid))
