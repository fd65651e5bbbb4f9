"""Documents in force that give different values of the same thing; and the many pairs that do not disagree."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from retrieval.answers.disagreement import Disagreement, DisagreementRule, disagreements
from retrieval.answers.extractive import Asked
from retrieval.answers.statements import statements
from retrieval.text.lexical import analyze_query
from retrieval.values import ChunkKind, Passage, Term
from tests.unit.retrieval.answers.passages import passage

TODAY = date(2026, 4, 1)
ENGLISH = passage("Audit logs are kept for 180 days on every plan.", key="a")
OTHER = passage("Audit logs are kept for 365 days.", key="b")
JAPANESE = passage("監査ログは365日保存します。", key="ja", language="ja")


def found(
    *places: Passage,
    question: str = "How long are audit logs kept",
    language: str = "en",
    scored: list[float] | None = None,
    near: float = 0.9,
) -> list[tuple[str, str]]:
    """Return the values that are told to differ from what the first statement says."""
    made = statements(places, question="?")
    terms = [Term(text=text, idf=1.0, known=True) for text in dict.fromkeys(analyze_query(question))]
    told = disagreements(
        [0],
        found=made,
        passages=places,
        scored=scored or [1.0] * len(made),
        asked=Asked(question=question, meant=question, language=language, terms=terms, day=TODAY),
        rule=DisagreementRule(),
        nearness=lambda _one, _other: near,
    )
    return [one.values for one in told]


@pytest.mark.parametrize(
    ("one", "other", "question", "values"),
    [
        (ENGLISH.text, OTHER.text, "How long are audit logs kept", ("180 days", "365 days")),
        ("監査ログは180日保存します。", "監査ログは365日保存します。", "監査ログの保存期間", ("180日", "365日")),
        ("診断料は5,500円です。", "診断料は1台6,600円（税込）です。", "診断料は", ("5,500円", "6,600円")),
        (
            "API v1 ends on 31 March 2027.",
            "API v1 ends on 30 June 2027.",
            "When does API v1 end",
            ("31 March 2027", "30 June 2027"),
        ),
        ("受付は9時に始まります。", "受付は10時に始まります。", "受付は何時から", ("9時", "10時")),
    ],
)
def test_two_values_of_one_thing_disagree(one: str, other: str, question: str, values: tuple[str, str]) -> None:
    language = "en" if one.isascii() else "ja"
    places = [passage(text, key=key, language=language) for key, text in (("a", one), ("b", other))]
    assert [values] == found(*places, question=question, language=language)


def test_documents_in_two_languages_disagree_when_both_are_the_nearest_of_theirs() -> None:
    assert [("180 days", "365日")] == found(ENGLISH, JAPANESE)
    assert [] == found(ENGLISH, JAPANESE, near=0.5)
    nearer = passage("監査ログを検索できます。監査ログは365日保存します。", key="ja", language="ja")
    assert [] == found(ENGLISH, nearer, scored=[1.0, 0.9, 0.8])


@pytest.mark.parametrize(
    "other",
    [
        replace(OTHER, superseded=True),
        replace(OTHER, effective_from=date(2027, 1, 1)),
        replace(OTHER, document_id=ENGLISH.document_id),
        replace(ENGLISH, document_id="b"),
        passage("Audit logs are kept for 6 months.", key="b"),
        passage("Audit logs are kept.", key="b"),
        passage("Backups of the database are kept for 365 days.", key="b"),
        passage("Audit logs are kept for 365 days. Others are kept for 180 days.", key="b"),
        passage("Audit logs of AB-300 are kept for 365 days.", key="b"),
        replace(OTHER, metadata={"product": "Lock"}),
    ],
)
def test_another_time_thing_unit_case_or_product_is_no_disagreement(other: Passage) -> None:
    assert [] == found(replace(ENGLISH, metadata={"product": "Cloud"}), other)


def test_what_the_question_does_not_ask_for_is_no_disagreement() -> None:
    assert [] == found(ENGLISH, OTHER, question="Where is the server room of the branch")


@pytest.mark.parametrize(
    ("one", "other", "question", "language"),
    [
        ("2018年に開局した局です。", "1983年に開局した局です。", "開局した局とは", "ja"),
        ("The line was opened in May 1976.", "The line was opened in June 1982.", "Which line was opened", "en"),
    ],
)
def test_dates_of_events_disagree_only_for_who_asks_when(one: str, other: str, question: str, language: str) -> None:
    places = [passage(text, key=key, language=language) for key, text in (("a", one), ("b", other))]
    assert [] == found(*places, question=question, language=language)
    assert len(found(*places, question=f"{question} when いつ", language=language)) == 1


def test_a_value_that_the_question_names_is_what_it_asks_about() -> None:
    assert [] == found(ENGLISH, OTHER, question="Which audit logs are kept for 180 days")


def test_rows_are_not_compared_across_languages() -> None:
    row = passage("データ | 期間\n監査ログ | 365日", key="ja", kind=ChunkKind.TABLE, language="ja")
    assert [] == found(ENGLISH, row)


def test_a_pair_of_documents_is_told_once() -> None:
    twice = passage("Audit logs are kept for 365 days. All audit logs are kept for 365 days here.", key="b")
    made = statements([ENGLISH, twice], question="?")
    terms = [Term(text="audit", idf=1.0, known=True)]
    told = disagreements(
        [0],
        found=made,
        passages=[ENGLISH, twice],
        scored=[1.0, 0.8, 0.9],
        asked=Asked(question="audit", meant="audit", language="en", terms=terms, day=TODAY),
        rule=DisagreementRule(),
        nearness=lambda _one, _other: 0.0,
    )
    assert [Disagreement(one=0, other=2, values=("180 days", "365 days"))] == told
