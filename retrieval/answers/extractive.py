"""Choose the statements that answer a question best. Pure: vectors come in, nothing is embedded here.

A statement scores ``cosine + 0.15 * coverage + 0.3 * score of its passage``, the sum that did best among those
measured (benchmarks/qa.py prints how often the answer is inside).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retrieval.answers.coverage import covered, is_identifier
from retrieval.answers.statements import Statement
from retrieval.text.lexical import analyze
from retrieval.values import Passage, Term

__all__ = ["SelectionRule", "choose", "naming"]


@dataclass(frozen=True, kw_only=True, slots=True)
class SelectionRule:
    """Weights of a statement's signals. One that scores ``slack`` less than the best is left out."""

    coverage_weight: float = 0.15
    passage_weight: float = 0.3
    slack: float = 0.12


def naming(found: Sequence[Statement], *, terms: Sequence[Term]) -> list[Statement]:
    """Leave out rows of tables that name none of the question's identifiers, where a statement names one.

    The row of E-1055 says nothing about E-1042, a sentence without the code may well go on about it.
    """
    named = {term.text for term in terms if is_identifier(term.text)}
    naming = {index for index, statement in enumerate(found) if named & frozenset(analyze(statement.text))}
    return [s for index, s in enumerate(found) if not naming or index in naming or s.header is None]


def choose(
    found: Sequence[Statement],
    *,
    passages: Sequence[Passage],
    terms: Sequence[Term],
    cosines: Mapping[int, float],
    rule: SelectionRule,
    limit: int,
) -> list[Statement]:
    """Return the best ``limit`` statements in reading order: by the rank of their document, then by place.

    ``cosines`` maps a statement's index to its cosine with the question; one without (too long for the model, or no
    model at hand) takes the mean of the others. Ties go to the better passage, then to the earlier place.
    """
    if not found:
        return []
    usual = sum(cosines.values()) / len(cosines) if cosines else 0.0
    scores = [
        cosines.get(index, usual)
        + rule.coverage_weight * covered(terms, statement.text)
        + rule.passage_weight * passages[statement.passage].score
        for index, statement in enumerate(found)
    ]
    ranked = sorted(range(len(found)), key=lambda index: (-scores[index], found[index].passage, found[index].span))
    kept = [index for index in ranked[:limit] if scores[index] >= scores[ranked[0]] - rule.slack]
    ranks: dict[str, int] = {}
    for passage in passages:
        ranks.setdefault(passage.document_id, len(ranks))
    return sorted(
        (found[index] for index in kept),
        key=lambda statement: (ranks[passages[statement.passage].document_id], statement.span),
    )
