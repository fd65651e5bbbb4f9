"""Figures over questions, as functions of how often each question counts. Pure.

A statistic takes a matrix of weights, one row for every resample and one column for every question, and gives one
value a row, NaN where it is not defined. A row of ones gives the plain figure; whole numbers drawn at random give the
bootstrap; the same rows given to two runs give the paired one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Floats", "Statistic", "coverage_at", "curve", "mean", "percentile", "product", "ratio", "separation"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Statistic:
    """A figure: ``of`` gives it for every row of weights, ``n`` is how many questions have a say in it."""

    n: int
    of: Callable[[Floats], Floats]


def mean(values: Sequence[float | bool | None]) -> Statistic:
    """Return the weighted mean of the values that are there."""
    return ratio([None if value is None else float(value) for value in values], [1.0] * len(values))


def ratio(parts: Sequence[float | None], wholes: Sequence[float]) -> Statistic:
    """Return the sum of parts over the sum of wholes, of the questions that have a part."""
    there = np.array([part is not None for part in parts], dtype=bool)
    part = np.array([part or 0.0 for part in parts], dtype=np.float64)
    whole = np.where(there, np.array(wholes, dtype=np.float64), 0.0)
    return Statistic(n=int(np.count_nonzero(whole)), of=lambda weights: _over(weights @ part, weights @ whole))


def product(first: Statistic, second: Statistic) -> Statistic:
    """Return the product of two figures over the same questions."""
    return Statistic(n=min(first.n, second.n), of=lambda weights: first.of(weights) * second.of(weights))


def percentile(values: Sequence[float], share: float) -> Statistic:
    """Return the smallest value that at least ``share`` (0 to 1) of the values do not exceed."""
    array = np.array(values, dtype=np.float64)
    order = np.argsort(array, kind="stable")

    def of(weights: Floats) -> Floats:
        if not len(order):
            return np.full(len(weights), np.nan)
        below = np.cumsum(weights[:, order], axis=1)
        at = np.argmax(below >= share * below[:, -1:] - 1e-9, axis=1)
        return np.where(below[:, -1] > 0, array[order][at], np.nan)

    return Statistic(n=len(array), of=of)


def coverage_at(confidences: Sequence[float], wrong: Sequence[bool | None], *, risk: float) -> Statistic:
    """Return the largest share that can be answered, most confident first, with at most ``risk`` of them wrong.

    Equal confidences are answered together. See El-Yaniv and Wiener, "On the foundations of noise-free selective
    classification" (JMLR 11, 2010), for risk against coverage.
    """
    order, wrongs, ends = _ranked(confidences, wrong)

    def of(weights: Floats) -> Floats:
        if not len(order):
            return np.full(len(weights), np.nan)
        counts = weights[:, order]
        answered, mistaken = np.cumsum(counts, axis=1), np.cumsum(counts * wrongs, axis=1)
        fine = (mistaken <= risk * answered + 1e-9) & ends
        return _over(np.max(np.where(fine, answered, 0.0), axis=1), answered[:, -1])

    return Statistic(n=len(order), of=of)


def curve(confidences: Sequence[float], wrong: Sequence[bool | None]) -> list[tuple[float, float]]:
    """Return (coverage, share wrong) for every bound on the confidence, the highest bound first."""
    order, wrongs, ends = _ranked(confidences, wrong)
    answered = np.arange(1, len(order) + 1)
    risks = np.cumsum(wrongs) / answered
    return [(float(n / len(order)), float(risk)) for n, risk, end in zip(answered, risks, ends, strict=True) if end]


def separation(present: Sequence[float | None], gone: Sequence[float | None]) -> Statistic:
    """Return how likely a question with its documents is more confident than one without: the area under the ROC.

    ``present`` and ``gone`` are confidences of the same questions; a tie counts a half. 0.5 is chance.
    """
    values, owners, positive = [], [], []
    for owner, pair in enumerate(zip(present, gone, strict=True)):
        for value, is_present in zip(pair, (True, False), strict=True):
            if value is not None:
                values.append(value)
                owners.append(owner)
                positive.append(is_present)
    array, owner_of = np.array(values, dtype=np.float64), np.array(owners, dtype=np.intp)
    order = np.argsort(array, kind="stable")
    array, owner_of, is_positive = array[order], owner_of[order], np.array(positive, dtype=bool)[order]
    first, last = np.searchsorted(array, array, side="left"), np.searchsorted(array, array, side="right")

    def of(weights: Floats) -> Floats:
        counts = weights[:, owner_of]
        negatives = np.cumsum(np.pad(counts * ~is_positive, ((0, 0), (1, 0))), axis=1)
        beaten = (negatives[:, first] + negatives[:, last]) / 2
        won = np.sum(counts * is_positive * beaten, axis=1)
        return _over(won, np.sum(counts * is_positive, axis=1) * negatives[:, -1])

    return Statistic(n=len(set(owners)), of=of)


def _ranked(
    confidences: Sequence[float], wrong: Sequence[bool | None]
) -> tuple[NDArray[np.intp], Floats, NDArray[np.bool_]]:
    """Return judged questions by falling confidence, whether each is wrong, and where a run of equals ends."""
    there = np.array([index for index, value in enumerate(wrong) if value is not None], dtype=np.intp)
    array = np.array([confidences[index] for index in there], dtype=np.float64)
    order = np.argsort(-array, kind="stable")
    ends = np.append(np.diff(array[order]) != 0, [True] * bool(len(order))).astype(bool)
    return there[order], np.array([float(bool(wrong[index])) for index in there[order]], dtype=np.float64), ends


def _over(part: Floats, whole: Floats) -> Floats:
    out: Floats = np.full(len(part), np.nan)
    np.divide(part, whole, out=out, where=whole > 0)
    return out
