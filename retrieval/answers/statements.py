"""Cut passages into statements: the pieces that an answer may quote. Pure.

A statement is a sentence; or a whole short list with the line that introduces it, because half a procedure is worse
than none; or a row of a table, beside its header row; or the whole answer to a frequent question where it is short, be
it a record or a question that stands over its answer. Headings alone and questions alone state nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from retrieval.answers.lists import item_at, joined_lists, without_headings
from retrieval.answers.tables import columns, flowing_sentences, rows
from retrieval.text.folding import fold
from retrieval.text.sentences import sentences
from retrieval.values import Chunk, ChunkKind, Passage, Span

__all__ = ["STATEMENTS", "Statement", "pieces", "statements"]

STATEMENTS = "tenkyo-statements-1"
"""Version of this cutter and of what is embedded of a statement; a part of a generation's fingerprint."""

_WHOLE_ANSWER = 400  # code points up to which the answer to a frequent question stays whole
_QUESTION = re.compile(r"[?？]\s*$")
_ASKS = re.compile(r"[?？]\s*$|(?:(?:です|ます|ません|でしょう)か|教えてください)。?\s*$")
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n")


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """A verbatim piece of a passage: ``span`` is its place in the extraction, ``passage`` counts from 0.

    ``header`` is the place of the table's header rows, when the statement is a row of that table. ``before`` is what
    is said directly before it, a question or a sentence, from where it may take its subject; nothing before a row.
    """

    passage: int
    span: Span
    text: str
    header: Span | None = None
    before: str = ""


def statements(passages: Sequence[Passage], *, question: str) -> list[Statement]:
    """Return the statements of passages in order, each text once a document; none that only repeats the question."""
    asked = _said(question)
    seen: set[tuple[str, str]] = set()
    kept = []
    for number, passage in enumerate(passages):
        text = passage.text
        titles = {_said(title) for title in (passage.title, *passage.heading_path)}
        before = _Before(text)
        for span, header in pieces(passage):
            words = text[span.start : span.end]
            said = _said(words)
            if not said or said == asked or (passage.document_id, said) in seen or said in titles:
                continue
            if _QUESTION.search(words) or _asks_alone(text, span):
                continue
            seen.add((passage.document_id, said))
            kept.append(
                Statement(
                    passage=number,
                    span=_moved(span, passage.start),
                    text=words,
                    header=_moved(header, passage.start) if header else None,
                    before="" if header or passage.kind is ChunkKind.TABLE else before(span),
                )
            )
    return kept


def pieces(passage: Chunk | Passage) -> Iterator[tuple[Span, Span | None]]:
    """Yield all spans that may be a statement, within the chunk's own text, with the header rows they belong to.

    The same when a chunk is taken in as when it is found: by ``kind``, ``text`` and ``lexical_text`` alone.
    """
    text = passage.text
    if passage.kind is ChunkKind.TABLE:
        yield from rows(text, lexical_text=passage.lexical_text)
        return
    if passage.kind is ChunkKind.ANSWER and len(text) <= _WHOLE_ANSWER and text.strip():
        found = sentences(text)
        yield Span(start=found[0].start, end=found[-1].end), None
        return
    tabular = columns(text)
    flowing = flowing_sentences(text, tabular)
    kept = without_headings(flowing, text)
    headings = set(flowing) - set(kept)
    whole = list(joined_lists(_with_answers(kept, text, headings=headings), text))
    for span in sorted([*whole, *tabular]):
        yield span, tabular.get(span)


def _with_answers(found: Sequence[Span], text: str, *, headings: AbstractSet[Span]) -> list[Span]:
    """Join what follows a question on a line of its own: all up to the next heading if short, else its paragraph."""
    kept: list[Span] = []
    at = 0
    while at < len(found):
        question = found[at]
        kept.append(question)
        at += 1
        if not _asks_alone(text, question):
            continue
        stop = min((one.start for one in headings if one.start > question.start), default=len(text))
        answer = []
        for span in found[at:]:
            if span.end > stop or _asks_alone(text, span):
                break
            answer.append(span)
        if answer and answer[-1].end - answer[0].start > _WHOLE_ANSWER:
            paragraph = _PARAGRAPH.search(text, answer[0].start)
            answer = [span for span in answer if paragraph is None or span.end <= paragraph.start()]
        if len(answer) > 1 and answer[-1].end - answer[0].start <= _WHOLE_ANSWER:
            kept.append(Span(start=answer[0].start, end=answer[-1].end))
            at += len(answer)
    return kept


def _asks_alone(text: str, span: Span) -> bool:
    """Tell whether a question stands on a line of its own, as the heading of its answer does."""
    line = text.rfind("\n", 0, span.start) + 1
    alone = not text[line : span.start].strip() and text[span.end :].split("\n", 1)[0].strip() == ""
    return alone and _ASKS.search(text, span.start, span.end) is not None and not item_at(text, span)


class _Before:
    """What is said directly before a place of a text: the sentence that ends there, a heading or a question too."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: list[Span] | None = None

    def __call__(self, span: Span) -> str:
        if self._found is None:
            self._found = sentences(self._text)
        at = bisect_right(self._found, span.start, key=lambda one: one.end)
        return self._text[self._found[at - 1].start : self._found[at - 1].end] if at else ""


def _moved(span: Span, by: int) -> Span:
    return Span(start=span.start + by, end=span.end + by)


def _said(text: str) -> str:
    return "".join(char for char in fold(text).text if char.isalnum())
