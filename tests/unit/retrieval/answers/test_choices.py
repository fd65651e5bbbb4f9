"""When a question needs detail, and the many times it does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from retrieval.answers.choices import AmbiguityRule, left_open
from retrieval.answers.extractive import Asked
from retrieval.answers.statements import statements
from retrieval.text.lexical import analyze_query
from retrieval.values import MetadataValue, Passage, Term
from tests.unit.retrieval.answers.passages import passage

TODAY = date(2026, 4, 1)


def of(text: str, key: str, *, title: str = "Guide", **metadata: MetadataValue) -> Passage:
    return replace(passage(text, key=key, title=title, language="en" if text.isascii() else "ja"), metadata=metadata)


SENSOR = of("The storage temperature is 0 to 40 degrees.", "a", product="AB-100S")
LOCK = of("The storage temperature is -20 to 60 degrees.", "b", product="AB-300")


def meant(
    *places: Passage,
    question: str = "What is the storage temperature?",
    scored: list[float] | None = None,
    chosen: frozenset[str] = frozenset(),
) -> list[tuple[str, str]]:
    made = statements(places, question="?")
    terms = [Term(text=text, idf=1.0, known=True) for text in dict.fromkeys(analyze_query(question))]
    options = left_open(
        made,
        passages=places,
        scored=scored or [1.0 - 0.01 * index for index in range(len(made))],
        asked=Asked(
            question=question, meant=question, language="en" if question.isascii() else "ja", terms=terms, day=TODAY
        ),
        chosen=chosen,
        rule=AmbiguityRule(),
    )
    return [(one.field, one.value) for one in options]


@pytest.mark.parametrize(
    ("one", "other", "question", "expected"),
    [
        (SENSOR, LOCK, "What is the storage temperature?", [("product", "AB-100S"), ("product", "AB-300")]),
        (
            of("保管温度は0度からです。", "a", product="センサー"),
            of("保管温度は5度からです。", "b", product="ロック"),
            "保管温度は何度",
            [("product", "センサー"), ("product", "ロック")],
        ),
        (
            of("Exports take 5 minutes.", "a", product="Cloud", version="25"),
            of("Exports take 2 minutes.", "b", product="Cloud", version="26"),
            "How long do exports take?",
            [("version", "25"), ("version", "26")],
        ),
        (
            of("The fee is 100 yen.", "a", title="AB-100S prices"),
            of("The fee is 200 yen.", "b", title="AB-300 prices"),
            "What is the fee?",
            [("model", "AB-100S"), ("model", "AB-300")],
        ),
        (
            of("手数料は100円です。", "a", title="料金表 2025年度"),
            of("手数料は200円です。", "b", title="料金表 2026年度"),
            "手数料はいくら",
            [("date", "2025"), ("date", "2026")],
        ),
    ],
)
def test_what_ties_and_differs_in_product_version_or_date_is_offered(
    one: Passage, other: Passage, question: str, expected: list[tuple[str, str]]
) -> None:
    assert meant(one, other, question=question) == expected


@pytest.mark.parametrize(
    "question",
    ["What is the storage temperature of the AB-300?", "ＡＢ－３００ storage temperature", "storage temperature ab300"],
)
def test_a_question_that_names_one_of_them_needs_no_more(question: str) -> None:
    assert meant(SENSOR, LOCK, question=question) == []


def test_a_question_with_a_word_of_one_of_the_titles_needs_no_more() -> None:
    panel, lock = replace(SENSOR, title="Meeting panel"), replace(LOCK, title="Smart lock")
    assert meant(panel, lock, question="storage temperature of the panel") == []


def test_a_filter_on_the_field_chooses() -> None:
    assert meant(SENSOR, LOCK, chosen=frozenset({"product"})) == []


@pytest.mark.parametrize(
    "other",
    [
        replace(LOCK, superseded=True),
        replace(LOCK, effective_from=date(2027, 1, 1)),
        replace(LOCK, metadata={"product": "AB-100S"}),
        replace(LOCK, metadata={"product": ("AB-100S", "AB-300")}),
        replace(LOCK, metadata={}),
        replace(SENSOR, document_id="b", metadata={"product": "AB-300"}),
        of("Ask the support desk.", "b", product="AB-300"),
    ],
)
def test_old_general_agreeing_or_unrelated_documents_are_no_choice(other: Passage) -> None:
    assert meant(SENSOR, other) == []


def test_a_clear_lead_needs_no_more() -> None:
    assert meant(SENSOR, LOCK, scored=[1.0, 0.85]) == []


def test_at_most_five_are_offered_the_best_first() -> None:
    places = [
        replace(SENSOR, document_id=f"d{n}", metadata={"product": f"P-{n}"}, text=f"The storage temperature is {n}.")
        for n in range(7)
    ]
    assert meant(*places) == [("product", f"P-{n}") for n in range(5)]
