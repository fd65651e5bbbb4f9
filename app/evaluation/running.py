"""Run through a question set, going on where a killed run was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event

from app.evaluation.asking import Asker, Circumstances
from app.evaluation.work import WorkFile
from retrieval.answers.answerer import Answerer
from retrieval.errors import UserError
from retrieval.evaluation.questions import Question
from retrieval.evaluation.rows import Row
from retrieval.ids import fingerprint
from retrieval.ports import Store
from retrieval.values import GenerationSpec

__all__ = ["circumstances_digest", "evaluate", "generation_of", "index_state", "settings_of"]


def evaluate(
    asker: Asker,
    questions: Sequence[Question],
    *,
    work: WorkFile | None,
    stop: Event,
    on_each: Callable[[], None],
) -> list[Row] | None:
    """Return a row for every question, in order; None when ``stop`` was set on the way.

    What ``work`` already knows is not asked again. ``on_each`` is called after every question.
    """
    known = work.known() if work else {}
    asked = [question for question in questions if question.digest not in known]
    for _ in range(len(questions) - len(asked)):
        on_each()
    if asked:
        with _naming(asked[0]):
            asker.warm(asked[0])
    for row in _rows(asker, asked, work=work, stop=stop):
        known[row.digest] = row
        on_each()
    return [known[q.digest] for q in questions] if all(q.digest in known for q in questions) else None


def _rows(asker: Asker, questions: Iterable[Question], *, work: WorkFile | None, stop: Event) -> Iterable[Row]:
    if work is None:
        for question in questions:
            if stop.is_set():
                return
            with _naming(question):
                row = asker.ask(question)
            yield row
        return
    with work.appending() as keep:
        for row in _rows(asker, questions, work=None, stop=stop):
            keep(row)
            yield row


@contextmanager
def _naming(question: Question) -> Iterator[None]:
    """Say which question it is that cannot be asked, such as one of signs only."""
    try:
        yield
    except UserError as error:
        if type(error) is not UserError:  # it says what to do about the index, whatever the question
            raise
        raise UserError(f"Question {question.id!r}: {error}") from None


def generation_of(store: Store, name: str | None) -> GenerationSpec:
    """Return the generation of a name, or the current one. Raises `UserError` when there is none."""
    with store.view(generation=name) as view:
        return view.generation


def index_state(store: Store, generation: GenerationSpec) -> str:
    """Return a text that changes when a run may have changed what is indexed, or a calibration what is answered."""
    runs = store.runs(limit=1)
    with store.view(generation=generation.name) as view:
        kept = view.calibration
    return f"{runs[0].id} {runs[0].state.value} {kept}" if runs else f"{kept}"


def settings_of(answerer: Answerer, circumstances: Circumstances, *, version: str) -> dict[str, str]:
    """Return what a measurement depends on beside questions and index, by name."""
    asker = circumstances.principal
    return {
        "version": version,
        "rules": "; ".join(map(repr, answerer.rules)),
        "as": "operator" if asker.operator else ",".join(sorted(asker.labels)),
        "as_of": circumstances.day.isoformat(),
        "filter": "; ".join(map(repr, circumstances.conditions)),
    }


def circumstances_digest(settings: dict[str, str], generation: GenerationSpec, *, state: str) -> str:
    """Return the fingerprint under which rows may be used again: same settings, same generation, same content."""
    return fingerprint(*(f"{key}={value}" for key, value in sorted(settings.items())), repr(generation), state)
