"""The sample questions are well formed, varied, and asked by people who may read the answer."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from tests.unit.samples.material import KNOWLEDGE, Question, allowed, questions, records

_KINDS = {
    *("lookup", "procedure", "table", "identifier", "exception", "dated", "cross_language", "duplicate", "conflict"),
    *("unanswerable", "forbidden", "underspecified", "follow_up"),
}
_ANSWERABLE = [q for q in questions() if q["kind"] not in {"unanswerable", "forbidden"}]
_UNANSWERABLE = [q for q in questions() if q["kind"] == "unanswerable"]
_FORBIDDEN = [q for q in questions() if q["kind"] == "forbidden"]


def _id(question: Question) -> str:
    return question["query_id"]


def test_no_two_questions_share_an_id_or_a_wording() -> None:
    assert len(questions()) == len({q["query_id"] for q in questions()}) == len({q["question"] for q in questions()})


def test_there_are_thirty_answerable_questions_in_each_language() -> None:
    counts = Counter(q["lang"] for q in _ANSWERABLE)
    assert {"ja", "en"} == set(counts)
    assert min(counts.values()) >= 30


def test_there_are_fifteen_questions_without_an_answer_in_both_languages() -> None:
    assert len(_UNANSWERABLE) >= 15
    assert {"ja", "en"} == {q["lang"] for q in _UNANSWERABLE}


def test_every_kind_of_question_occurs_and_no_other() -> None:
    assert _KINDS == {q["kind"] for q in questions()}


@pytest.mark.parametrize("question", _UNANSWERABLE, ids=_id)
def test_an_unanswerable_question_names_no_answer_and_no_document(question: Question) -> None:
    assert ([], None, None, []) == (
        question["answers"],
        question["evidence"],
        question["document"],
        question["relevant"],
    )


@pytest.mark.parametrize("question", [*_ANSWERABLE, *_FORBIDDEN], ids=_id)
def test_a_question_with_an_answer_names_documents_that_exist(question: Question) -> None:
    assert question["answers"]
    assert question["evidence"]
    assert question["document"] in question["relevant"]
    for document in question["relevant"]:
        assert document in records() or (KNOWLEDGE / document).is_file()


@pytest.mark.parametrize("question", _ANSWERABLE, ids=_id)
def test_who_asks_an_answerable_question_may_read_all_its_documents(question: Question) -> None:
    holds = {*question["labels"], "public"}
    assert [] == [document for document in question["relevant"] if not allowed(document) & holds]


@pytest.mark.parametrize("question", _FORBIDDEN, ids=_id)
def test_who_asks_a_forbidden_question_lacks_the_one_label_that_would_answer_it(question: Question) -> None:
    assert question["document"] is not None
    permitted = allowed(question["document"])
    assert set(question["answerable_with"]) == permitted
    assert not permitted & {*question["labels"], "public"}


def test_a_day_of_asking_is_a_date() -> None:
    assert all(date.fromisoformat(q["as_of"]) for q in questions() if "as_of" in q)
