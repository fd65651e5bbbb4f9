"""Fit the evidence rule to what an index answers and what it does not. Pure, and the same for the same cases.

Weights come from a logistic regression drawn towards the weights that already hold (a Gaussian prior around them), so
that few questions change little and many decide; bounds are quantiles of strengths that each case got from a model
fitted without it, as in split conformal prediction (Angelopoulos and Bates, "A Gentle Introduction to Conformal
Prediction", 2021, section 1): of n unanswerable cases at most ``error_rate * (n + 1)``, less one, reach the upper one.
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from retrieval.answers.evidence import Evidence, EvidenceModel, EvidenceRule, Origin, kind_of_pair

__all__ = ["ENOUGH", "LEAST", "Case", "calibrated"]

LEAST = 20
"""Unanswerable cases of a pair of languages under which its bounds stay as they are."""

ENOUGH = 40
"""Answerable and unanswerable questions, of each so many, from which on the weights are fitted too."""

_FOLDS = 5
_PULL = 3.0  # precision of the prior, per standard deviation of a signal
_STEPS = 50
_SETTLED = 1e-9
_STILL = 1e-6  # a signal that hardly varies; and the prior's hold on the constant, which the bounds make up for

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A question that was weighed. ``id`` names the question: its cases are fitted and tested together.

    ``made_up`` tells that nobody asked it: it was made of the documents.
    """

    id: str
    evidence: Evidence
    answerable: bool
    made_up: bool = False


def calibrated(cases: Sequence[Case], *, error_rate: float, start: EvidenceRule | None = None) -> EvidenceRule:
    """Return the rule whose bounds keep to ``error_rate`` (in (0, 0.5]) on the cases, pair of languages by pair.

    Of unanswerable questions at most that share is answered. Of answerable ones at most that share is told that nothing
    was found, where people asked them; made-up questions repeat their document's words and tell nothing about that:
    with them, the lower bound is the median of the unanswerable. A pair keeps the model of ``start`` (default: the
    rule that comes with Tenkyo) where it has fewer than `LEAST` unanswerable cases; questions that people asked go
    before made-up ones where they are as many. Cases without a passage or with an unknown code count as unanswered.
    """
    if not 0.0 < error_rate <= 0.5:
        raise ValueError(f"an error rate lies over 0 and up to 0.5, not {error_rate}")
    rule = start or EvidenceRule()
    grouped: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        if case.evidence.dense and case.evidence.lexical:
            grouped["-".join(case.evidence.pair)].append(case)
            grouped[kind_of_pair(case.evidence.pair)].append(case)
    models: dict[str, EvidenceModel] = dict(rule.models)
    for pair, members in sorted(grouped.items()):
        before = models.get(pair) or rule.model(members[0].evidence.pair)
        for made_up in (False, True):
            chosen = [case for case in members if case.made_up is made_up]
            if sum(not case.answerable for case in chosen) >= LEAST:
                models[pair] = _model(chosen, before, error_rate=error_rate)
                break
    return EvidenceRule(models=models)


def _model(cases: Sequence[Case], before: EvidenceModel, *, error_rate: float) -> EvidenceModel:
    signals = np.array([case.evidence.signals.vector for case in cases], dtype=np.float64)
    wanted = np.array([case.answerable for case in cases], dtype=bool)
    barred = np.array([case.evidence.barred for case in cases], dtype=bool)
    made_up = cases[0].made_up
    asked = wanted & ~barred, ~wanted & ~barred
    fit = not made_up and min(int(part.sum()) for part in asked) >= ENOUGH
    model, strengths = before, _strengths(before, signals)
    if fit:
        model = _fitted(signals[~barred], wanted[~barred], before)
        folds = np.array([_fold(case.id) for case in cases])
        for fold in range(_FOLDS):
            rest, own = (folds != fold) & ~barred, folds == fold
            if own.any() and rest.any():
                strengths[own] = _strengths(_fitted(signals[rest], wanted[rest], before), signals[own])
    strengths[barred] = -math.inf
    answer = _upper(strengths[~wanted], error_rate, usual=model.answer)
    refuse = (
        float(np.median(strengths[~wanted]))
        if made_up
        else _lower(strengths[wanted & ~barred], error_rate, usual=model.refuse)
    )
    return replace(
        model,
        answer=answer,
        refuse=min(answer, refuse) if math.isfinite(refuse) else answer,
        origin=Origin.PSEUDO_QUESTIONS if made_up else Origin.QUESTIONS,
        fitted=fit,
        answerable=int(wanted.sum()),
        unanswerable=int((~wanted).sum()),
    )


def _strengths(model: EvidenceModel, signals: Floats) -> Floats:
    strengths: Floats = signals @ np.array(model.weights) + model.intercept
    return strengths


def _upper(strengths: Floats, error_rate: float, *, usual: float) -> float:
    """Return the lowest bound that at most so many of the strengths reach, counting one more than there are."""
    ordered = np.sort(strengths)
    allowed = max(0, math.ceil(error_rate * (len(ordered) + 1)) - 1)
    highest = float(ordered[len(ordered) - 1 - allowed])
    return float(np.nextafter(highest, math.inf)) if math.isfinite(highest) else usual


def _lower(strengths: Floats, error_rate: float, *, usual: float) -> float:
    """Return the highest bound that at most so many of the strengths fall short of."""
    if not len(strengths):
        return usual
    ordered = np.sort(strengths)
    return float(ordered[min(len(ordered) - 1, math.floor(error_rate * len(ordered)))])


def _fold(name: str) -> int:
    return hashlib.sha256(b"fold\0" + name.encode("utf-8", "surrogatepass")).digest()[0] % _FOLDS


def _fitted(signals: Floats, wanted: NDArray[np.bool_], before: EvidenceModel) -> EvidenceModel:
    """Return the model of highest posterior, found by Newton's method (Bishop, "Pattern Recognition", 2006, 4.3.3).

    Both kinds of cases weigh the same, however many there are of each. A step that overshoots is halved.
    """
    scale = np.maximum(signals.std(axis=0), _STILL)
    middle = signals.mean(axis=0)
    rows = np.column_stack([(signals - middle) / scale, np.ones(len(signals))])
    signs = np.where(wanted, 1.0, -1.0)
    balance = np.where(wanted, 0.5 / max(1, wanted.sum()), 0.5 / max(1, (~wanted).sum())) * len(wanted)
    prior = np.append(np.array(before.weights) * scale, 0.0)
    pull = np.append(np.full(len(scale), _PULL), _STILL)

    def loss(weights: Floats) -> float:
        strain = pull @ np.square(weights - prior) / 2
        return float(balance @ np.logaddexp(0.0, -signs * (rows @ weights)) + strain)

    weights = prior.copy()
    for _ in range(_STEPS):
        chance = np.exp(-np.logaddexp(0.0, -(rows @ weights)))
        gradient = rows.T @ (balance * (chance - wanted)) + pull * (weights - prior)
        curvature = (rows * (balance * chance * (1.0 - chance))[:, None]).T @ rows + np.diag(pull)
        step = np.linalg.solve(curvature, gradient)
        here = loss(weights)
        while loss(weights - step) > here and float(np.abs(step).max()) >= _SETTLED:
            step = step / 2
        weights = weights - step
        if float(np.abs(step).max()) < _SETTLED:
            break
    raw = weights[:-1] / scale
    return replace(before, weights=tuple(map(float, raw)), intercept=float(weights[-1] - raw @ middle))
