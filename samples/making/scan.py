"""Makes the image of a sheet of paper that went through a scanner: text that no reader finds as text."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from samples.making.font import font_path

__all__ = ["scanned_page"]

_SIZE = (1240, 1754)
_INK, _PAPER = 40, 246


def scanned_page(lines: Sequence[str]) -> bytes:
    """Return an A4 page at 150 dpi as a grey JPEG, a little askew."""
    sheet = Image.new("L", _SIZE, _PAPER)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(str(font_path()), 34, layout_engine=ImageFont.Layout.BASIC)
    for i, line in enumerate(lines):
        draw.text((150, 190 + 70 * i), line, font=font, fill=_INK)
    draw.rectangle((930, 1180, 1090, 1340), outline=90, width=5)
    draw.text((958, 1226), "合格", font=ImageFont.truetype(str(font_path()), 52), fill=90)
    target = io.BytesIO()
    sheet.rotate(0.7, resample=Image.Resampling.BICUBIC, fillcolor=_PAPER).save(
        target, "JPEG", quality=60, dpi=(150, 150)
    )
    return target.getvalue()
