"""Glyphs to lines: what stands on one baseline without a wide gap is a piece, pieces side by side are a row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from ingest.readers.cleaning import is_cjk
from ingest.readers.pdf.glyphs import Glyph

__all__ = ["Line", "Rune", "merge", "pieces", "rows"]

Rune = tuple[str, Glyph | None]
"""A code point of the text and the glyph that shows it; None for a space that only the layout shows."""

_WIDE = 1.5  # of the size: a wider gap parts columns or cells
_WORD = 0.22  # of the size: a wider gap parts words
_CJK_WORD = 0.75
_NUMBER = re.compile(
    r"[(（]?(?:[0-9０-９]{1,3}(?:[.．][0-9０-９]{1,3})*|[A-Z]|[ivx]{1,4})[.)．）]?|第.{1,4}[章節条編部]|[•●○■・*–-]|[①-⑳]"
)


@dataclass(frozen=True)
class Line:
    """Code points on one baseline, in order, in the frame of their direction (see `Glyph`)."""

    runes: tuple[Rune, ...]
    u0: float
    u1: float
    v0: float
    v1: float
    size: float
    cells: int = 1

    @cached_property
    def text(self) -> str:
        """Return the line's text."""
        return "".join(text for text, _ in self.runes)

    @cached_property
    def bold(self) -> bool:
        """Tell whether most of the line is bold."""
        marks = [glyph.bold for _, glyph in self.runes if glyph is not None]
        return sum(marks) * 2 > len(marks)

    @property
    def centre(self) -> float:
        """Return the middle across the line."""
        return (self.v0 + self.v1) / 2


def pieces(glyphs: Sequence[Glyph]) -> list[Line]:
    """Return the pieces of one direction, words parted by spaces."""
    found: list[Line] = []
    run: list[Glyph] = []
    for glyph in glyphs:
        if run and not _continues(run[-1], glyph):
            found.extend(_piece(run))
            run = []
        run.append(glyph)
    found.extend(_piece(run))
    return _rejoined(found)


def rows(lines: Iterable[Line]) -> list[list[Line]]:
    """Group lines that share a baseline, top to bottom; within a row from its start."""
    grouped: list[list[Line]] = []
    for line in sorted(lines, key=lambda piece: (piece.centre, piece.u0)):
        if grouped and _level(grouped[-1], line):
            grouped[-1].append(line)
        else:
            grouped.append([line])
    return [sorted(row, key=lambda piece: piece.u0) for row in grouped]


def merge(row: Sequence[Line]) -> Line:
    """Return one line of a row's pieces: two spaces where a wide gap is, one behind the number of a heading or item."""
    runes: list[Rune] = []
    cells = 1
    for index, line in enumerate(row):
        if index == 1 and _NUMBER.fullmatch(row[0].text) and line.u0 - row[0].u1 < 3.5 * line.size:
            runes.append((" ", None))
        elif index:
            runes += [(" ", None), (" ", None)]
            cells += 1
        runes += line.runes
    return Line(
        runes=tuple(runes),
        u0=min(line.u0 for line in row),
        u1=max(line.u1 for line in row),
        v0=min(line.v0 for line in row),
        v1=max(line.v1 for line in row),
        size=max(row, key=lambda line: len(line.runes)).size,
        cells=cells,
    )


def _continues(last: Glyph, glyph: Glyph) -> bool:
    if glyph.quad == last.quad:  # letters of one ligature
        return True
    size = max(last.size, glyph.size)
    shared = min(last.v1, glyph.v1) - max(last.v0, glyph.v0)
    if shared < 0.4 * min(last.v1 - last.v0, glyph.v1 - glyph.v0):
        return False
    return -0.8 * size < glyph.u0 - last.u1 < _WIDE * size


def _piece(run: list[Glyph]) -> list[Line]:
    while run and run[-1].text.isspace():
        run.pop()
    start = next((i for i, glyph in enumerate(run) if not glyph.text.isspace()), len(run))
    run = run[start:]
    if not run:
        return []
    runes: list[Rune] = []
    for index, glyph in enumerate(run):
        if index and _apart(run[index - 1], glyph):
            runes.append((" ", None))
        runes.append((glyph.text, glyph))
    return [
        Line(
            runes=tuple(runes),
            u0=run[0].u0,
            u1=max(glyph.u1 for glyph in run),
            v0=median(glyph.v0 for glyph in run),
            v1=median(glyph.v1 for glyph in run),
            size=median(glyph.size for glyph in run),
        )
    ]


def _apart(last: Glyph, glyph: Glyph) -> bool:
    if last.text.isspace() or glyph.text.isspace():
        return False
    gap, size = glyph.u0 - last.u1, max(last.size, glyph.size)
    if is_cjk(last.text) and is_cjk(glyph.text):
        return gap > _CJK_WORD * size
    return gap > _WORD * size or (glyph.gap and gap > 0.1 * size and not (is_cjk(last.text) or is_cjk(glyph.text)))


def _rejoined(found: list[Line]) -> list[Line]:
    """Join pieces of one baseline that the file wrote apart but that stand close together."""
    joined: list[Line] = []
    for row in rows(found):
        current = row[0]
        for piece in row[1:]:
            size = max(current.size, piece.size)
            if -0.5 * size < piece.u0 - current.u1 < 1.3 * size:
                last = next(glyph for _, glyph in reversed(current.runes) if glyph is not None)
                first = next(glyph for _, glyph in piece.runes if glyph is not None)
                between: tuple[Rune, ...] = ((" ", None),) if _apart(last, first) else ()
                runes = current.runes + between + piece.runes
                current = Line(
                    runes=runes,
                    u0=current.u0,
                    u1=max(current.u1, piece.u1),
                    v0=min(current.v0, piece.v0),
                    v1=max(current.v1, piece.v1),
                    size=current.size if len(current.runes) >= len(piece.runes) else piece.size,
                )
            else:
                joined.append(current)
                current = piece
        joined.append(current)
    return joined


def _level(row: list[Line], line: Line) -> bool:
    other = row[-1]
    shared = min(other.v1, line.v1) - max(other.v0, line.v0)
    return shared > 0.5 * min(other.v1 - other.v0, line.v1 - line.v0)
