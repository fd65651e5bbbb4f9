"""Gathering cases: a question that cannot be asked is named, and a stop leaves nothing half gathered."""

from __future__ import annotations

from threading import Event
from typing import cast

import pytest

from app.calibration.gathering import asked_cases
from app.evaluation.asking import Asker
from retrieval.calibration.fitting import Case
from retrieval.errors import GenerationMismatch, UserError
from retrieval.evaluation.questions import Fields, Question, decode_questions

QUESTIONS = decode_questions(
    enumerate(['{"id": "one", "question": "返品は?"}', '{"id": "signs", "question": "???"}'], start=1),
    name="q",
    fields=Fields(),
)


class Refusing:
    """Asks what has a letter in it, and raises ``error`` for the rest."""

    def __init__(self, error: UserError) -> None:
        self._error = error

    def cases(self, question: Question) -> list[Case]:
        if question.text == "???":
            raise self._error
        return []


def gathered(error: UserError, *, stop: Event) -> list[Case] | None:
    return asked_cases(cast("Asker", Refusing(error)), QUESTIONS, stop=stop, on_each=lambda: None)


def test_a_question_that_cannot_be_asked_is_named() -> None:
    with pytest.raises(UserError, match="Question 'signs': The question is empty"):
        gathered(UserError("The question is empty."), stop=Event())


def test_what_is_wrong_with_the_index_is_not_laid_on_a_question() -> None:
    with pytest.raises(GenerationMismatch, match=r"^built otherwise$"):
        gathered(GenerationMismatch("built otherwise"), stop=Event())


def test_a_stop_gives_no_cases_at_all() -> None:
    stop = Event()
    stop.set()
    assert gathered(UserError("?"), stop=stop) is None
