"""Documents, extractions and chunks for stores, made from a few lines of text."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from retrieval.access import OPERATOR, filter_for
from retrieval.answers.statement_inputs import statement_inputs
from retrieval.compact import compact
from retrieval.ids import chunk_id, document_id, embedding_key, extraction_id, fingerprint, version_of
from retrieval.ports import Store
from retrieval.values import (
    Attributes,
    Block,
    BlockKind,
    Chunk,
    ChunkKind,
    Document,
    EmbeddedChunk,
    EmbeddedStatement,
    Extraction,
    Filter,
    GenerationSpec,
    Labels,
    MetadataValue,
    Page,
    PageBoxes,
    Vector,
)
from tests.fakes.embedder import HashEmbedder

DIMENSIONS = 64
EMBEDDER = HashEmbedder(dimensions=DIMENSIONS)
EVERYTHING = filter_for(OPERATOR)
NIGHT = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)
OPEN = Labels(allow=frozenset({"public"}))


class FakeClock:
    """A clock that moves when it is told to; it can be handed to a child process."""

    def __init__(self, now: datetime = NIGHT) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, step: timedelta) -> None:
        self.now += step


@dataclass(frozen=True, kw_only=True)
class Version:
    """What is staged together."""

    document: Document
    extraction: Extraction
    chunks: tuple[EmbeddedChunk, ...]

    @property
    def id(self) -> str:
        return self.document.id

    @property
    def chunk_ids(self) -> list[str]:
        return [one.chunk.id for one in self.chunks]

    @property
    def keys(self) -> list[str]:
        """The embedding keys of all chunks and statements."""
        return [key for one in self.chunks for key in (one.key, *(statement.key for statement in one.statements))]


def spec(name: str = "g1", *, dimensions: int = DIMENSIONS, embedder: str = "hash") -> GenerationSpec:
    parts = {"embedder": embedder, "dimensions": str(dimensions), "chunker": "c", "extraction": "x", "analyzer": "a"}
    return GenerationSpec(name=name, fingerprint=fingerprint(*parts.values()), parts=parts, dimensions=dimensions)


def embed(text: str) -> Vector:
    return EMBEDDER.embed_passages([text])[0]


def labels(*allow: str, deny: Sequence[str] = ()) -> Labels:
    return Labels(allow=frozenset(allow), deny=frozenset(deny))


def version(
    key: str,
    *lines: str,
    source: str = "manuals",
    readable: Labels = OPEN,
    title: str | None = None,
    language: str = "ja",
    effective_from: date | None = None,
    superseded_by: str | None = None,
    metadata: Mapping[str, MetadataValue] | None = None,
    heading: str | None = None,
    reader: str = "reader-1",
    boxes: bool = False,
) -> Version:
    """Return a version of a document whose lines are its chunks, on one page a line, under an optional heading."""
    all_lines = ([heading] if heading else []) + list(lines)
    text = "\n".join(all_lines)
    content = version_of(text.encode())
    own, reading = (
        document_id(source=source, key=key),
        extraction_id(version=content, reader_fingerprint=reader),
    )
    starts = [sum(len(line) + 1 for line in all_lines[:at]) for at in range(len(all_lines))]
    places = list(zip(starts, all_lines, strict=True))[1 if heading else 0 :]
    extraction = Extraction(
        id=reading,
        text=text,
        media_type="text/plain",
        reader_fingerprint=reader,
        pages=tuple(Page(number=n + 1, start=s, end=s + len(line)) for n, (s, line) in enumerate(places)),
        blocks=(Block(kind=BlockKind.HEADING, start=0, end=len(heading), level=1),) if heading else (),
        boxes=tuple(_boxes(n + 1, s, line) for n, (s, line) in enumerate(places)) if boxes else (),
    )
    document = Document(
        id=own,
        source=source,
        key=key,
        uri=f"file:///{source}/{key}",
        title=title or key,
        media_type="text/plain",
        language=language,
        version=content,
        extraction_id=reading,
        size=len(text.encode()),
        etag=f"etag of {content[:8]}",
        attributes=Attributes(
            labels=readable, effective_from=effective_from, superseded_by=superseded_by, metadata=dict(metadata or {})
        ),
    )
    chunks = tuple(
        _chunk(document, ordinal, start, line, heading=heading) for ordinal, (start, line) in enumerate(places)
    )
    return Version(document=document, extraction=extraction, chunks=chunks)


def _chunk(document: Document, ordinal: int, start: int, line: str, *, heading: str | None) -> EmbeddedChunk:
    place = {"document_id": document.id, "extraction_id": document.extraction_id}
    embedding_text = f"{document.title}\n{line}"
    chunk = Chunk(
        id=chunk_id(**place, start=start, end=start + len(line)),
        **place,
        ordinal=ordinal,
        start=start,
        end=start + len(line),
        text=line,
        kind=ChunkKind.TEXT,
        language=document.language,
        embedding_text=embedding_text,
        lexical_title=document.title,
        lexical_text=line,
        heading_path=(heading,) if heading else (),
        page=ordinal + 1,
    )
    return EmbeddedChunk(
        chunk=chunk,
        key=_key(embedding_text, purpose="passage"),
        vector=embed(embedding_text),
        statements=tuple(
            EmbeddedStatement(span=one.span, key=_key(one.text, purpose="statement"), vector=compact(embed(one.text)))
            for one in statement_inputs(chunk)
        ),
    )


def _key(text: str, *, purpose: str) -> str:
    return embedding_key(embedder_fingerprint=EMBEDDER.spec.fingerprint, purpose=purpose, text=text)


def _boxes(page: int, start: int, line: str) -> PageBoxes:
    quads = b"".join(struct.pack("<4f", 10.0 * at, 20.0, 10.0 * at + 10.0, 30.0) for at in range(len(line)))
    return PageBoxes(page=page, start=start, end=start + len(line), quads=quads)


def relabelled(one: Version, readable: Labels) -> Document:
    return replace(one.document, attributes=replace(one.document.attributes, labels=readable))


def only(*names: str) -> Filter:
    """Return the filter of somebody with exactly these labels."""
    return Filter(labels=frozenset(names))


@dataclass(kw_only=True)
class Ingest:
    """A writer with a lease, who puts versions into one generation."""

    store: Store
    generation: str = "g1"
    fence: int = 0
    known: dict[str, Version] = field(default_factory=dict)

    @classmethod
    def begin(cls, store: Store, *, generation: str = "g1", dimensions: int = DIMENSIONS) -> Ingest:
        fence = store.lease("test", seconds=3600).fence
        store.create_generation(spec(generation, dimensions=dimensions), fence=fence)
        if not any(one.state == "current" for one in store.generations()):
            store.promote(generation, fence=fence)
        return cls(store=store, generation=generation, fence=fence)

    def put(self, *versions: Version) -> None:
        for one in versions:
            staged = self.store.stage(
                one.document, one.extraction, one.chunks, generation=self.generation, fence=self.fence
            )
            self.store.commit(staged, generation=self.generation, fence=self.fence)
            self.known[one.document.key] = one

    def delete(self, *document_ids: str) -> int:
        return self.store.delete(document_ids, generation=self.generation, fence=self.fence)

    def sweep(self, now: datetime = NIGHT) -> None:
        self.store.sweep(generation=self.generation, fence=self.fence, now=now)
