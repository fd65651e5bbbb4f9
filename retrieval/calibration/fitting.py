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

from retrieval.answers.evidence import (
    BOUNDS,
    DEFAULTS,
    SIGNALS,
    Evidence,
    EvidenceModel,
    EvidenceRule,
    EvidenceSignals,
    Origin,
    kind_of_pair,
)

__all__ = ["CAUTION", "ENOUGH", "LEAST", "Case", "calibrated", "default_rule", "fitted"]

LEAST = 20
"""Unanswerable cases of a pair of languages under which its bounds stay as they are."""

ENOUGH = 40
"""Answerable and unanswerable questions, of each so many, from which on the weights are fitted too."""

CAUTION = 0.5
"""Share of the error rate that bounds keep to which rest on other indexes or on made-up questions."""

_FOLDS = 5
_PULL = 3.0  # precision of the prior, per standard deviation of a signal
_FIRM = 10.0  # the same for unknown names, per unit: they are rare, and few questions tell little of them
_NAMES = np.array([name == "unknown" for name in SIGNALS])
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

    Of unanswerable questions at most that share is answered, and of answerable ones at most that share is told that
    nothing was found, where people asked them; where there are enough of them for weights of their own, the upper
    bound lies higher when that spares more wrong answers than it loses. Made-up questions repeat their document's
    words: they can raise the upper bound, to half the error rate, and never lower it. All pairs within one language,
    and all across two, are taken together first; then each pair goes on from there. A pair keeps what it had, or its
    kind's model in ``start`` (default: the rule that comes with Tenkyo), where it has fewer than `LEAST` unanswerable
    cases; questions that people asked go before made-up ones where they are as many. Cases that are barred count as
    unanswered.
    """
    if not 0.0 < error_rate <= 0.5:
        raise ValueError(f"an error rate lies over 0 and up to 0.5, not {error_rate}")
    rule = start or default_rule(error_rate * CAUTION)
    kinds: dict[str, list[Case]] = defaultdict(list)
    pairs: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in cases:
        if case.evidence.found == 0 or (case.evidence.dense and case.evidence.lexical):
            kinds[kind_of_pair(case.evidence.pair)].append(case)
            pairs[case.evidence.pair].append(case)
    models = dict(rule.models)
    for kind, members in sorted(kinds.items()):
        models[kind] = _model(members, models[kind], error_rate=error_rate) or models[kind]
    for pair, members in sorted(pairs.items()):
        before = rule.models.get("-".join(pair)) or models[kind_of_pair(pair)]
        found = _model(members, before, error_rate=error_rate)
        if found is not None:
            models["-".join(pair)] = found
    return EvidenceRule(models=models)


def default_rule(error_rate: float) -> EvidenceRule:
    """Return the rule that comes with Tenkyo, with the bounds that kept to an error rate where it was fitted."""
    models = {}
    for kind, model in DEFAULTS.items():
        rates, bounds = zip(*BOUNDS[kind], strict=True)
        answer = float(np.interp(error_rate, rates, bounds))
        models[kind] = replace(model, answer=answer, refuse=min(answer, model.refuse))
    return EvidenceRule(models=models)


def _model(cases: Sequence[Case], before: EvidenceModel, *, error_rate: float) -> EvidenceModel | None:
    """Return a model of the cases that people asked, or of the others; None where there are too few of both."""
    for made_up in (False, True):
        chosen = [case for case in cases if case.made_up is made_up]
        if sum(not case.answerable for case in chosen) >= LEAST:
            return _moved(chosen, before, error_rate=error_rate)
    return None


def _moved(cases: Sequence[Case], before: EvidenceModel, *, error_rate: float) -> EvidenceModel:
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
    if made_up:
        answer, refuse = (
            max(_upper(strengths[~wanted], error_rate * CAUTION, usual=model.answer), before.answer),
            before.refuse,
        )
    else:
        answer = _upper(strengths[~wanted], error_rate, usual=model.answer)
        if fit:
            answer = _best(strengths, wanted, least=answer)
        elif int(asked[0].sum()) < LEAST:  # a list of what must not be answered says nothing of what may be
            answer = max(answer, before.answer)
        refuse = _lower(strengths[wanted & ~barred], error_rate, usual=model.refuse)
    return replace(
        model,
        answer=answer,
        refuse=min(answer, refuse),
        origin=Origin.PSEUDO_QUESTIONS if made_up else Origin.QUESTIONS,
        fitted=fit,
        answerable=int(wanted.sum()),
        unanswerable=int((~wanted).sum()),
    )


def _strengths(model: EvidenceModel, signals: Floats) -> Floats:
    """Return strengths to the last bit as the rule will reckon them: a bound lies one step over one of them."""
    rows = (EvidenceSignals(**dict(zip(SIGNALS, row, strict=True))) for row in signals.tolist())
    return np.array([model.strength(row) for row in rows], dtype=np.float64)


def _upper(strengths: Floats, error_rate: float, *, usual: float) -> float:
    """Return the lowest bound that at most so many of the strengths reach, counting one more than there are."""
    ordered = np.sort(strengths)
    allowed = max(0, math.ceil(error_rate * (len(ordered) + 1)) - 1)
    highest = float(ordered[len(ordered) - 1 - allowed])
    return float(np.nextafter(highest, math.inf)) if math.isfinite(highest) else usual


def _best(strengths: Floats, wanted: NDArray[np.bool_], *, least: float) -> float:
    """Return the bound from ``least`` on that is best for share answered times share not answered.

    The lowest of equals: it is ``least`` itself where more answers are lost than wrong ones spared.
    """
    bounds = np.append(np.unique(strengths[strengths > least]), least)[:, None]
    joint = (strengths[wanted] >= bounds).mean(axis=1) * (strengths[~wanted] < bounds).mean(axis=1)
    return float(bounds[np.flatnonzero(joint == joint.max()), 0].min())


def _lower(strengths: Floats, error_rate: float, *, usual: float) -> float:
    """Return the highest bound that at most so many of the strengths fall short of."""
    if not len(strengths):
        return usual
    ordered = np.sort(strengths)
    return float(ordered[min(len(ordered) - 1, math.floor(error_rate * len(ordered)))])


def _fold(name: str) -> int:
    return hashlib.sha256(b"fold\0" + name.encode("utf-8", "surrogatepass")).digest()[0] % _FOLDS


def fitted(cases: Sequence[Case], before: EvidenceModel, *, pull: float = _PULL) -> EvidenceModel:
    """Return ``before`` with the weights that fit cases best, drawn towards its own by ``pull``."""
    open_cases = [case for case in cases if not case.evidence.barred]
    signals = np.array([case.evidence.signals.vector for case in open_cases], dtype=np.float64)
    wanted = np.array([case.answerable for case in open_cases], dtype=bool)
    return _fitted(signals, wanted, before, pull=pull)


def _fitted(signals: Floats, wanted: NDArray[np.bool_], before: EvidenceModel, *, pull: float = _PULL) -> EvidenceModel:
    """Return the model of highest posterior, found by Newton's method (Bishop, "Pattern Recognition", 2006, 4.3.3).

    Both kinds of cases weigh the same, however many there are of each. A step that overshoots is halved.
    """
    scale = np.maximum(signals.std(axis=0), _STILL)
    middle = signals.mean(axis=0)
    rows = np.column_stack([(signals - middle) / scale, np.ones(len(signals))])
    signs = np.where(wanted, 1.0, -1.0)
    balance = np.where(wanted, 0.5 / max(1, wanted.sum()), 0.5 / max(1, (~wanted).sum())) * len(wanted)
    prior = np.append(np.array(before.weights) * scale, 0.0)
    hold = np.append(np.where(_NAMES, _FIRM / np.square(scale), pull), _STILL)

    def loss(weights: Floats) -> float:
        strain = hold @ np.square(weights - prior) / 2
        return float(balance @ np.logaddexp(0.0, -signs * (rows @ weights)) + strain)

    weights = prior.copy()
    for _ in range(_STEPS):
        chance = np.exp(-np.logaddexp(0.0, -(rows @ weights)))
        gradient = rows.T @ (balance * (chance - wanted)) + hold * (weights - prior)
        curvature = (rows * (balance * chance * (1.0 - chance))[:, None]).T @ rows + np.diag(hold)
        step = np.linalg.solve(curvature, gradient)
        here = loss(weights)
        while loss(weights - step) > here and float(np.abs(step).max()) >= _SETTLED:
            step = step / 2
        weights = weights - step
        if float(np.abs(step).max()) < _SETTLED:
            break
    raw = weights[:-1] / scale
    return replace(before, weights=tuple(map(float, raw)), intercept=float(weights[-1] - raw @ middle))
