"""The local reranker: late scoring by the vectors that statements have since ingestion, without any model.

The vector of a chunk is an average over what it says, while a question is often answered by a single statement of it,
which is nearer. So passages are taken up by how much nearer, as in the late interaction of Khattab and Zaharia,
"ColBERT" (SIGIR 2020), with the maximum over statements in place of tokens. See decision 0092.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.compact import cosines
from retrieval.ports import View
from retrieval.values import Filter, Passage, Vector

__all__ = ["LateScoring"]


@dataclass(frozen=True, kw_only=True)
class LateScoring:
    """The `Reranker` over stored statements; one query of the store for all passages.

    It declines a question of fewer than ``least`` columns of letters and digits (a wide character has two): a name
    or a title asks for a whole page, and the single line that repeats it is no better than any other.
    """

    depth: int = 50
    weight: float = 0.5
    least: int = 24

    def rerank(
        self, question: str, passages: Sequence[Passage], *, vector: Vector | None, view: View, where: Filter
    ) -> tuple[float, ...] | None:
        """Return by how much the nearest statement of each passage is nearer than the whole, 0 if it is not."""
        if vector is None or _columns(question) < self.least:
            return None
        kept = view.statements([passage.chunk_id for passage in passages], where=where)
        statements = [[one.vector for one in kept.get(passage.chunk_id, ())] for passage in passages]
        near = iter(cosines(vector, [each for own in statements for each in own]))
        scores = []
        for passage, own in zip(passages, statements, strict=True):
            nearest = max((next(near) for _ in own), default=-1.0)
            lane = passage.lanes.get("dense")
            scores.append(max(nearest - lane.score, 0.0) if lane is not None else 0.0)
        return tuple(scores)


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text if char.isalnum())
