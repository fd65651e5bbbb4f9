"""Judge a ranking of documents by which of them are relevant. Pure.

nDCG as in Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques" (ACM TOIS 20, 2002), with gains
of 0 and 1 and the discount ``1 / log2(rank + 1)``.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

__all__ = ["DEPTH", "ndcg", "recall"]

DEPTH = 10
"""How many documents of a ranking count."""


def ndcg(ranked: Sequence[str], relevant: Collection[str], *, depth: int = DEPTH) -> float:
    """Return nDCG at ``depth`` in [0, 1]; ``ranked`` names each document once, ``relevant`` is not empty."""
    gain = sum(1 / math.log2(rank + 1) for rank, name in enumerate(ranked[:depth], start=1) if name in relevant)
    return gain / sum(1 / math.log2(rank + 1) for rank in range(1, min(depth, len(relevant)) + 1))


def recall(ranked: Sequence[str], relevant: Collection[str], *, depth: int = DEPTH) -> float:
    """Return the share of the relevant documents among the first ``depth``; ``relevant`` is not empty."""
    return sum(1 for name in ranked[:depth] if name in relevant) / len(relevant)
