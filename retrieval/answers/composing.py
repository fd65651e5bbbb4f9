"""Make claims of the statements chosen: completed, each part verified at its place, cited with what heads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from retrieval.answers.completion import completed, touches_edge
from retrieval.answers.extractive import Selected
from retrieval.answers.quoting import Quotations
from retrieval.answers.statements import Statement
from retrieval.answers.tables import header_of, header_place
from retrieval.ports import View
from retrieval.values import ChunkKind, Claim, Filter, Passage, Span, Verdict

__all__ = ["Composer"]

_ABOVE = 8  # chunks looked through for the header of a table that goes on


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    """Words at one place; ``passage`` holds them."""

    passage: Passage
    span: Span

    @property
    def text(self) -> str:
        begin = self.span.start - self.passage.start
        return self.passage.text[begin : begin + self.span.end - self.span.start]

    def holds(self, other: _Part) -> bool:
        """Tell whether all of another part stands in this one."""
        return (
            (self.passage.document_id, self.passage.extraction_id)
            == (other.passage.document_id, other.passage.extraction_id)
            and self.span.start <= other.span.start
            and other.span.end <= self.span.end
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Quoted:
    """What one claim quotes: its words, the header rows over them, and other places that say the same."""

    words: _Part
    header: _Part | None
    also: tuple[_Part, ...]


class Composer:
    """Composes an answer of statements, reading around them through the view that found their passages."""

    def __init__(self, view: View, *, where: Filter, quotations: Quotations) -> None:
        self._view = view
        self._where = where
        self._quotations = quotations

    def compose(
        self, chosen: Sequence[Selected], *, found: Sequence[Statement], passages: Sequence[Passage]
    ) -> tuple[tuple[Claim, ...], str]:
        """Return claims and the text they make up; a statement that does not stand as it was retrieved makes none.

        A row of a table is said below its header rows, which are said once for several rows of one table.
        """
        quoted: list[_Quoted] = []
        for choice in chosen:
            one = self._quoted(choice, found=found, passages=passages)
            if not any(other.words.holds(one.words) for other in quoted):
                quoted = [other for other in quoted if not one.words.holds(other.words)]
                quoted.append(one)
        claims: list[Claim] = []
        text, headed = "", None
        for one in quoted:
            parts = [one.words] if one.header is None else [one.header, one.words]
            if not all(self._stands(part) for part in parts):
                continue
            heading = (one.header.passage.extraction_id, one.header.span) if one.header else None
            shown = [one.words] if heading == headed else parts
            headed = heading
            said = "\n".join(part.text for part in shown)
            start = len(text) + 1 if text else 0
            text = f"{text}\n{said}" if text else said
            claims.append(
                Claim(
                    text=said,
                    start=start,
                    end=len(text),
                    citation_ids=tuple(self._quotations.cite(part.passage, part.span) for part in reversed(parts)),
                    verdict=Verdict.VERIFIED,
                    also=tuple(self._quotations.cite(part.passage, part.span) for part in one.also),
                )
            )
        return tuple(claims), text

    def _quoted(self, choice: Selected, *, found: Sequence[Statement], passages: Sequence[Passage]) -> _Quoted:
        statement = found[choice.index]
        passage = passages[statement.passage]
        others = (found[index] for index in choice.also)
        return _Quoted(
            words=self._whole(passage, statement),
            header=self._header(passage, statement),
            also=tuple(_Part(passage=passages[other.passage], span=other.span) for other in others),
        )

    def _whole(self, passage: Passage, statement: Statement) -> _Part:
        """Return a statement with what belongs to it, also where that stands in the chunk before or after."""
        part = _Part(passage=passage, span=statement.span)
        if statement.header is not None or passage.kind is not ChunkKind.TEXT:
            return part
        whole = _within(passage, statement.span)
        relative = Span(start=whole.span.start - passage.start, end=whole.span.end - passage.start)
        if not touches_edge(passage.text, relative):
            return whole
        wide = self._wide(passage)
        return _within(wide, statement.span) if wide is not None else whole

    def _wide(self, passage: Passage) -> Passage | None:
        """Return a passage with the chunks beside it that go on in the same section, or None without any."""
        around = self._view.neighbours(passage.chunk_id, before=1, after=1, where=self._where)
        near = [one for one in around if one.kind is ChunkKind.TEXT and one.heading_path == passage.heading_path]
        if not near:
            return None
        start = min(passage.start, *(one.start for one in near))
        end = max(passage.end, *(one.end for one in near))
        piece = self._view.extraction_slice(passage.document_id, passage.extraction_id, start, end, where=self._where)
        return replace(passage, start=piece.start, end=piece.start + len(piece.text), text=piece.text)

    def _header(self, passage: Passage, statement: Statement) -> _Part | None:
        """Return the header rows of a row, from an earlier chunk where the table began there."""
        if statement.header is not None:
            return _Part(passage=passage, span=statement.header)
        if passage.kind is not ChunkKind.TABLE:
            return None
        header = header_of(passage.lexical_text, "")
        if not header or header in passage.text.split("\n"):
            return None
        for above in reversed(self._view.neighbours(passage.chunk_id, before=_ABOVE, after=0, where=self._where)):
            place = header_place(above.text, header) if above.kind is ChunkKind.TABLE else None
            if place is not None:
                return _Part(passage=above, span=Span(start=place.start + above.start, end=place.end + above.start))
        return None

    def _stands(self, part: _Part) -> bool:
        verified = self._quotations.check(part.passage, part.text).verdict is Verdict.VERIFIED
        return verified and self._quotations.holds(part.passage, part.span, part.text)


def _within(passage: Passage, span: Span) -> _Part:
    relative = completed(passage.text, Span(start=span.start - passage.start, end=span.end - passage.start))
    return _Part(passage=passage, span=Span(start=relative.start + passage.start, end=relative.end + passage.start))
