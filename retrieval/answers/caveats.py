"""What the reader of an answer should know besides it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from retrieval.answers.disagreement import Disagreement
from retrieval.answers.phrases import phrase
from retrieval.answers.statements import Statement
from retrieval.values import AnswerWarning, Citation, Passage, Span

__all__ = ["about_disagreements", "about_lanes", "about_validity"]


def about_disagreements(
    differing: Iterable[Disagreement],
    *,
    found: Sequence[Statement],
    passages: Sequence[Passage],
    cite: Callable[[Passage, Span], str],
    language: str,
) -> tuple[AnswerWarning, ...]:
    """Return a warning for every two documents that give different values, with both values and both places."""
    warnings = []
    for one in differing:
        pair = [found[index] for index in (one.one, one.other)]
        titles = [passages[statement.passage].title for statement in pair]
        message = phrase(
            "conflict", language=language, one=titles[0], value=one.values[0], other=titles[1], rival=one.values[1]
        )
        cited = tuple(cite(passages[statement.passage], statement.span) for statement in pair)
        warnings.append(AnswerWarning(kind="conflict", message=message, citation_ids=cited))
    return tuple(warnings)


def about_lanes(degraded: Iterable[str], *, language: str) -> tuple[AnswerWarning, ...]:
    """Return a warning for every lane that failed."""
    return tuple(
        AnswerWarning(kind="degraded", message=phrase(f"{lane}_degraded", language=language)) for lane in degraded
    )


def about_validity(
    citations: Sequence[Citation], passages: Iterable[Passage], *, day: date, language: str
) -> tuple[AnswerWarning, ...]:
    """Return a warning for every cited document that is superseded, not yet in force, or overdue for review."""
    warnings = []
    told = set()
    for passage in passages:
        cited = tuple(c.id for c in citations if c.document_id == passage.document_id)
        if not cited or passage.document_id in told:
            continue
        told.add(passage.document_id)
        for kind, day_of in _faults(passage, day):
            message = phrase(kind, language=language, title=passage.title, day=day_of)
            warnings.append(AnswerWarning(kind=kind, message=message, citation_ids=cited))
    return tuple(warnings)


def _faults(passage: Passage, day: date) -> list[tuple[str, str]]:
    faults = []
    if passage.superseded:
        faults.append(("superseded", ""))
    if passage.effective_from is not None and passage.effective_from > day:
        faults.append(("not_yet_effective", passage.effective_from.isoformat()))
    if passage.review_by is not None and passage.review_by < day:
        faults.append(("stale", passage.review_by.isoformat()))
    return faults
