"""An answer with what it rests on, for measuring. Frozen."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.answers.evidence import Finding
from retrieval.values import Answer, Passage

__all__ = ["Examination"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Examination:
    """One question looked at closely.

    ``answer`` is what `Answerer.ask` would have given. ``draft`` is what it would have said had the evidence rule let
    it: the answer itself when it was let. ``passages`` is the ranking, best first, of which the answerer reads the
    first ``read``. ``confidence`` is the margin over the bound for answering (`EvidenceRule.margin`).
    """

    answer: Answer
    draft: Answer
    passages: tuple[Passage, ...]
    read: int
    finding: Finding
    confidence: float
