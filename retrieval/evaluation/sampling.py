"""Choose questions in a way that anybody can repeat: by hashes of their ids. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal

from retrieval.evaluation.questions import Question

__all__ = ["Half", "half_of", "sample"]

Half = Literal["a", "b"]
"""One of the two halves of every question set: one to calibrate on, the other to report."""


def half_of(question_id: str) -> Half:
    """Return the half that a question belongs to, whatever set it stands in and whatever stands beside it."""
    return "b" if _digest("half", question_id)[0] & 1 else "a"


def sample(
    questions: Sequence[Question], *, half: Half | None = None, limit: int | None = None, seed: int = 1
) -> tuple[Question, ...]:
    """Return the questions of a half, or all, and of them at most ``limit`` chosen by the seed, in their order.

    A larger limit with the same seed holds all questions of the smaller one.
    """
    kept = [question for question in questions if half is None or half_of(question.id) == half]
    if limit is None or limit >= len(kept):
        return tuple(kept)
    chosen = set(sorted((question.id for question in kept), key=lambda one: _digest("sample", str(seed), one))[:limit])
    return tuple(question for question in kept if question.id in chosen)


def _digest(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()
