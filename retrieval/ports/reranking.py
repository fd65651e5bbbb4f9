"""The port of rerankers: a second, dearer look at the best passages of a search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from retrieval.ports.store import View
from retrieval.values import Filter, Passage, Vector

__all__ = ["Reranker"]


class Reranker(Protocol):
    """Scores the best ``depth`` passages of a fused ranking against the question.

    They are ranked anew by their fused score plus ``weight`` times what this gives, and stay before all others. Its
    ``repr`` tells whatever a ranking depends on.
    """

    @property
    def depth(self) -> int:
        """How many passages it is given at most, from 1."""
        ...

    @property
    def weight(self) -> float:
        """How much its score counts beside the fused one, from 0."""
        ...

    def rerank(
        self, question: str, passages: Sequence[Passage], *, vector: Vector | None, view: View, where: Filter
    ) -> tuple[float, ...] | None:
        """Return one score of 0 or more per passage, in order; None when it lacks what it would judge by.

        A passage's score depends on the question and the passage, and not on what it is given with. ``vector`` is the
        question's, None while the embedder fails; ``where`` is the filter that admitted the passages. Raises
        `ServiceError`.
        """
        ...
