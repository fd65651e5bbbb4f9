"""A row of one question: what follows from it, and its way through JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.evaluation.rows import Ranked, Row, row_json, row_of
from tests.unit.retrieval.evaluation.making import deleted, ranked, row


@pytest.mark.parametrize(
    ("given_", "passed", "wrong", "faults"),
    [
        ({"expects": "answered", "right": True}, True, False, ()),
        ({"expects": "answered", "right": False}, False, True, ("wrong_answer",)),
        ({"expects": "answered", "right": True, "answered": False}, False, False, ("not_answered",)),
        ({"expects": "answered", "right": True, "span": False}, True, False, ("evidence_not_cited",)),
        ({"expects": "answered", "right": None}, None, None, ()),
        ({"expects": "not_found", "answered": False}, True, True, ()),
        ({"expects": "not_found"}, False, True, ("false_answer",)),
        ({"expects": "needs_detail"}, False, True, ("no_question_back",)),
        ({"expects": "needs_detail", "status": "needs_detail", "answered": False}, True, True, ()),
        ({"expects": None, "right": True}, None, None, ()),
        (
            {"expects": "answered", "right": False, "retrieval": Ranked(ndcg=0, recall=0), "citations": 2, "exact": 1},
            False,
            True,
            ("not_retrieved", "wrong_answer", "citation_not_exact"),
        ),
    ],
)
def test_what_was_wrong_follows_from_what_was_expected(
    given_: dict[str, object], passed: object, wrong: object, faults: tuple[str, ...]
) -> None:
    made = row("q", **given_)
    assert (passed, wrong, faults) == (made.passed, made.wrong, made.faults)


FULL = row(
    retrieval=ranked(0.5),
    by_language={"ja": ranked(1.0), "en": ranked(0.0, 0.0)},
    deleted=deleted(answered=True, confidence=-0.25),
    ranked=("s/a.md",),
    wanted=("30日",),
    found=True,
    holds=False,
    expects="answered",
)


def test_a_row_comes_back_from_json_as_it_was() -> None:
    for made in (FULL, row()):
        assert made == row_of(json.loads(json.dumps(row_json(made))))


@pytest.mark.parametrize("name", [name for name in row_json(FULL) if name not in {"passed", "faults"}])
def test_a_field_of_another_form_is_refused_by_name(name: str) -> None:
    value = row_json(FULL)
    with pytest.raises(ValueError, match=name):
        row_of({key: one for key, one in value.items() if key != name})
    with pytest.raises(ValueError, match=r"form|list|numbers"):
        row_of({**value, name: object()})


@settings(max_examples=25)
@given(st.floats(allow_nan=False, allow_infinity=False), st.text())
def test_any_number_and_text_survives(number: float, text: str) -> None:
    made: Row = row(confidence=number, draft=text, question=text)
    assert made == row_of(json.loads(json.dumps(row_json(made))))
