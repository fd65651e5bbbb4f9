from __future__ import annotations

import math
import struct
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray

from ingest.readers.pdf.reader import PdfReader
from retrieval.values import Extraction
from tests.contracts.reader_contract import read
from tests.fakes.pdf_maker import PageSpec, Run, make_pdf

SCALE = 3
LINE = "経費は𠮷野家まで"
BELOW = Run(text="二行目の文です", x=50, y=150)
ACROSS = (Run(text=LINE, x=50, y=200), BELOW)
DOWN = (Run(text=LINE, x=300, y=250, vertical=True), Run(text="次の行です、ー。", x=270, y=250, vertical=True))
CROP = (40, 100, 300, 260)

# The region of LINE on the page as displayed, worked out by hand: left, top, right, bottom in points.
CASES = {
    "horizontal": (PageSpec(runs=ACROSS), (48, 80, 212, 106)),
    "vertical": (PageSpec(runs=DOWN), (288, 48, 312, 212)),
    "rotated by 90": (PageSpec(runs=ACROSS, rotate=90), (194, 48, 220, 212)),
    "rotated by 180": (PageSpec(runs=ACROSS, rotate=180), (188, 194, 352, 220)),
    "rotated by 270": (PageSpec(runs=ACROSS, rotate=270), (80, 188, 106, 352)),
    "vertical, rotated by 90": (PageSpec(runs=DOWN, rotate=90), (88, 288, 252, 312)),
    "cropped": (PageSpec(runs=ACROSS, crop=CROP), (8, 40, 172, 66)),
    "cropped and rotated by 90": (PageSpec(runs=ACROSS, crop=CROP, rotate=90), (94, 8, 120, 172)),
    "cropped and rotated by 270": (PageSpec(runs=ACROSS, crop=CROP, rotate=270), (40, 88, 66, 252)),
}


@pytest.mark.parametrize("case", CASES)
def test_the_ink_of_a_quote_lies_inside_its_boxes(case: str, tmp_path: Path) -> None:
    """At least 97 % of the dark pixels where the quote stands are inside its boxes, and every box holds ink."""
    page, region = CASES[case]
    path = tmp_path / "page.pdf"
    path.write_bytes(make_pdf([page]))
    dark = _dark(path)
    boxes = _boxes(read(PdfReader(), path), LINE)

    assert len(boxes) == len(LINE)
    inside = np.zeros_like(dark)
    for left, top, right, bottom in boxes:
        rows, columns = (
            slice(math.floor(top * SCALE), math.ceil(bottom * SCALE)),
            slice(math.floor(left * SCALE), math.ceil(right * SCALE)),
        )
        assert dark[rows, columns].any()
        inside[rows, columns] = True
    left, top, right, bottom = (edge * SCALE for edge in region)
    there = dark[top:bottom, left:right]
    assert there.sum() > 500
    assert (there & inside[top:bottom, left:right]).sum() >= 0.97 * there.sum()
    assert (inside & dark).sum() <= 1.03 * there.sum()  # and no ink of other lines


def test_a_code_point_beyond_the_basic_plane_has_one_box(tmp_path: Path) -> None:
    """𠮷 (U+20BB7) is one code point with one box, and does not shift what follows."""
    path = tmp_path / "page.pdf"
    path.write_bytes(make_pdf([PageSpec(runs=ACROSS)]))
    found = read(PdfReader(), path)
    lefts = [round(box[0]) for box in _boxes(found, LINE)]
    assert lefts == [50, 70, 90, 110, 130, 150, 170, 190]


def test_boxes_of_a_second_page_belong_to_it(tmp_path: Path) -> None:
    """Each page's boxes cover exactly that page's text."""
    path = tmp_path / "page.pdf"
    path.write_bytes(make_pdf([PageSpec(runs=(BELOW,)), PageSpec(runs=ACROSS[:1], rotate=90)]))
    found = read(PdfReader(), path)
    assert [boxes.page for boxes in found.boxes] == [1, 2]
    assert [found.text[boxes.start : boxes.end] for boxes in found.boxes] == [BELOW.text, LINE]


def _dark(path: Path) -> NDArray[np.bool_]:
    document = pypdfium2.PdfDocument(path)
    page = document[0]
    bitmap = page.render(scale=SCALE, grayscale=True)
    pixels = np.array(bitmap.to_numpy()).reshape(bitmap.height, bitmap.width)
    page.close()
    document.close()
    return pixels < 128


def _boxes(extraction: Extraction, quote: str) -> list[tuple[float, float, float, float]]:
    start = extraction.text.index(quote)
    boxes = next(b for b in extraction.boxes if b.start <= start < b.end)
    return [struct.unpack_from("<4f", boxes.quads, 16 * (at - boxes.start)) for at in range(start, start + len(quote))]
