"""Question files: every documented field, what follows from what, and mistakes named by line and field."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from retrieval.errors import UserError
from retrieval.evaluation.questions import Expected, Fields, Question, decode_questions, usable

SAMPLES = Path(__file__).resolve().parents[4] / "samples" / "questions.jsonl"


def decoded(*rows: object, fields: Fields | None = None) -> tuple[Question, ...]:
    lines = [(n, row if isinstance(row, str) else json.dumps(row)) for n, row in enumerate(rows, start=1)]
    return decode_questions(lines, name="q.jsonl", fields=fields or Fields())


def one(**given: object) -> Question:
    return decoded({"id": "a", "question": "何日以内ですか", **given})[0]


def test_every_field_is_read() -> None:
    expected = Question(
        id="7",
        text="それはいつまで",
        language="ja",
        answers=("30日",),
        evidence=("返品は30日以内です。",),
        relevant=("returns.md", "faq.jsonl#faq-1"),
        kind="lookup",
        labels=("support",),
        as_of=date(2026, 4, 1),
        turns=("返品したい",),
        expects=Expected.ANSWERED,
    )
    row = {
        "query_id": 7,
        "question": "それはいつまで",
        "lang": "ja",
        "answers": ["30日"],
        "evidence": "返品は30日以内です。",
        "document": "returns.md",
        "relevant": ["faq.jsonl#faq-1", "returns.md"],
        "kind": "lookup",
        "labels": ["support"],
        "as_of": "2026-04-01",
        "turns": ["返品したい"],
        "more": "is left alone",
    }
    assert (expected,) == decoded(row)


@pytest.mark.parametrize(
    ("given", "expects", "relevant"),
    [
        ({"relevant": ["a.md"]}, Expected.ANSWERED, ("a.md",)),
        ({"document": "a.md"}, Expected.ANSWERED, ("a.md",)),
        ({"relevant": [], "document": None, "answers": [], "evidence": None}, Expected.NOT_FOUND, ()),
        ({"relevant": [], "answers": ["x"]}, None, None),
        ({"answers": ["x"]}, None, None),
        ({}, None, None),
        ({"relevant": ["a.md"], "answers": ["x"], "answerable_with": ["hr"]}, Expected.NOT_FOUND, ("a.md",)),
        ({"relevant": ["a.md"], "answerable_with": []}, Expected.ANSWERED, ("a.md",)),
        ({"relevant": ["a.md", "b.md"], "expects": "needs_detail"}, Expected.NEEDS_DETAIL, ("a.md", "b.md")),
        ({"expects": "not_found"}, Expected.NOT_FOUND, None),
        ({"relevant": [], "expects": "answered"}, Expected.ANSWERED, None),
    ],
)
def test_what_should_come_follows_from_what_is_known(
    given: dict[str, object], expects: Expected | None, relevant: tuple[str, ...] | None
) -> None:
    question = one(**given)
    assert (expects, relevant) == (question.expects, question.relevant)


def test_who_asks_is_nobody_in_particular_the_public_or_a_group() -> None:
    assert [None, (), ("hr",)] == [one().labels, one(labels=[]).labels, one(labels="hr").labels]


def test_fields_may_have_other_names() -> None:
    assert ("x", "Why?") == (
        (got := decoded({"nr": "x", "id": "y", "q": "Why?"}, fields=Fields(id="nr", text="q"))[0]).id,
        got.text,
    )


def test_an_edited_question_is_another_one() -> None:
    assert one().digest == one().digest
    assert 3 == len({one().digest, one(answers=["x"]).digest, one(relevant=[]).digest})


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ("{", "q.jsonl:1: not JSON"),
        ("[1]", "expected a JSON object"),
        ({"question": "x"}, "no field 'query_id' or 'id'; it has question. Choose with --id-field"),
        ({"id": True, "question": "x"}, "no field 'query_id' or 'id'"),
        ({"id": "a", "question": " "}, r"no field 'question'.* Choose with --text-field"),
        ({"id": "a", "question": "x", "answers": [1]}, "'answers' is a string or a list of strings"),
        ({"id": "a", "question": "x", "relevant": {"a": 1}}, "'relevant' is a string or a list"),
        ({"id": "a", "question": "x", "as_of": "soon"}, "'as_of' is a day, YYYY-MM-DD, not 'soon'"),
        ({"id": "a", "question": "x", "lang": 1}, "'lang' is a string, not int"),
        ({"id": "a", "question": "x", "expects": "maybe"}, "'expects' is one of answered, not_found, needs_detail"),
    ],
)
def test_a_wrong_line_is_named(row: object, named: str) -> None:
    with pytest.raises(UserError, match=named):
        decoded(row)


def test_an_id_twice_and_an_empty_file_are_named() -> None:
    with pytest.raises(UserError, match=r"q\.jsonl:3: the id 'a' appears twice"):
        decoded({"id": "a", "question": "x"}, "", {"query_id": "a", "question": "y"})
    with pytest.raises(UserError, match="no question in it"):
        decoded("", "  ")


def test_the_sample_questions_load_unchanged() -> None:
    lines = SAMPLES.read_text(encoding="utf-8").splitlines()
    counts = usable(decode_questions(enumerate(lines, start=1), name="samples", fields=Fields()))
    rows = [json.loads(line) for line in lines]
    answerable = sum(1 for row in rows if row["relevant"] and "answerable_with" not in row)
    assert {
        "questions": len(rows),
        "retrieval": answerable,
        "answers": answerable,
        "abstention": len(rows),
        "multi_turn": sum(1 for row in rows if row.get("turns")),
    } == counts
    assert counts["multi_turn"] > 0


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"query_id": "a1", "question": "どこか。", "answers": ["小笠原諸島"], "relevant": ["d0"]}, Expected.ANSWERED),
        ({"query_id": "1", "question": "TSS?", "answers": [], "relevant": ["CACM-1410"]}, Expected.ANSWERED),
        ({"query_id": "2", "question": "TSS?", "answers": [], "relevant": []}, Expected.NOT_FOUND),
    ],
)
def test_the_form_of_public_question_sets_is_read(row: dict[str, object], expected: Expected) -> None:
    assert expected is decoded(row)[0].expects
