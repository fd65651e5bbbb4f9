"""Gather the cases that a calibration is fitted to: from a question set, or from questions made of the documents."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Event

from app.evaluation.asking import Asker
from retrieval.access import OPERATOR, filter_for
from retrieval.answers.answerer import Answerer
from retrieval.answers.evidence import WITHIN, Evidence, kind_of_pair
from retrieval.calibration.fitting import Case
from retrieval.calibration.pseudo import pseudo_questions, rank_of
from retrieval.errors import UserError
from retrieval.evaluation.questions import Question
from retrieval.ports import Store, View
from retrieval.values import Document, Filter

__all__ = ["DRAWN", "MadeUp", "asked_cases", "made_up", "made_up_cases"]

DRAWN = 120
"""How many documents questions are made of, at most."""

_PAGE = 500
_TWIN = 0.98  # share of a question's terms from which on what is left says the same as what was taken away
_LOOKED_AT = 2000  # code points of a text from which one question is made


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeUp:
    """A question made of a document."""

    id: str
    text: str
    document_id: str


def asked_cases(
    asker: Asker, questions: Sequence[Question], *, stop: Event, on_each: Callable[[], None]
) -> list[Case] | None:
    """Return the cases of questions that people asked; None when ``stop`` was set on the way."""
    cases: list[Case] = []
    for question in questions:
        if stop.is_set():
            return None
        try:
            cases += asker.cases(question)
        except UserError as error:
            if type(error) is not UserError:  # it says what to do about the index, whatever the question
                raise
            raise UserError(f"Question {question.id!r}: {error}") from None
        on_each()
    return cases


def made_up(store: Store, *, generation: str, day: date) -> list[MadeUp]:
    """Return questions made of at most `DRAWN` documents that hold on a day.

    The same documents are drawn whatever else was added or removed.
    """
    where = filter_for(OPERATOR, as_of=day)
    with store.view(generation=generation) as view:
        drawn = heapq.nsmallest(DRAWN, _documents(view, where), key=lambda document: rank_of(document.id))
        return [
            MadeUp(id=f"{document.id}#{number}", text=text, document_id=document.id)
            for document in drawn
            for number, text in enumerate(pseudo_questions(document.title, _texts(view, document, where)))
        ]


def made_up_cases(
    answerer: Answerer,
    questions: Sequence[MadeUp],
    *,
    generation: str,
    day: date,
    stop: Event,
    on_each: Callable[[], None],
) -> list[Case] | None:
    """Return two cases of every question, with its document and without; None when ``stop`` was set on the way.

    What is left may still answer: a copy of the document, or its translation. So a case is dropped when a passage holds
    all that the question says, or when the best passages are in another language.
    """
    where = filter_for(OPERATOR, as_of=day)
    cases = []
    for question in questions:
        if stop.is_set():
            return None
        try:
            there = answerer.weigh(question.text, where=where, generation=generation)
            gone = answerer.weigh(
                question.text, where=where, generation=generation, without=frozenset({question.document_id})
            )
        except UserError:  # a sentence that no question may be, such as one of signs
            continue
        finally:
            on_each()
        cases.append(Case(id=question.id, evidence=there.evidence, answerable=True, made_up=True))
        if kind_of_pair(gone.evidence.pair) == WITHIN and not _answers_all_the_same(gone.evidence):
            cases.append(Case(id=question.id, evidence=gone.evidence, answerable=False, made_up=True))
    return cases


def _answers_all_the_same(evidence: Evidence) -> bool:
    return evidence.signals.coverage >= _TWIN


def _documents(view: View, where: Filter) -> Iterator[Document]:
    after = ""
    while found := view.documents(where=where, after=after, limit=_PAGE):
        yield from (stored.document for stored in found)
        after = found[-1].document.id


def _texts(view: View, document: Document, where: Filter) -> Iterator[str]:
    """Yield the beginning of a document and, of a long one, a piece from its middle, from the next line on."""
    first = view.extraction_slice(document.id, document.extraction_id, 0, _LOOKED_AT, where=where)
    yield first.text
    if first.length > 2 * _LOOKED_AT:
        half = first.length // 2
        middle = view.extraction_slice(document.id, document.extraction_id, half, half + _LOOKED_AT, where=where)
        yield middle.text.partition("\n")[2]
