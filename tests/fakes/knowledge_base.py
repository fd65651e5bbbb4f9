"""A small knowledge base in a temporary SQLite store, for tests of what is built on a store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from retrieval import ids
from retrieval.answers.statement_inputs import statement_inputs
from retrieval.embedding.reuse import Purpose, embed_with_cache
from retrieval.ports import Embedder, Store
from retrieval.stores.sqlite import open_store
from retrieval.text.language import detect
from retrieval.text.lexical import ANALYZER
from retrieval.values import (
    PUBLIC,
    Attributes,
    Chunk,
    ChunkKind,
    Document,
    EmbeddedChunk,
    EmbeddedStatement,
    Extraction,
    GenerationSpec,
    Labels,
)

__all__ = ["NOON", "Library"]

NOON = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
"""The time of every test library's clock."""


class Library:
    """A store with one generation, filled document by document; every paragraph is a chunk."""

    def __init__(self, folder: Path, embedder: Embedder, *, analyzer: str = ANALYZER) -> None:
        self.embedder = embedder
        self.store: Store = open_store(folder / "kb.db", clock=lambda: NOON)
        self._fence = self.store.lease("test", seconds=3600).fence
        parts = {"embedder": f"{embedder.spec.name}/{embedder.spec.fingerprint}", "analyzer": analyzer}
        self.generation = GenerationSpec(
            name="g1", fingerprint=ids.fingerprint(*parts.values()), parts=parts, dimensions=embedder.spec.dimensions
        )
        self.store.create_generation(self.generation, fence=self._fence)
        self.store.register_source("test", str(folder), fence=self._fence)
        self.store.promote("g1", fence=self._fence)

    def add(
        self,
        key: str,
        *paragraphs: str,
        title: str = "",
        attributes: Attributes | None = None,
        kind: ChunkKind = ChunkKind.TEXT,
        question: str = "",
        indexed: Sequence[str] | None = None,
    ) -> str:
        """Commit a document, public unless its attributes say otherwise; return its id.

        ``indexed`` are the texts that the lexical index gets of the paragraphs, when they are others.
        """
        text = "\n\n".join(paragraphs)
        version = ids.version_of(text.encode())
        extraction = Extraction(
            id=ids.extraction_id(version=version, reader_fingerprint="test"),
            text=text,
            media_type="text/plain",
            reader_fingerprint="test",
        )
        document = Document(
            id=ids.document_id(source="test", key=key),
            source="test",
            key=key,
            uri=f"file:///{key}",
            title=title or key,
            media_type="text/plain",
            language=detect(text),
            version=version,
            extraction_id=extraction.id,
            size=len(text),
            etag="",
            attributes=attributes or Attributes(labels=Labels(allow=frozenset({PUBLIC}))),
        )
        chunks = self._chunks(document, paragraphs, kind, question, indexed or paragraphs)
        staged = self.store.stage(document, extraction, chunks, generation="g1", fence=self._fence)
        self.store.commit(staged, generation="g1", fence=self._fence)
        return document.id

    def _chunks(
        self, document: Document, paragraphs: Sequence[str], kind: ChunkKind, question: str, indexed: Sequence[str]
    ) -> list[EmbeddedChunk]:
        chunks, start = [], 0
        for ordinal, paragraph in enumerate(paragraphs):
            end = start + len(paragraph)
            chunk = Chunk(
                id=ids.chunk_id(document_id=document.id, extraction_id=document.extraction_id, start=start, end=end),
                document_id=document.id,
                extraction_id=document.extraction_id,
                ordinal=ordinal,
                start=start,
                end=end,
                text=paragraph,
                kind=kind,
                language=detect(paragraph),
                embedding_text=question or f"{document.title}\n{paragraph}",
                lexical_title=document.title,
                lexical_text=question or indexed[ordinal],
            )
            passage = embed_with_cache(self.embedder, self.store.vectors, [chunk.embedding_text])
            (key,) = passage.keys
            chunks.append(
                EmbeddedChunk(chunk=chunk, key=key, vector=passage.vectors[key], statements=self._statements(chunk))
            )
            start = end + 2
        return chunks

    def _statements(self, chunk: Chunk) -> tuple[EmbeddedStatement, ...]:
        inputs = statement_inputs(chunk)
        found = embed_with_cache(
            self.embedder, self.store.vectors, [one.text for one in inputs], purpose=Purpose.STATEMENT
        )
        return tuple(
            EmbeddedStatement(span=one.span, key=key, vector=found.vectors[key])
            for one, key in zip(inputs, found.keys, strict=True)
            if key in found.vectors
        )
