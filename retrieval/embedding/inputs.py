"""What both local engines share about their inputs: prefixes, limits, windows over long questions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from retrieval.embedding.weights import Floats
from retrieval.errors import DocumentError, Stage
from retrieval.values import Vector

__all__ = ["PASSAGE", "QUERY", "average", "check_lengths", "windows"]

QUERY = "query: "
PASSAGE = "passage: "
"""The prefixes that multilingual-e5 was trained with (Wang et al., 2024); without them it ranks worse."""


def check_lengths(counts: Sequence[int], *, limit: int) -> None:
    """Raise `DocumentError` (``too_long``) when a passage has more tokens than the model reads."""
    if counts and max(counts) > limit:
        raise DocumentError(
            f"An embedding input has {max(counts)} tokens, but the model reads {limit}. Cut the text into smaller "
            "chunks; nothing was embedded, because its tail would be lost.",
            stage=Stage.EMBED,
            reason="too_long",
        )


def windows(ids: Sequence[int], *, size: int) -> list[list[int]]:
    """Cut ids into as few windows as fit ``size``, nearly equal in length; joined they are the input."""
    count = max(1, -(-len(ids) // size))
    cuts = [len(ids) * i // count for i in range(count + 1)]
    return [list(ids[start:end]) for start, end in pairwise(cuts)]


def average(vectors: Sequence[Floats], *, sizes: Sequence[int]) -> Vector:
    """Return the average of unit vectors, weighted by the tokens each stands for, at length 1 again."""
    mean = np.average(np.asarray(vectors, dtype=np.float64), axis=0, weights=np.asarray(sizes, dtype=np.float64))
    unit = np.asarray(mean / np.linalg.norm(mean), dtype="<f4")
    return unit.tobytes()
