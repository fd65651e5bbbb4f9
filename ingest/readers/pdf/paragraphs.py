"""Lines to paragraphs: a line that wraps is joined to the next, so that no sentence ends at the edge of a column."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ingest.readers.assembly import join
from ingest.readers.cleaning import is_cjk
from ingest.readers.pdf.lines import Line, Rune
from ingest.readers.pdf.order import Region

__all__ = ["Paragraph", "body_size", "paragraphs", "unfinished"]

_BULLET = re.compile(
    r"\s*(?:[•◦●○■□◆▪・‣–*]|\(?\d{1,3}[.)）]\s|[（(][0-9０-９]{1,3}[)）]|[０-９]{1,2}[ \u3000]|[0-9]{1,2}\u3000|[①-⑳]"
    r"|第[0-9０-９一二三四五六七八九十]+条)"
)
_SAME_SIZE = 0.12
_ENDS = frozenset("。．.！？!?」』）):：;；")


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """Code points of a paragraph with the page that each glyph lies on; ``lines`` are those it was made of."""

    page: int
    lines: tuple[Line, ...]
    separators: tuple[str, ...]
    right: float
    side: bool = False

    @property
    def size(self) -> float:
        """Return the usual size of its letters in points."""
        return median(line.size for line in self.lines)

    @property
    def bold(self) -> bool:
        """Tell whether all of it is bold."""
        return all(line.bold for line in self.lines)

    @property
    def item(self) -> bool:
        """Tell whether it begins like a list item."""
        return _BULLET.match(self.lines[0].text) is not None

    def runes(self) -> list[Rune]:
        """Return its code points, those between lines without a glyph."""
        found: list[Rune] = list(self.lines[0].runes)
        for separator, line in zip(self.separators, self.lines[1:], strict=True):
            found += [(character, None) for character in separator]
            found += line.runes
        return found


def paragraphs(found: Iterable[Region], *, page: int) -> list[Paragraph]:
    """Return the paragraphs of the regions of one page, in order."""
    made: list[Paragraph] = []
    for region in found:
        pitch = _pitch(region.lines)
        edges = _edges(region.lines, pitch)
        current: list[Line] = []
        separators: list[str] = []
        for line, right in zip(region.lines, edges, strict=True):
            separator = _separator(current, line, right, pitch) if current else None
            if separator is None:
                if current:
                    made.append(_paragraph(current, separators, region, page))
                current, separators = [line], []
            else:
                current.append(line)
                separators.append(separator)
        if current:
            made.append(_paragraph(current, separators, region, page))
    return made


def unfinished(paragraph: Paragraph) -> bool:
    """Tell whether a paragraph runs up to the edge of its column without an end: it may go on on the next page."""
    last = paragraph.lines[-1]
    return last.cells == 1 and last.text[-1] not in _ENDS and last.u1 > paragraph.right - 2.5 * last.size


def body_size(lines: Iterable[Line]) -> float:
    """Return the size in points, to a half, that most of the text has."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.runes)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _paragraph(lines: Sequence[Line], separators: Sequence[str], region: Region, page: int) -> Paragraph:
    return Paragraph(page=page, lines=tuple(lines), separators=tuple(separators), right=region.right, side=region.side)


def _pitch(lines: Sequence[Line]) -> float:
    steps = [two.centre - one.centre for one, two in pairwise(lines) if two.centre - one.centre < 3 * two.size]
    return median(steps) if steps else 0.0


def _edges(lines: Sequence[Line], pitch: float) -> list[float]:
    """Return for every line the right edge of the lines around it: those of its size, without a wider step between.

    An edge holds when many lines reach it, else that of the whole region does.
    """
    outer = max(line.u1 for line in lines)
    edges: list[float] = []
    stack: list[Line] = []
    for line in lines:
        if stack and (_step(stack[-1], line) or not 0 <= line.centre - stack[-1].centre <= 1.4 * pitch):
            edges += [_edge(stack, outer)] * len(stack)
            stack = []
        stack.append(line)
    return edges + [_edge(stack, outer)] * len(stack)


def _edge(stack: Sequence[Line], outer: float) -> float:
    right = max(line.u1 for line in stack)
    reaching = sum(line.u1 > right - 0.7 * line.size for line in stack)
    return right if reaching >= max(2, 0.4 * len(stack)) else outer


def _step(one: Line, two: Line) -> bool:
    return abs(one.size - two.size) > _SAME_SIZE * max(one.size, two.size)


def _separator(current: list[Line], line: Line, right: float, pitch: float) -> str | None:
    """Return what joins a line to the paragraph before it, None when it begins another."""
    last = current[-1]
    size = max(last.size, line.size)
    step = line.centre - last.centre
    if _step(last, line) or step > min(1.4 * pitch, 2.6 * size) or step < 0:
        return None
    if last.cells > 1 or line.cells > 1:
        return "\n" if last.cells > 1 and line.cells > 1 else None
    indented = line.u0 > last.u0 + 0.7 * size and _BULLET.match(current[0].text) is None
    if indented or last.bold is not line.bold or _BULLET.match(line.text):
        return None
    if not _full(last, line, right):
        # Verses and addresses: lines that all end short of the edge stay lines of one paragraph.
        short = not _BULLET.match(current[0].text) and all(part.u1 < right - 3 * size for part in (*current, line))
        return "\n" if short and abs(line.u0 - last.u0) < 0.7 * size else None
    if last.text[-1] in "-‐" and last.text[-2:-1].isalpha():
        return ""
    return join(last.text, line.text)


def _full(last: Line, line: Line, right: float) -> bool:
    """Tell whether the next line's first word would not have fitted behind the last line."""
    if is_cjk(line.text[0]):
        need = 2.2 * line.size
    else:
        word = len(line.text.split(" ", 1)[0])
        need = (line.u1 - line.u0) * (word + 1) / len(line.text) + 0.3 * line.size
    return last.u1 + need > right
