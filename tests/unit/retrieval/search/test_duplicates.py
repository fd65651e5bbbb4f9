"""Duplicates: what reads the same is shown once, where that is asked for."""

from __future__ import annotations

from retrieval.search.duplicates import best_per_document, distinct_texts, distinct_within_documents
from tests.unit.retrieval.answers.passages import passage


def test_the_first_passage_of_every_document_is_its_best() -> None:
    first, second, other = passage("a", key="x"), passage("b", key="x", start=9), passage("c", key="y")
    assert best_per_document([first, second, other]) == [first, other]


def test_text_that_differs_in_width_case_and_white_space_reads_the_same() -> None:
    first = passage("送料は ABC 便で500円", key="x")
    again = passage("送料は　ａｂｃ便で５００円\n", key="y")
    assert distinct_texts([first, again]) == [first]
    assert distinct_within_documents([first, again]) == [first, again]


def test_a_sign_or_a_comma_makes_another_text() -> None:
    """-5 is not 5, and 1.000 is not 1,000."""
    passages = [passage(text, key=text) for text in ("5度", "-5度", "1,000円", "1.000円")]
    assert distinct_texts(passages) == passages


def test_within_a_document_only_the_better_of_two_equal_texts_stays() -> None:
    best, worse = passage("同じ文です。", start=0), passage("同じ文です。", start=50)
    assert distinct_within_documents([best, worse]) == [best]
