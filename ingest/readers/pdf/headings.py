"""Which paragraphs are headings, and of which level: by the outline where it names them, else by their letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ingest.readers.pdf.lines import Line
from ingest.readers.pdf.paragraphs import Paragraph

__all__ = ["Levels"]

_LARGER = 1.15
_MAX_LINES = 3
_MAX_CHARS = 120
_SPACE = re.compile(r"\s+")
_NUMBERED = re.compile(r"(?:\d{1,2}(?:[.．]\d{1,2})*[.．]?|第[0-9０-９一二三四五六七八九十]+[章節条編部])[\s\u3000]*\S")


class Levels:
    """Knows the sizes of a document's letters; ``level`` gives 1-6 for a heading, 0 for other text."""

    def __init__(self, lines: Iterable[Line], *, body: float, outline: Sequence[tuple[str, int]]) -> None:
        self._body = body
        self._outline = {_key(title): level for title, level in reversed(outline)}
        self._all_bold = True
        sizes = set()
        for line in lines:
            self._all_bold = self._all_bold and line.bold
            if line.size >= _LARGER * body and len(line.text) <= _MAX_CHARS and line.cells == 1:
                sizes.add(_rounded(line.size))
        self._sizes = sorted(sizes, reverse=True)

    def level(self, paragraph: Paragraph) -> int:
        """Return the level of a paragraph as a heading, 0 when it is none."""
        if paragraph.side or len(paragraph.lines) > _MAX_LINES or any(line.cells > 1 for line in paragraph.lines):
            return 0
        text = "".join(line.text for line in paragraph.lines)
        known = self._outline.get(_key(text))
        if known is not None:
            return known
        if len(text) > _MAX_CHARS or text.endswith(("。", "、", ",", ";")) or not any(c.isalnum() for c in text):
            return 0
        if paragraph.size >= _LARGER * self._body and len(text) > 1:
            rank = next((i for i, size in enumerate(self._sizes) if paragraph.size >= size - 0.5), len(self._sizes))
            return min(rank + 1, 6)
        if paragraph.bold and not self._all_bold and not text.endswith(".") and len(paragraph.lines) == 1:
            return min(len(self._sizes) + 1 + (_NUMBERED.match(text) is None), 6)
        return 0


def _rounded(size: float) -> float:
    return round(size * 2) / 2


def _key(text: str) -> str:
    return _SPACE.sub("", text).casefold()
