"""What kind of words a question asks for, and which sentences have it."""

from __future__ import annotations

import pytest

from retrieval.answers.answer_types import AnswerType, fits, wanted


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("いつまでに申請しますか", {AnswerType.TIME}),
        ("When was it founded?", {AnswerType.TIME}),
        ("会社ができたのは何年ですか", {AnswerType.TIME}),
        ("費用はいくら", {AnswerType.FIGURE}),
        ("保証は何年間ですか", {AnswerType.FIGURE}),
        ("How many people came?", {AnswerType.FIGURE}),
        ("返品の期限は何日間", {AnswerType.TIME, AnswerType.FIGURE}),
        ("誰に連絡しますか", set()),
        ("Who is in charge?", set()),
    ],
)
def test_a_question_shows_what_it_asks_for(question: str, expected: set[AnswerType]) -> None:
    assert wanted(question) == expected


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (AnswerType.TIME, "2026年4月に始まります。", True),
        (AnswerType.TIME, "It opened in 1976.", True),
        (AnswerType.TIME, "毎月第2日曜日です。", True),
        (AnswerType.TIME, "担当が連絡します。", False),
        (AnswerType.FIGURE, "五人が来ました。", True),
        (AnswerType.FIGURE, "Twelve people came.", True),
        (AnswerType.FIGURE, "Many people came.", False),
    ],
)
def test_a_sentence_has_it_or_not(kind: AnswerType, text: str, expected: bool) -> None:  # noqa: FBT001 - a parameter of a test
    assert fits(frozenset({kind}), text) is expected


def test_nothing_fits_where_nothing_is_asked_for() -> None:
    assert not fits(frozenset(), "In 1976 twelve people came.")
