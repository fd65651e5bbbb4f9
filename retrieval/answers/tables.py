"""Rows of tables in a text, each with the header rows over it: cells joined by bars, or set in columns. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from retrieval.text.facts import facts_in
from retrieval.text.sentences import sentences
from retrieval.values import Span

__all__ = ["CELLS", "columns", "flowing_sentences", "header_of", "header_place", "lines_of", "rows"]

CELLS = " | "
"""What stands between the cells of a row."""

_COLUMNS = re.compile(r"(?<=\S)(?:  +|\u3000+|\t+)(?=\S)")  # what stands between cells set in columns
_FEWEST = 3  # lines of a table set in columns, its header row among them
_CELL = re.compile(r"\S(?:.*\S)?")


def lines_of(text: str) -> list[Span]:
    """Return the lines of a text that are not blank, without surrounding white space."""
    found = []
    for match in re.finditer(r"[^\n]*\S[^\n]*", text):
        words = match.group()
        start = match.start() + len(words) - len(words.lstrip())
        found.append(Span(start=start, end=start + len(words.strip())))
    return found


def rows(text: str, *, lexical_text: str) -> Iterator[tuple[Span, Span | None]]:
    """Yield the lines of a table with its header rows; a piece cut off a longer table holds no header of its own."""
    lines = lines_of(text)
    barred = [line for line in lines if CELLS in text[line.start : line.end]] or lines
    header = None
    if len(barred) > 1 and header_of(lexical_text, text[barred[0].start : barred[0].end]) == _words(text, barred[0]):
        header = _with_second(text, barred)
    for line in lines:
        if header is None or not header.start <= line.start < header.end:
            yield line, header if line in barred else None


def header_of(lexical_text: str, shown: str) -> str:
    """Return the header row that a piece of a table is indexed with; what is shown first when there is none."""
    return next((line for line in lexical_text.split("\n") if CELLS in line), shown).strip()


def header_place(text: str, header: str) -> Span | None:
    """Return where the header rows stand in a chunk of the same table, None when they do not stand in it."""
    barred = [line for line in lines_of(text) if CELLS in text[line.start : line.end]]
    for index, line in enumerate(barred):
        if _words(text, line) == header:
            return _with_second(text, barred[index:])
    return None


def columns(text: str) -> dict[Span, Span | None]:
    """Return the rows of tables set in columns with their header row, for texts that keep no other mark of a table.

    A table is three lines or more below each other with as many cells each. Its first line is a header when a column
    holds, below it, a kind of fact that the line itself does not: ``Price`` over ``300 yen``.
    """
    found: dict[Span, Span | None] = {}
    for block in _blocks(text):
        header = block[0] if _heads(text, block) else None
        found.update({line: header for line in block if line != header})
    return found


def flowing_sentences(text: str, tabular: Mapping[Span, Span | None]) -> list[Span]:
    """Return the sentences of a text outside its tables set in columns, which no sentence runs through."""
    lines = sorted({*tabular, *(header for header in tabular.values() if header is not None)})
    found: list[Span] = []
    start = 0
    for line in lines:
        found.extend(sentences(text, start=start, end=line.start))
        start = line.end
    return [*found, *sentences(text, start=start)]


def _with_second(text: str, lines: Sequence[Span]) -> Span:
    """Return the header row, with the one below it where merged cells repeat: both head the columns."""
    first = _words(text, lines[0]).split(CELLS)
    second = _words(text, lines[1]).split(CELLS) if len(lines) > 1 else []
    beside = any(left == right for left, right in pairwise(first))
    below = len(first) == len(second) and any(a == b for a, b in zip(first, second, strict=True))
    double = beside and below and len(lines) > 2
    return Span(start=lines[0].start, end=lines[1].end if double else lines[0].end)


def _blocks(text: str) -> Iterator[list[Span]]:
    """Yield runs of lines directly below each other that have the same number of cells, two at least."""
    block: list[Span] = []
    for line in lines_of(text):
        cells = len(_cells(text, line))
        follows = bool(block) and text[block[-1].end : line.start].count("\n") == 1
        if follows and cells == len(_cells(text, block[0])):
            block.append(line)
            continue
        if len(block) >= _FEWEST:
            yield block
        block = [line] if cells > 1 else []
    if len(block) >= _FEWEST:
        yield block


def _heads(text: str, block: Sequence[Span]) -> bool:
    body = [[_kinds(cell) for cell in _cells(text, line)] for line in block[1:]]
    for place, cell in enumerate(_cells(text, block[0])):
        own = _kinds(cell)
        below = [row[place] - own for row in body]
        if sum(map(bool, below)) * 2 >= len(below):
            return True
    return False


def _cells(text: str, line: Span) -> list[str]:
    return _COLUMNS.split(_words(text, line))


def _kinds(cell: str) -> frozenset[str]:
    return frozenset(fact.kind.value for fact in facts_in(cell))


def _words(text: str, line: Span) -> str:
    return text[line.start : line.end].strip()
