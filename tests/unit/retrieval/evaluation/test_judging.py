"""Judging by words and places: width and case do not matter, a neighbouring place counts as one."""

from __future__ import annotations

import pytest

from retrieval.evaluation.judging import holds_any, joined, languages_restricted
from retrieval.values import Citation, Span


def cited(start: int, end: int, *, document: str = "d") -> Citation:
    return Citation(
        id=f"{start}", n=1, document_id=document, version="v", extraction_id="x", chunk_id="c", title="t", uri="u",
        start=start, end=end, quote="",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "text", "holds"),
    [
        (["３０日以内"], "商品到着後30日以内です。", True),
        (["14 Days"], "within 14\n days", True),
        (["ｻﾑﾀｰﾝ"], "サムターン", True),
        (["absent", "days"], "14 days", True),
        (["15日"], "14日", False),
        ([""], "anything", False),
        ([], "anything", False),
    ],
)
def test_an_answer_holds_one_of_the_wanted_words_however_they_are_written(
    wanted: list[str], text: str, holds: object
) -> None:
    assert holds is holds_any(wanted, text)


def test_cited_places_next_to_each_other_are_one() -> None:
    places = joined([cited(21, 30), cited(0, 10), cited(11, 20), cited(50, 60), cited(5, 9), cited(0, 3, document="e")])
    assert {
        ("d", "x"): [Span(start=0, end=30), Span(start=50, end=60)],
        ("e", "x"): [Span(start=0, end=3)],
    } == places


def test_a_pair_of_languages_is_judged_without_the_documents_of_the_other_language() -> None:
    pairs = languages_restricted(["en1", "x", "ja1"], {"en1": "en", "ja1": "ja", "ja2": "ja"})
    assert {
        "en": (["en1", "x"], frozenset({"en1"})),
        "ja": (["x", "ja1"], frozenset({"ja1", "ja2"})),
    } == pairs
