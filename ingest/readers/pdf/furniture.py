"""Running heads, feet and page numbers, left out because they cut sentences and repeat on every page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingest.readers.pdf.lines import Line
from ingest.readers.pdf.order import Region

__all__ = ["without_furniture"]

_MARGIN = 0.1  # of the page's height, above and below
_NUMBER_MARGIN = 0.16  # for lines that are nothing but a page number
_NUMBER_CHARS = 60
_MIN_PAGES = 2
_SHARE = 0.6
_DIGITS = re.compile(r"[0-9０-９]+")
_NUMBER = re.compile(
    r"(?i)[-–―‐(（\s]*(?:(?:page|p\.?|頁|ページ)\s*)?[0-9０-９]{1,4}(?:\s*(?:/|of|／)\s*[0-9０-９]{1,4})?\s*(?:頁|ページ)?[-–―‐)）\s]*"
)


def without_furniture(pages: Sequence[tuple[Region, ...]], *, heights: Sequence[float]) -> list[tuple[Region, ...]]:
    """Return the regions of every page without lines in the margins that most pages share, digits apart."""
    counts: Counter[str] = Counter()
    for regions, height in zip(pages, heights, strict=True):
        counts.update({_key(line) for line in _margin(regions, height)})
    needed = max(_MIN_PAGES, _SHARE * len(pages))
    repeated = {key for key, count in counts.items() if count >= needed}
    return [tuple(_kept(regions, height, repeated)) for regions, height in zip(pages, heights, strict=True)]


def _kept(regions: tuple[Region, ...], height: float, repeated: set[str]) -> Iterator[Region]:
    out = {id(line) for line in _margin(regions, height) if _key(line) in repeated}
    out |= {id(line) for line in _margin(regions, height, share=_NUMBER_MARGIN) if _is_number(line)}
    for region in regions:
        lines = tuple(line for line in region.lines if id(line) not in out)
        if lines:
            yield region if len(lines) == len(region.lines) else replace(region, lines=lines)


def _margin(regions: tuple[Region, ...], height: float, *, share: float = _MARGIN) -> Iterator[Line]:
    for region in regions:
        for line in region.lines:
            quads = [glyph.quad for _, glyph in line.runes if glyph is not None]
            if max(quad[3] for quad in quads) < share * height or min(quad[1] for quad in quads) > (1 - share) * height:
                yield line


def _is_number(line: Line) -> bool:
    """Tell whether a line is nothing but a page number; the bound keeps a line of blanks from a square of work."""
    return len(line.text) <= _NUMBER_CHARS and _NUMBER.fullmatch(line.text) is not None


def _key(line: Line) -> str:
    return _DIGITS.sub("0", line.text)
