"""Calibrate a generation: gather cases, fit the evidence rule, keep it with the generation."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from typing import TYPE_CHECKING

from app.calibration.gathering import asked_cases, made_up, made_up_cases
from app.evaluation.asking import Asker, Circumstances
from app.evaluation.running import generation_of
from app.stopping import Stop
from app.wiring import Wiring, now
from ingest.holding import HeldLease, holder_here
from retrieval.access import OPERATOR, filter_for
from retrieval.answers.evidence import Origin
from retrieval.calibration.fitting import LEAST, Case, calibrated
from retrieval.calibration.record import Calibration, calibration_of, calibration_text
from retrieval.evaluation.questions import Question
from retrieval.ports import Store
from retrieval.values import GenerationSpec, OutcomeStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Steps", "calibrate", "calibration_in", "due"]

Steps = Callable[[str, int], AbstractContextManager[Callable[[], None]]]
"""Shows progress: given what goes on and how many steps it has, a context that yields what is called after each."""

_CHANGED = 0.2  # share of the documents that may have changed before a calibration is out of date
_RUNS = 1000
_CHANGES = (OutcomeStatus.INDEXED, OutcomeStatus.UPDATED, OutcomeStatus.DELETED, OutcomeStatus.PARTIAL)


def calibrate(
    wiring: Wiring, questions: Sequence[Question], *, day: date, error_rate: float, stop: Stop, steps: Steps
) -> Calibration | None:
    """Fit the evidence rule to the current generation and keep it; None when a signal stopped it before that.

    Questions are asked as of ``day`` where they do not say when. Pairs of languages that they do not cover get their
    bounds from made-up questions. Nothing is locked while cases are gathered: the lease is taken to keep the result.
    Raises `UserError` before the first ingestion, `LeaseHeld` while a run is at work.
    """
    store, answerer = wiring.store(), wiring.answerer()
    spec = generation_of(store, None)
    circumstances = Circumstances(principal=OPERATOR, day=day, generation=spec.name)
    made_at, documents = now(), _documents(store, spec)  # what comes in from here on, the cases may not show
    invented = made_up(store, generation=spec.name, day=day)
    with steps("calibrating", len(questions) + len(invented)) as advance:
        asked = asked_cases(
            Asker(answerer, store, circumstances=circumstances), questions, stop=stop.event, on_each=advance
        )
        made = (
            made_up_cases(answerer, invented, generation=spec.name, day=day, stop=stop.event, on_each=advance)
            if asked is not None
            else None
        )
    if asked is None or made is None:
        return None
    fitted = Calibration(
        rule=calibrated([*asked, *made], error_rate=error_rate),
        error_rate=error_rate,
        origin=_origin(asked, made),
        questions=len(questions),
        documents=documents,
        made_at=made_at,
    )
    with _lease(store) as fence:
        store.set_calibration(spec.name, calibration_text(fitted), fence=fence)
    return fitted


def calibration_in(store: Store) -> Calibration | None:
    """Return the calibration of the current generation, None where there is none that this version can use."""
    with store.view() as view:
        return calibration_of(view.calibration) if view.calibration is not None else None


def due(store: Store) -> bool:
    """Tell whether the current generation was never calibrated, or more than a fifth of its documents changed since."""
    spec, known = generation_of(store, None), calibration_in(store)
    if known is None:
        return True
    changed = sum(
        run.counts.get(status.value, 0)
        for run in store.runs(limit=_RUNS)
        if run.finished_at is not None and run.finished_at > known.made_at and run.generation == spec.name
        for status in _CHANGES
    )
    return changed > _CHANGED * max(1, known.documents)


def _origin(asked: Sequence[Case], made: Sequence[Case]) -> Origin:
    if sum(not case.answerable for case in asked) >= LEAST:
        return Origin.QUESTIONS
    return Origin.PSEUDO_QUESTIONS if sum(not case.answerable for case in made) >= LEAST else Origin.DEFAULT


def _documents(store: Store, spec: GenerationSpec) -> int:
    where, count, after = filter_for(OPERATOR), 0, ""
    with store.view(generation=spec.name) as view:
        while found := view.documents(where=where, after=after, limit=1000):
            count, after = count + len(found), found[-1].document.id
    return count


@contextmanager
def _lease(store: Store) -> Iterator[int]:
    with HeldLease(store, holder_here(), timer=time.monotonic) as lease:
        yield lease.fence
