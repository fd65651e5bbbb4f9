"""Documents and chunks as the ingestion would stage them, made from lines of text and given vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from retrieval.answers.statement_inputs import statement_inputs
from retrieval.ids import chunk_id, document_id, extraction_id, version_of
from retrieval.values import (
    Attributes,
    Chunk,
    ChunkKind,
    CompactVector,
    Document,
    EmbeddedChunk,
    EmbeddedStatement,
    Extraction,
    Labels,
    Vector,
)

__all__ = ["Made", "made_document"]

Made = tuple[Document, Extraction, list[EmbeddedChunk]]


def made_document(
    number: int,
    lines: Sequence[str],
    vectors: Sequence[Vector],
    *,
    labels: Labels,
    language: str = "ja",
    said: Callable[[str], CompactVector] | None = None,
) -> Made:
    """Return a document of one chunk a line, with the vectors given; ``said`` gives those of statements, if any."""
    text = "\n".join(lines)
    own, version = document_id(source="benchmark", key=str(number)), version_of(text.encode())
    reading = extraction_id(version=version, reader_fingerprint="")
    extraction = Extraction(id=reading, text=text, media_type="text/plain", reader_fingerprint="", language=language)
    document = Document(
        id=own,
        source="benchmark",
        key=str(number),
        uri="",
        title=lines[0][:20],
        media_type="text/plain",
        language=language,
        version=version,
        extraction_id=extraction.id,
        size=len(text),
        etag="",
        attributes=Attributes(labels=labels),
    )
    chunks, start = [], 0
    for ordinal, (line, vector) in enumerate(zip(lines, vectors, strict=True)):
        end = start + len(line)
        chunk = Chunk(
            id=chunk_id(document_id=own, extraction_id=reading, start=start, end=end),
            document_id=own,
            extraction_id=reading,
            ordinal=ordinal,
            start=start,
            end=end,
            text=line,
            kind=ChunkKind.TEXT,
            language=language,
            embedding_text=line,
            lexical_title=document.title,
            lexical_text=line,
        )
        statements = tuple(
            EmbeddedStatement(span=one.span, key=f"statement {number} {one.span.start}", vector=said(one.text))
            for one in (statement_inputs(chunk) if said else ())
            if said is not None
        )
        chunks.append(EmbeddedChunk(chunk=chunk, key=f"{number} {ordinal}", vector=vector, statements=statements))
        start = end + 1
    return document, extraction, chunks
