"""Citations of one answer, read through the view that found the passages."""

from __future__ import annotations

from retrieval.answers.citations import Cited, Quote, Verification, verify
from retrieval.ids import citation_id
from retrieval.ports import View
from retrieval.values import Citation, Filter, Passage, Span

__all__ = ["Quotations"]


class Quotations:
    """Gathers the citations of one answer, numbered from 1 in the order they are first made."""

    def __init__(self, view: View, *, where: Filter) -> None:
        self._view = view
        self._where = where
        self._made: dict[str, Citation] = {}
        self._stored: dict[tuple[str, int, int], Cited] = {}

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations made so far."""
        return tuple(self._made.values())

    def check(self, passage: Passage, claim: str) -> Verification:
        """Verify a claim that quotes a passage against the stored text, not against the passage as retrieved."""
        return verify(claim, [Quote(cited_id=passage.chunk_id, text=claim)], {passage.chunk_id: self._cited(passage)})

    def holds(self, passage: Passage, span: Span, text: str) -> bool:
        """Tell whether exactly this text stands at this place of the stored extraction."""
        stored = self._cited(passage)
        return stored.text[span.start - stored.start : span.end - stored.start] == text

    def cite(self, passage: Passage, span: Span) -> str:
        """Return the id of the citation of a place, making it when it is new."""
        name = citation_id(
            document_id=passage.document_id, extraction_id=passage.extraction_id, start=span.start, end=span.end
        )
        if name not in self._made:
            place = (passage.document_id, passage.extraction_id, span.start, span.end)
            piece = self._view.extraction_slice(*place, where=self._where)
            self._made[name] = Citation(
                id=name,
                n=len(self._made) + 1,
                document_id=passage.document_id,
                version=passage.version,
                extraction_id=passage.extraction_id,
                chunk_id=passage.chunk_id,
                title=passage.title,
                uri=passage.uri,
                start=span.start,
                end=span.end,
                quote=piece.text,
                page=piece.page or passage.page,
                heading_path=piece.heading_path or passage.heading_path,
                boxes=self._view.boxes(*place, where=self._where),
            )
        return name

    def _cited(self, passage: Passage) -> Cited:
        place = (passage.chunk_id, passage.start, passage.end)
        stored = self._stored.get(place)
        if stored is None:
            piece = self._view.extraction_slice(
                passage.document_id, passage.extraction_id, passage.start, passage.end, where=self._where
            )
            context = "\n".join((passage.title, *passage.heading_path))
            stored = Cited(id=passage.chunk_id, text=piece.text, start=piece.start, context=context)
            self._stored[place] = stored
        return stored
