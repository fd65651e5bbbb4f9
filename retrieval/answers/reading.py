"""Read what was found: the statements of the best passages, each with its score for the question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from retrieval.answers.extractive import Asked, SelectionRule, naming, scores
from retrieval.answers.nearness import cosines_of, vectors_of
from retrieval.answers.statements import Statement, statements
from retrieval.compact import cosines, expand
from retrieval.errors import ServiceError
from retrieval.ports import Embedder, View
from retrieval.search.duplicates import distinct_texts, repeating
from retrieval.search.results import SearchResult
from retrieval.values import CompactVector, Filter, Passage

__all__ = ["Reading", "read"]

_NEIGHBOUR = 0.9  # share of the best passage's score that its neighbours get


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """The statements of what was found, scored.

    ``passages`` are those that they stand in. ``vectors`` are theirs by index, none when ``degraded`` names the dense
    lane.
    """

    asked: Asked
    passages: Sequence[Passage]
    found: Sequence[Statement]
    scored: Sequence[float]
    vectors: Mapping[int, CompactVector]
    degraded: tuple[str, ...]

    def between(self, one: int, other: int) -> float:
        """Return the cosine of two statements, 0 where one has no vector."""
        if one not in self.vectors or other not in self.vectors:
            return 0.0
        return cosines(expand(self.vectors[one]), [self.vectors[other]])[0]


def read(
    view: View,
    result: SearchResult,
    best: Sequence[Passage],
    *,
    where: Filter,
    asked: Asked,
    embedder: Embedder,
    rule: SelectionRule,
) -> Reading:
    """Return the statements of the best passages, of those beside the first, and of those that repeat them elsewhere.

    When the model fails, statements go by their words, and ``degraded`` says so.
    """
    passages = [*_with_neighbours(view, best, where=where), *repeating(result.passages, best)]
    found = naming(statements(passages, question=asked.question), terms=asked.terms)
    degraded: tuple[str, ...] = ()
    vectors: dict[int, CompactVector] = {}
    near: dict[int, float] = {}
    if result.signals.vector is not None:
        try:
            vectors = vectors_of(found, passages=passages, view=view, where=where, embedder=embedder)
            near = cosines_of(vectors, question=result.signals.vector)
        except ServiceError:
            degraded = ("dense",)
    scored = scores(found, passages=passages, asked=asked, cosines=near, rule=rule)
    return Reading(asked=asked, passages=passages, found=found, scored=scored, vectors=vectors, degraded=degraded)


def _with_neighbours(view: View, passages: Sequence[Passage], *, where: Filter) -> list[Passage]:
    """Return passages with the chunks before and after the best one, where an answer may begin or go on."""
    if not passages:
        return []
    best, known = passages[0], {passage.chunk_id for passage in passages}
    around = view.neighbours(best.chunk_id, before=1, after=1, where=where)
    extra = [replace(p, score=best.score * _NEIGHBOUR) for p in around if p.chunk_id not in known]
    return distinct_texts([*passages, *extra])
