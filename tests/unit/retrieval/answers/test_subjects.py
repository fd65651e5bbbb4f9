"""The words of content of a question, and which of them are names that a document must have."""

from __future__ import annotations

import pytest

from retrieval.answers.subjects import misspelt, names, subject_coverage, subjects
from retrieval.values import Alternative, Term
from tests.unit.retrieval.answers.passages import passage


def term(text: str, *others: str) -> Term:
    return Term(text=text, idf=1.0, known=True, alternatives=tuple(Alternative(tokens=(one,)) for one in others))


@pytest.mark.parametrize(
    ("question", "language", "words"),
    [
        ("Can the AB-100S measure formaldehyde?", "en", ["AB-100S", "measure", "formaldehyde"]),
        ("How long is the warranty?", "en", ["warranty"]),
        ("監査ログをSplunkに転送する設定手順", "ja", ["監査", "ログ", "Splunk", "転送", "設定手順"]),
        ("ＡＢ－３００は何日で届きますか", "ja", ["AB-300"]),
        ("How many days?", "en", []),
        ("どうすればよいですか", "ja", []),
    ],
)
def test_words_of_content_are_what_is_neither_asked_with_nor_a_mere_number(
    question: str, language: str, words: list[str]
) -> None:
    assert words == [one.text for one in subjects(question, language=language)]


@pytest.mark.parametrize(
    ("question", "language", "found"),
    [
        ("What does error E-7777 mean?", "en", ["E-7777"]),
        ("Who is the reseller for Germany?", "en", ["Germany"]),
        ("Monday deliveries to the office", "en", []),
        ("The office opens on Monday", "en", []),
        ("Can it measure formaldehyde?", "en", ["formaldehyde"]),
        ("how heavy is it", "en", []),
        ("監査ログをSplunkに転送する", "ja", ["Splunk"]),
        ("OKですか、60mmでも", "ja", []),
        ("サウジアラビアへ輸出する", "ja", []),
    ],
)
def test_names_are_codes_capitals_within_a_question_and_words_of_many_pieces(
    question: str, language: str, found: list[str]
) -> None:
    """A Japanese word may be said in another script or with other kanji; Latin letters in Japanese are a name."""
    asked = subjects(question, language=language)
    pieces = {"formaldehyde": 4, "heavy": 1, "office": 1, "measure": 1, "deliveries": 2}
    terms = [term(token) for one in asked for token in one.tokens]
    assert found == [one.text for one in names(asked, terms, pieces=pieces)]


def test_a_name_that_has_another_wording_is_none_that_must_stand_there() -> None:
    asked = subjects("ask about the PTO of HomeKit", language="en")
    terms = [term("pto", "vacat"), term("homekit")]
    assert ["HomeKit"] == [one.text for one in names(asked, terms, pieces={})]


@pytest.mark.parametrize(
    ("word", "text", "alike"),
    [
        ("ctenohore", "A ctenophore swims.", True),
        ("Californian", "It lies in California.", True),
        ("Superbowl", "They won the super bowl. Superb!", True),
        ("HomeKit", "Every home has a kitchen.", False),
        ("Splunk", "Logs go to the log server.", False),
    ],
)
def test_a_word_with_another_ending_or_mistyped_is_not_unknown(word: str, text: str, *, alike: bool) -> None:
    (one,) = subjects(word, language="en")
    assert alike is misspelt(one, [passage(text)])


def test_a_code_is_never_taken_for_another_one_mistyped() -> None:
    (one,) = subjects("AB-400", language="ja")
    assert not misspelt(one, [passage("AB-300 and ab-400s")])


def test_each_word_of_content_counts_alike_in_coverage() -> None:
    asked = subjects("設定手順とログ", language="ja")
    held = frozenset({"設定", "手順"})
    terms = [term(text) for text in ("設定", "定手", "手順", "ログ")]
    assert pytest.approx((2 / 3 + 0) / 2) == subject_coverage(asked, terms, held)
    assert 0.5 == subject_coverage((), terms, held)


def test_another_wording_covers_a_word_of_content() -> None:
    asked = subjects("PTO", language="en")
    assert 1.0 == subject_coverage(asked, [term("pto", "vacat")], frozenset({"vacat"}))
