"""Boxes of characters become one box per line, in horizontal and vertical text."""

from __future__ import annotations

import math
import struct

from retrieval.geometry import line_boxes
from retrieval.values import Box, PageBoxes

NONE = (math.nan,) * 4


def page(*quads: tuple[float, float, float, float], number: int = 1, start: int = 0) -> PageBoxes:
    return PageBoxes(
        page=number, start=start, end=start + len(quads), quads=b"".join(struct.pack("<4f", *quad) for quad in quads)
    )


def row(left: float, top: float, count: int, *, size: float = 10) -> list[tuple[float, float, float, float]]:
    return [(left + n * size, top, left + (n + 1) * size, top + size) for n in range(count)]


def column(left: float, top: float, count: int) -> list[tuple[float, float, float, float]]:
    return [(left, top + n * 10, left + 10, top + (n + 1) * 10) for n in range(count)]


def box(left: float, top: float, right: float, bottom: float, *, number: int = 1) -> Box:
    return Box(page=number, left=left, top=top, right=right, bottom=bottom)


def test_each_horizontal_line_is_one_box() -> None:
    text = page(*row(100, 20, 5), *row(20, 40, 5))
    assert line_boxes([text], 3, 7) == (box(130, 20, 150, 30), box(20, 40, 40, 50))


def test_each_vertical_line_is_one_box() -> None:
    """Lines run from right to left; the next one begins at the top again."""
    text = page(*column(200, 20, 6), *column(180, 20, 6))
    assert line_boxes([text], 4, 9) == (box(200, 60, 210, 80), box(180, 20, 190, 50))


def test_small_letters_commas_and_ascenders_stay_in_their_line() -> None:
    text = page((0, 10, 8, 20), (8, 18, 10, 22), (10, 6, 16, 20), (16, 12, 22, 24))
    assert line_boxes([text], 0, 4) == (box(0, 6, 22, 24),)


def test_characters_without_a_place_are_passed_over() -> None:
    text = page(*row(0, 20, 2), NONE, *row(30, 20, 1), NONE)
    assert line_boxes([text], 0, 5) == (box(0, 20, 40, 30),)
    assert line_boxes([text], 2, 3) == ()


def test_a_wide_gap_begins_a_new_box() -> None:
    """Two columns of a page on the same height are two boxes."""
    text = page(*row(0, 20, 3), *row(300, 20, 3))
    assert line_boxes([text], 0, 6) == (box(0, 20, 30, 30), box(300, 20, 330, 30))


def test_a_place_over_two_pages_has_boxes_on_both() -> None:
    pages = [page(*row(0, 700, 3)), page(*row(0, 20, 3), number=2, start=4)]
    assert line_boxes(pages, 2, 6) == (box(20, 700, 30, 710), box(0, 20, 20, 30, number=2))


def test_a_place_outside_of_the_text_has_no_boxes() -> None:
    assert line_boxes([page(*row(0, 20, 3), start=5)], 0, 5) == ()
    assert line_boxes([page(*row(0, 20, 3))], 2, 2) == ()
    assert line_boxes([], 0, 9) == ()


def test_a_single_character_of_each_line_is_told_apart() -> None:
    """The last character of one line and the first of the next do not run into each other."""
    assert line_boxes([page((100, 20, 110, 30), (0, 34, 10, 44))], 0, 2) == (box(100, 20, 110, 30), box(0, 34, 10, 44))
