"""Rows to measure, with everything that a test does not care for filled in."""

from __future__ import annotations

from retrieval.evaluation.rows import Deleted, Ranked, Row

__all__ = ["deleted", "ranked", "row"]


def row(row_id: str = "q", **given: object) -> Row:
    plain: dict[str, object] = {
        "digest": f"digest of {row_id}",
        "question": f"question {row_id}",
        "language": "ja",
        "status": "answered" if given.get("answered", True) else "not_found",
        "answered": True,
        "confidence": 0.0,
        "draft": "said",
        "latency_ms": 10.0,
    }
    return Row(id=row_id, **{**plain, **given})  # type: ignore[arg-type]  # plain passing on


def ranked(ndcg: float, recall: float = 1.0) -> Ranked:
    return Ranked(ndcg=ndcg, recall=recall)


def deleted(*, answered: bool, confidence: float = 0.0) -> Deleted:
    return Deleted(answered=answered, confidence=confidence)
