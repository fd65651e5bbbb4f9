"""Merge the dense and the lexical lane into one ranking, also across languages. Pure.

``score = cosine + L * lexical``, where ``lexical`` is BM25 over the question's own ideal score: a share that means
the same for every question, unlike a min-max score, which is 1 for the best hit of any question.

A lexical score can only be earned by passages in the question's language, so in an index of two languages the sum
alone would bury every translation. Rank matching (`lend`) mends that: the i-th best passage by cosine in another
language is lent the i-th best lexical score that the question's own language earned. Where a dictionary gave the
question in the other language as well, its passages earn a share of their own with that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["Candidate", "Fused", "FusionRule", "fuse", "lend"]


@dataclass(frozen=True, kw_only=True, slots=True)
class FusionRule:
    """How lanes are merged: ``lexical_weight`` is L, ``matched`` how many ranks are matched across languages.

    ``gloss_weight`` is what a share of the glossed question counts of a lexical share: a gloss is not the word itself.
    ``gloss_order`` is what it counts beside the cosine where passages of another language are ranked to be matched.
    """

    lexical_weight: float = 0.4
    matched: int = 30
    gloss_weight: float = 0.5
    gloss_order: float = 0.2


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A chunk with its true scores: raw cosine and BM25, None for a lane that did not answer.

    ``gloss`` is the share in [0, 1] of the ideal score of the question in the chunk's language, where that was asked.
    """

    chunk_id: str
    language: str
    cosine: float | None
    bm25: float | None
    gloss: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Fused:
    """A chunk's place in the merged ranking. ``lent`` is what rank matching gave, as ``(rank, share)``, if it did."""

    chunk_id: str
    score: float
    lent: tuple[int, float] | None = None


def fuse(candidates: Sequence[Candidate], *, ideal: float, language: str, rule: FusionRule) -> list[Fused]:
    """Return all candidates, best first, ties by chunk id.

    ``ideal`` is the question's ideal lexical score, ``language`` the question's. A lane that is missing counts
    nothing, so that a ranking of what is left comes out.
    """
    shares = {c.chunk_id: c.bm25 / ideal if c.bm25 and ideal > 0 else 0.0 for c in candidates}
    lent = lend(candidates, shares, language=language, rule=rule)
    fused = []
    for candidate in candidates:
        share, gift = max(shares[candidate.chunk_id], rule.gloss_weight * candidate.gloss), lent.get(candidate.chunk_id)
        if gift is not None and gift[1] <= share:
            gift = None
        score = (candidate.cosine or 0.0) + rule.lexical_weight * (gift[1] if gift else share)
        fused.append(Fused(chunk_id=candidate.chunk_id, score=score, lent=gift))
    return sorted(fused, key=lambda f: (-f.score, f.chunk_id))


def lend(
    candidates: Iterable[Candidate], shares: dict[str, float], *, language: str, rule: FusionRule
) -> dict[str, tuple[int, float]]:
    """Return, for the best passages by cosine (and gloss) of every other language, their rank and the share lent.

    The lender is the question's language or, where it earned nothing, the language that earned the most (a question
    of one product name is Japanese among Japanese documents). Nothing is lent without cosines to rank by.
    """
    by_language: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        by_language[candidate.language].append(candidate)
    best = {name: max(shares[c.chunk_id] for c in group) for name, group in by_language.items()}
    lender = language if best.get(language, 0.0) > 0 else max(sorted(best), key=best.__getitem__, default=language)
    earned = sorted((share for c in by_language.pop(lender, ()) if (share := shares[c.chunk_id]) > 0), reverse=True)
    foreign = [
        sorted((-c.cosine - rule.gloss_order * c.gloss, c.chunk_id) for c in group if c.cosine is not None)
        for group in by_language.values()
    ]
    return {
        chunk_id: (rank, share)
        for ranked in foreign
        for rank, ((_, chunk_id), share) in enumerate(zip(ranked, earned[: rule.matched], strict=False), start=1)
    }
