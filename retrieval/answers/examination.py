"""An answer with what it rests on, for measuring. Frozen."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.answers.evidence import Evidence, Finding
from retrieval.values import Answer, Passage

__all__ = ["Examination", "Weight"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Weight:
    """What the evidence rule found on which evidence; ``confidence`` is the margin over its bound."""

    finding: Finding
    confidence: float
    evidence: Evidence


@dataclass(frozen=True, kw_only=True, slots=True)
class Examination:
    """One question looked at closely.

    ``answer`` is what `Answerer.ask` would have given. ``draft`` is what it would have said had the evidence rule let
    it: the answer itself when it was let. ``passages`` is the ranking, best first, of which the answerer reads the
    first ``read``.
    """

    answer: Answer
    draft: Answer
    passages: tuple[Passage, ...]
    read: int
    weight: Weight
