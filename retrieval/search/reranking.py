"""Rank the best passages of a search anew by what a reranker says of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from retrieval.values import LaneScore, Passage

__all__ = ["reranked"]


def reranked(passages: Sequence[Passage], scores: Sequence[float], *, weight: float) -> list[Passage]:
    """Return passages, best first, whose first were given ``scores`` of 0 or more; the rest stay behind them.

    A score is added ``weight`` times to that of the passage, which also shows it in its lane ``rerank``. The other
    lanes stay as they are: their scores are absolute, and the evidence rule reads them. Ties go to the chunk id.
    """
    head = [
        replace(passage, score=passage.score + weight * score, lanes={**passage.lanes, "rerank": _lane(score, scores)})
        for passage, score in zip(passages, scores, strict=False)
    ]
    return [*sorted(head, key=lambda passage: (-passage.score, passage.chunk_id)), *passages[len(head) :]]


def _lane(score: float, scores: Sequence[float]) -> LaneScore:
    return LaneScore(rank=1 + sum(other > score for other in scores), score=score)
