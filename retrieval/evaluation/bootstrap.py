"""Intervals by resampling questions. Pure: the seed comes in.

The percentile bootstrap of Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13: questions are
drawn with replacement, and the interval is where the middle 95 % of the figures lie. It says how the figure would
vary with other questions of the same kind; a share of 0 or 1 gives an interval of no width, however few they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from retrieval.evaluation.statistics import Floats, Statistic

__all__ = ["RESAMPLES", "Figure", "figures", "resamples"]

RESAMPLES = 1000
_LEVEL = 0.95
_CELLS = 1_000_000  # weights held at a time


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A figure with its 95 % interval, over ``n`` questions; None where nothing could be measured."""

    value: float | None
    low: float | None
    high: float | None
    n: int


def resamples(questions: int, *, count: int, seed: int) -> Iterator[Floats]:
    """Yield ``count`` resamples in blocks: how often each question was drawn, one row a resample."""
    generator = np.random.default_rng(seed)
    block = max(1, _CELLS // max(1, questions))
    for start in range(0, count, block):
        rows = min(block, count - start)
        drawn = generator.integers(0, questions, size=(rows, questions)) + np.arange(rows)[:, None] * questions
        counts = np.bincount(drawn.ravel(), minlength=rows * questions)
        yield counts.reshape(rows, questions).astype(np.float64)


def figures(
    statistics: Mapping[str, Statistic], *, questions: int, seed: int, count: int = RESAMPLES
) -> dict[str, Figure]:
    """Return every figure with its interval, all from the same resamples of so many questions."""
    used = {name: statistic for name, statistic in statistics.items() if statistic.n} if questions else {}
    drawn: dict[str, list[Floats]] = {name: [] for name in used}
    for weights in resamples(questions, count=count, seed=seed) if used else ():
        for name, statistic in used.items():
            drawn[name].append(statistic.of(weights))
    plain = np.ones((1, questions))
    made = {}
    for name, statistic in statistics.items():
        value = float(statistic.of(plain)[0]) if name in used else float("nan")
        made[name] = _figure(value, np.concatenate(drawn[name]) if name in used else np.empty(0), n=statistic.n)
    return made


def _figure(value: float, drawn: Floats, *, n: int) -> Figure:
    defined = drawn[~np.isnan(drawn)]
    if np.isnan(value) or not len(defined):
        return Figure(value=None, low=None, high=None, n=n)
    low, high = np.quantile(defined, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return Figure(value=value, low=float(low), high=float(high), n=n)
