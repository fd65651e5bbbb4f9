"""A calibration goes to text and back, and one of other signals is not taken for this version's."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from retrieval.answers.evidence import EvidenceModel, EvidenceRule, Origin
from retrieval.calibration.record import Calibration, calibration_of, calibration_text, summary

MADE = Calibration(
    rule=EvidenceRule(
        models={
            **EvidenceRule().models,
            "ja-en": EvidenceModel(
                weights=tuple(n / 7 for n in range(11)),
                intercept=-1.25,
                answer=0.1 + 0.2,
                refuse=-3.5,
                origin=Origin.QUESTIONS,
                fitted=True,
                answerable=61,
                unanswerable=60,
            ),
        }
    ),
    error_rate=0.05,
    origin=Origin.QUESTIONS,
    questions=130,
    documents=48,
    made_at=datetime(2026, 11, 1, 9, 30, tzinfo=UTC),
)


def test_a_calibration_comes_back_as_it_was_to_the_last_bit() -> None:
    assert MADE == calibration_of(calibration_text(MADE))


@pytest.mark.parametrize(
    "change",
    [
        {"signals": ["cosine"]},
        {"format": 99},
        {"models": {}},
        {"models": {"within": 3}},
        {"origin": "guess"},
        {"made_at": "soon"},
    ],
)
def test_what_this_version_cannot_use_is_no_calibration(change: dict[str, object]) -> None:
    assert calibration_of(json.dumps({**json.loads(calibration_text(MADE)), **change})) is None


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "{"])
def test_a_damaged_text_is_no_calibration(text: str) -> None:
    assert calibration_of(text) is None


def test_a_summary_names_the_pairs_and_what_their_bounds_come_from() -> None:
    said = summary(MADE)
    assert "2026-11-01 09:30 UTC" in said
    assert "ja-en by questions (61 answerable, 60 not, weights fitted)" in said
    assert "default" in summary(None)
