"""The glyphs of a page as displayed: code point, box, size, direction.

PDFium numbers characters in UTF-16 units, so that 𠮷 (U+20BB7) takes two; here they are one again. Its coordinates
are those of the page's user space; here the crop box and the rotation are applied, the origin is the top left of the
page as displayed and y points down, in points.
"""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

__all__ = ["DOWN", "LEFT", "RIGHT", "UP", "Glyph", "Quad", "page_glyphs"]

Quad = tuple[float, float, float, float]
"""Left, top, right, bottom."""

RIGHT, DOWN, LEFT, UP = range(4)
"""Which way a line of text runs on the displayed page. Vertical Japanese runs down, its lines from right to left."""

_HYPHEN_MARKS = frozenset({0x0002, 0xFFFE})  # what PDFium puts for a hyphen at a line end
_SPACES = frozenset({0x20, 0xA0, 0x3000})
_BOLD = 600


class Glyph(NamedTuple):
    """One code point (a tuple, because a long document has millions).

    ``u0..u1`` is its extent along its line, ``v0..v1`` across, both growing in reading order.
    ``gap`` tells that PDFium saw a word gap before it, ``fresh`` that it saw a line end.
    """

    text: str
    quad: Quad
    way: int
    u0: float
    u1: float
    v0: float
    v1: float
    size: float
    bold: bool
    gap: bool
    fresh: bool


@dataclass(slots=True)
class _Raw:
    """A code point before its direction is known."""

    text: str
    quad: Quad
    size: float
    bold: bool
    angle: int
    gap: bool
    fresh: bool


def page_glyphs(page: PdfPage) -> list[Glyph]:
    """Return the glyphs that lie on the displayed page, in PDFium's order; generated ones are left out."""
    text_page = page.get_textpage()
    try:
        raw = _raw_glyphs(page, text_page.raw)
    finally:
        text_page.close()
    ways = _ways(raw)
    return [_placed(glyph, way) for glyph, way in zip(raw, ways, strict=True)]


def _raw_glyphs(page: PdfPage, text_page: object) -> list[_Raw]:
    import pypdfium2.raw as pdfium

    left, bottom, right, top = page.get_bbox()
    turn = page.get_rotation()
    width, height = page.get_size()
    shown = _Display(left, bottom, right, top, turn)
    tight = [ctypes.c_double() for _ in range(4)]
    t_left, t_right, t_bottom, t_top = tight
    loose = pdfium.FS_RECTF()
    styles: dict[bytes, tuple[bool, int]] = {}
    glyphs: list[_Raw] = []
    gap = fresh = False
    high = 0
    for index in range(pdfium.FPDFText_CountChars(text_page)):
        code = pdfium.FPDFText_GetUnicode(text_page, index)
        if code in {0x0A, 0x0D, 0x20} and pdfium.FPDFText_IsGenerated(text_page, index) == 1:
            gap = True
            fresh = fresh or code != 0x20
            continue
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        code, high = _code_point(code, high), 0
        if not code:
            continue
        if code in _HYPHEN_MARKS and pdfium.FPDFText_IsHyphen(text_page, index) == 1:
            code = 0x2D
        key = bytes(pdfium.FPDFText_GetTextObject(text_page, index))  # the address of the text object
        style = styles.get(key)
        if style is None:
            angle = pdfium.FPDFText_GetCharAngle(text_page, index)
            style = styles[key] = (
                pdfium.FPDFText_GetFontWeight(text_page, index) >= _BOLD,
                (round(math.degrees(angle) / 90) + turn // 90) % 4 if angle >= 0 else turn // 90,
            )
        pdfium.FPDFText_GetLooseCharBox(text_page, index, loose)
        pdfium.FPDFText_GetCharBox(text_page, index, t_left, t_right, t_bottom, t_top)
        x0, y0, x1, y1 = loose.left, loose.bottom, loose.right, loose.top
        size = (x1 - x0) if (style[1] - turn // 90) % 2 else (y1 - y0)
        if code not in _SPACES:  # the ink may stand out of the cell
            x0, y0 = min(x0, t_left.value), min(y0, t_bottom.value)
            x1, y1 = max(x1, t_right.value), max(y1, t_top.value)
        quad = shown.quad(x0, y0, x1, y1)
        if quad[2] <= 0 or quad[3] <= 0 or quad[0] >= width or quad[1] >= height:
            continue  # outside the crop box: nobody sees it
        glyphs.append(_Raw(chr(code), quad, abs(size) or 1.0, style[0], style[1], gap, fresh))
        gap = fresh = False
    return glyphs


def _code_point(unit: int, high: int) -> int:
    """Return the code point of a UTF-16 unit behind a high surrogate or none (0); 0 when it is none."""
    if 0xDC00 <= unit < 0xE000:
        return 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00) if high else 0
    return unit


def _ways(glyphs: list[_Raw]) -> list[int]:
    """Return which way each glyph's line runs.

    The font's angle says it, but for vertical writing, whose glyphs stand upright while their line runs down (turned
    with the page): it is seen from where the next glyph stands, as long as PDFium saw no line end between them.
    """
    ways = [glyph.angle for glyph in glyphs]
    votes = [0] * len(glyphs)
    for index in range(1, len(glyphs)):
        one, two = glyphs[index - 1], glyphs[index]
        if two.fresh or one.angle != two.angle:
            continue
        along, down = _turned(_middle(two, 0) - _middle(one, 0), _middle(two, 1) - _middle(one, 1), one.angle)
        size = max(one.size, two.size)
        if abs(along) < 0.35 * size and 0.4 * size < down < 2.2 * size:
            votes[index - 1] += 1
            votes[index] += 1
        elif abs(down) < 0.35 * size and along > 0.1 * size:
            votes[index - 1] -= 1
            votes[index] -= 1
    balance = [0, 0, 0, 0]
    for glyph, vote in zip(glyphs, votes, strict=True):
        balance[glyph.angle] += vote
    for index, vote in enumerate(votes):
        if (vote or balance[glyphs[index].angle]) > 0:  # a glyph that stands alone goes with most of its page
            ways[index] = (ways[index] + 1) % 4
    return ways


def _middle(glyph: _Raw, axis: int) -> float:
    return (glyph.quad[axis] + glyph.quad[axis + 2]) / 2


def _turned(x: float, y: float, way: int) -> tuple[float, float]:
    """Return a vector along and across a line that runs that way."""
    return ((x, y), (y, -x), (-x, -y), (-y, x))[way]


def _placed(raw: _Raw, way: int) -> Glyph:
    left, top, right, bottom = raw.quad
    u0, u1, v0, v1 = (
        (left, right, top, bottom),
        (top, bottom, -right, -left),
        (-right, -left, -bottom, -top),
        (-bottom, -top, left, right),
    )[way]
    return Glyph(raw.text, raw.quad, way, u0, u1, v0, v1, raw.size, raw.bold, raw.gap, raw.fresh)


class _Display:
    """Maps user space to the displayed page: crop box ``left bottom right top``, turned clockwise by ``turn``."""

    def __init__(self, left: float, bottom: float, right: float, top: float, turn: int) -> None:
        self._left, self._bottom, self._right, self._top, self._turn = left, bottom, right, top, turn

    def quad(self, left: float, bottom: float, right: float, top: float) -> Quad:
        """Return a rectangle of user space as displayed."""
        x0, x1, y0, y1 = left - self._left, right - self._left, self._top - top, self._top - bottom
        if self._turn == 90:
            height = self._top - self._bottom
            return height - y1, x0, height - y0, x1
        if self._turn == 180:
            width, height = self._right - self._left, self._top - self._bottom
            return width - x1, height - y1, width - x0, height - y0
        if self._turn == 270:
            width = self._right - self._left
            return y0, width - x1, y1, width - x0
        return x0, y0, x1, y1
