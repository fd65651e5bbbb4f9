"""A calibration as it is kept with a generation: JSON, checked when it is read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache

from retrieval.answers.evidence import ACROSS, SIGNALS, WITHIN, EvidenceModel, EvidenceRule, Origin

__all__ = ["Calibration", "calibration_of", "calibration_text", "summary"]

_FORMAT = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibration:
    """An evidence rule fitted to one generation.

    ``error_rate`` is the target it keeps to, ``origin`` the kind of questions most of it comes from, ``documents`` how
    many documents the index had. It holds no text of documents or questions.
    """

    rule: EvidenceRule
    error_rate: float
    origin: Origin
    questions: int
    documents: int
    made_at: datetime


def calibration_text(calibration: Calibration) -> str:
    """Return a calibration as one line of JSON."""
    models = {pair: asdict(model) for pair, model in calibration.rule.models.items()}
    return json.dumps(
        {
            "format": _FORMAT,
            "signals": list(SIGNALS),
            "error_rate": calibration.error_rate,
            "origin": calibration.origin.value,
            "questions": calibration.questions,
            "documents": calibration.documents,
            "made_at": calibration.made_at.isoformat(),
            "models": models,
        },
        sort_keys=True,
    )


@lru_cache(maxsize=16)
def calibration_of(text: str) -> Calibration | None:
    """Return the calibration of `calibration_text`; None when it was made for other signals and has to be made anew."""
    try:
        value = json.loads(text)
        if value["format"] != _FORMAT or value["signals"] != list(SIGNALS):
            return None
        models = {pair: _model(model) for pair, model in value["models"].items()}
        if not {WITHIN, ACROSS} <= models.keys():
            return None
        return Calibration(
            rule=EvidenceRule(models=models),
            error_rate=float(value["error_rate"]),
            origin=Origin(value["origin"]),
            questions=int(value["questions"]),
            documents=int(value["documents"]),
            made_at=datetime.fromisoformat(value["made_at"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def summary(calibration: Calibration | None) -> str:
    """Return in one line how the evidence rule came to its bounds, pair of languages by pair."""
    if calibration is None:
        return "not calibrated: cautious default bounds"
    pairs = [
        f"{pair} {_TOLD[model.origin]} ({model.answerable} answerable, {model.unanswerable} not"
        + (", weights fitted)" if model.fitted else ")")
        for pair, model in sorted(calibration.rule.models.items())
        if model.origin is not Origin.DEFAULT and pair not in (WITHIN, ACROSS)
    ]
    return (
        f"calibrated {calibration.made_at:%Y-%m-%d %H:%M} UTC for an error rate of {calibration.error_rate:g}: "
        + ("; ".join([*pairs, "all other pairs"]) if pairs else "too few questions, all pairs")
        + " by cautious default bounds"
    )


_TOLD = {
    Origin.QUESTIONS: "by questions",
    Origin.PSEUDO_QUESTIONS: "by questions made of documents",
    Origin.DEFAULT: "by default",
}


def _model(value: Mapping[str, object]) -> EvidenceModel:
    weights = value["weights"]
    if not isinstance(weights, list) or len(weights) != len(SIGNALS):
        raise ValueError("weights of other signals")
    numbers = {name: float(str(value[name])) for name in ("intercept", "answer", "refuse")}
    return EvidenceModel(
        weights=tuple(float(weight) for weight in weights),
        origin=Origin(str(value["origin"])),
        fitted=value["fitted"] is True,
        answerable=int(str(value["answerable"])),
        unanswerable=int(str(value["unanswerable"])),
        **numbers,
    )
