"""Passages for tests of answers."""

from __future__ import annotations

from retrieval import ids
from retrieval.values import ChunkKind, LaneScore, Passage

__all__ = ["passage"]


def passage(
    text: str,
    *,
    key: str = "doc",
    title: str = "Guide",
    kind: ChunkKind = ChunkKind.TEXT,
    language: str = "en",
    start: int = 0,
    score: float = 1.0,
    cosine: float | None = 0.85,
    headings: tuple[str, ...] = (),
    ranks: tuple[int | None, int | None] = (1, 1),
) -> Passage:
    """Return a passage as a search gives it; ``start`` is where it begins in its extraction."""
    document = ids.document_id(source="test", key=key)
    extraction = ids.extraction_id(version=ids.version_of(key.encode()), reader_fingerprint="test")
    lanes = {"lexical": LaneScore(rank=ranks[1], score=1.0)}
    if cosine is not None:
        lanes["dense"] = LaneScore(rank=ranks[0], score=cosine)
    return Passage(
        chunk_id=ids.chunk_id(document_id=document, extraction_id=extraction, start=start, end=start + len(text)),
        document_id=document,
        version=ids.version_of(key.encode()),
        extraction_id=extraction,
        source="test",
        record_id=key,
        uri=f"file:///{key}",
        title=title,
        ordinal=0,
        start=start,
        end=start + len(text),
        text=text,
        kind=kind,
        language=language,
        lexical_title=title,
        lexical_text=text,
        heading_path=headings,
        score=score,
        lanes=lanes,
    )
