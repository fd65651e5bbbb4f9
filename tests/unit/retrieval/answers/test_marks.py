"""What tells documents apart: declared fields, model numbers over the text, years in the title."""

from __future__ import annotations

from dataclasses import replace

import pytest

from retrieval.answers.marks import apart, marks
from retrieval.values import MetadataValue, Passage
from tests.unit.retrieval.answers.passages import passage


def marked(title: str = "案内", *, headings: tuple[str, ...] = (), **metadata: MetadataValue) -> Passage:
    return replace(passage("文。", title=title, headings=headings), metadata=metadata)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (marked(product="AB-300", department="support"), {"product": {"AB-300"}}),
        (marked(product=("AB-100S", "AB-300")), {"product": {"AB-100S", "AB-300"}}),
        (marked(製品="ロック"), {"製品": {"ロック"}}),
        (marked("AB-300 install guide"), {"model": {"ab300"}}),
        (marked("Release notes", headings=("Panels", "AB-200X 4.2.1")), {"model": {"ab200x"}, "version": {"v4.2.1"}}),
        (marked("返品規定（2025年版）"), {"date": {"2025"}}),
        (marked("Prices of April 2025"), {"date": {"2025-04"}}),
        (marked("料金表 ２０２５年度"), {"date": {"2025"}}),
        (marked("Price list 2024"), {"date": {"2024"}}),
        (marked("Firmware 2.2019.4"), {"version": {"v2.2019.4"}}),
        (marked("API v2 guide"), {"version": {"v2"}}),
        (marked("API v2 guide", version="26"), {"version": {"26"}}),
        (marked("Returns"), {}),
    ],
)
def test_a_passage_is_marked_by_what_its_document_says_of_itself(place: Passage, expected: dict[str, set[str]]) -> None:
    assert {field: set(values) for field, values in marks(place).items()} == expected


def test_a_model_is_known_by_its_letters_and_digits_and_shown_as_it_is_written() -> None:
    assert marks(marked("ＡＢ－３００ guide"))["model"] == {"ab300": "AB-300"}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (marked(product="A"), marked(product="B"), True),
        (marked(product=("A", "B")), marked(product="B"), False),
        (marked(product="A"), marked(), False),
        (marked("AB-100S"), marked("AB-200X"), True),
    ],
)
def test_passages_are_apart_when_a_mark_of_both_shares_nothing(one: Passage, other: Passage, expected: bool) -> None:  # noqa: FBT001 - a parameter of a test
    assert (apart(one, other), apart(other, one)) == (expected, expected)
