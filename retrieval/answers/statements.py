"""Cut passages into statements: the pieces that an answer may quote. Pure.

A statement is a sentence; or a whole short list with the line that introduces it, because half a procedure is worse
than none; or a row of a table, beside its header row; or the whole answer of a question-and-answer record where it
is short. Headings alone and questions alone state nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from retrieval.text.folding import fold
from retrieval.text.sentences import sentences
from retrieval.values import Chunk, ChunkKind, Passage, Span

__all__ = ["STATEMENTS", "Statement", "pieces", "statements"]

STATEMENTS = "tenkyo-statements-1"
"""Version of this cutter and of what is embedded of a statement; a part of a generation's fingerprint."""

_WHOLE_ANSWER = 400  # code points up to which the answer of a record stays whole
_WHOLE_LIST = 700  # and a list with its introduction
_ITEM = re.compile(
    r"[ \t\u3000]*(?:[-*+–]\s|[•●○◦▪■□◆・‣]|\(?[0-9]{1,2}[.)]\s|[（(]?[0-9０-９]{1,2}[．）、]|[①-⑳]|[a-z]\)\s)"
)
_LEADS = re.compile(  # a line that leads to a list: "as follows:", 次の手順で行います。
    r"(?:[:：]|(?:次|以下|下記)の(?:とおり|通り|手順|もの|場合|方法)[^\n]{0,20}"
    r"|as follows\.?|the following[^\n]{0,40})\s*\Z"
)
_HEADING = 40  # code points up to which a line may be a heading
_MARKED = re.compile(r"[。．.!！?？:：;；、,|]\s*\Z|[:：|]|\n")  # what ends a sentence, or gives a value to a name
_NUMBERED = re.compile(r"[（(]?([0-9０-９]{1,2})[.．)）、]")
_CELLS = " | "  # what stands between the cells of a row
_QUESTION = re.compile(r"[?？]\s*$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """A verbatim piece of a passage: ``span`` is its place in the extraction, ``passage`` counts from 0.

    ``header`` is the place of the table's header row, when the statement is a row of that table.
    """

    passage: int
    span: Span
    text: str
    header: Span | None = None


def statements(passages: Sequence[Passage], *, question: str) -> list[Statement]:
    """Return the statements of passages in order, each text once; none that only repeats the question."""
    asked = _said(question)
    seen = {asked}
    kept = []
    for number, passage in enumerate(passages):
        titles = {_said(title) for title in (passage.title, *passage.heading_path)}
        for span, header in pieces(passage):
            text = passage.text[span.start : span.end]
            said = _said(text)
            if not said or said in seen or said in titles or _QUESTION.search(text):
                continue
            seen.add(said)
            kept.append(
                Statement(
                    passage=number,
                    span=_moved(span, passage.start),
                    text=text,
                    header=_moved(header, passage.start) if header else None,
                )
            )
    return kept


def pieces(passage: Chunk | Passage) -> Iterator[tuple[Span, Span | None]]:
    """Yield all spans that may be a statement, within the chunk's own text, with the header row they belong to.

    The same when a chunk is taken in as when it is found: by ``kind``, ``text`` and ``lexical_text`` alone.
    """
    if passage.kind is ChunkKind.TABLE:
        yield from _rows(passage)
        return
    found = list(sentences(passage.text))
    if passage.kind is ChunkKind.ANSWER and len(passage.text) <= _WHOLE_ANSWER and found:
        yield Span(start=found[0].start, end=found[-1].end), None
        return
    for span in _joined_lists(_without_headings(found, passage.text), passage.text):
        yield span, None


def _rows(passage: Chunk | Passage) -> Iterator[tuple[Span, Span | None]]:
    """Yield the lines of a table with its header row; what was cut off a longer table holds no header of its own."""
    lines = list(_lines(passage.text))
    rows = [line for line in lines if _CELLS in passage.text[line.start : line.end]] or lines
    shown = passage.text[rows[0].start : rows[0].end] if rows else ""
    indexed = next((line for line in passage.lexical_text.split("\n") if _CELLS in line), shown).strip()
    header = rows[0] if len(rows) > 1 and indexed == shown else None
    for line in lines:
        if line != header:
            yield line, header if line in rows else None


def _lines(text: str) -> Iterator[Span]:
    for match in re.finditer(r"[^\n]*\S[^\n]*", text):
        stripped = match.group().strip()
        start = match.start() + match.group().index(stripped[0])
        yield Span(start=start, end=start + len(stripped))


def _without_headings(found: Sequence[Span], text: str) -> list[Span]:
    """Leave out short lines without an end mark that stand apart above something else: headings within a passage."""
    numbers = [_number(text, span) for span in found]
    kept = []
    for index, span in enumerate(found):
        after = found[index + 1] if index + 1 < len(found) else None
        words = text[span.start : span.end]
        apart = text[: span.start].rstrip(" \t\u3000")[-2:] in ("", "\n\n") and text[span.end :].startswith("\n\n")
        number = numbers[index]
        counted = number is not None and (number - 1 in numbers[:index] or number + 1 in numbers[index + 1 :])
        bullet = number is None and _item_at(text, span)
        if after is None or not apart or counted or bullet or len(words) > _HEADING or _MARKED.search(words):
            kept.append(span)
    return kept


def _number(text: str, span: Span) -> int | None:
    """Return the number that a list item or a numbered heading begins with."""
    match = _NUMBERED.match(text, span.start, span.end)
    return int(match.group(1)) if match else None


def _joined_lists(found: Iterable[Span], text: str) -> Iterator[Span]:
    """Yield sentences, but the items of one short list, with the line that leads to it, as one."""
    group: list[Span] = []
    listing = False
    for span in found:
        indented = span.start > 0 and text[span.start - 1] != "\n"
        if _item_at(text, span) or (listing and indented):
            group.append(span)
            listing = True
            continue
        yield from _as_one(group, text)
        group, listing = [span], False
    yield from _as_one(group, text)


def _as_one(group: Sequence[Span], text: str) -> Iterator[Span]:
    """Yield a line and the items after it: together when the line leads to them and they are short, else each."""
    if not group:
        return
    lead = group[0]
    led = _LEADS.search(text, lead.start, lead.end) is not None or _item_at(text, lead)
    items = group if led else group[1:]
    if not led:
        yield lead
    if len(items) > 1 and items[-1].end - items[0].start <= _WHOLE_LIST:
        yield Span(start=items[0].start, end=items[-1].end)
    else:
        yield from items


def _item_at(text: str, span: Span) -> bool:
    line = text.rfind("\n", 0, span.start) + 1
    return not text[line : span.start].strip() and _ITEM.match(text, line) is not None


def _moved(span: Span, by: int) -> Span:
    return Span(start=span.start + by, end=span.end + by)


def _said(text: str) -> str:
    return "".join(char for char in fold(text).text if char.isalnum())
