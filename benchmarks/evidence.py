"""Fit the evidence rule that comes with Tenkyo: the weights that hold where an index has no questions of its own.

::

    python -m benchmarks.evidence STORE QUESTIONS [STORE QUESTIONS ...] [--as-of DATE] [--limit N]

Each pair is the file of a store and a question set of ``tenkyo eval``. Half a of all sets is fitted
together, by the code that calibrates an index; what comes out are the constants of
`retrieval.answers.evidence`, rounded. Then each set in turn is left out, to see what the others do on its half b.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from threading import Event

import numpy as np

from app.calibration.gathering import asked_cases, made_up, made_up_cases
from app.cli.questions import question_set
from app.evaluation.asking import Asker, Circumstances
from app.evaluation.running import generation_of
from app.settings import load
from app.wiring import Wiring
from retrieval.access import OPERATOR
from retrieval.answers.evidence import ACROSS, BOUNDS, DEFAULTS, SIGNALS, WITHIN, EvidenceRule, Finding, kind_of_pair
from retrieval.calibration.fitting import Case, calibrated, fitted
from retrieval.evaluation.sampling import half_of, sample

_RATE = 0.1
_EACH = 500  # cases of one kind that a set contributes at most
_SMALL = 100  # a set of fewer counts twice, lest the large ones drown it


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="benchmarks.evidence", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("places", nargs="+", type=Path, help="store and question set, in turn")
    parser.add_argument("--as-of", default=datetime.now().astimezone().date().isoformat(), help="the day of questions")
    parser.add_argument("--limit", type=int, metavar="N", help="at most N questions of every set")
    options = parser.parse_args(arguments)
    day = date.fromisoformat(options.as_of)
    gathered = {
        str(store): _gathered(store, questions, day=day, limit=options.limit)
        for store, questions in zip(options.places[::2], options.places[1::2], strict=True)
    }
    asked = {name: cases for name, (cases, _) in gathered.items()}
    whole = _fitted(asked.values())
    for name, (cases, made) in gathered.items():
        rest = _fitted(own for other, own in asked.items() if other != name)
        half_a = [case for case in cases if half_of(case.id) == "a"]
        for told, rule in (
            ("others' weights and bounds", rest),
            ("others' weights, bounds by made-up questions", calibrated(made, error_rate=_RATE, start=rest)),
            ("all weights, bounds by made-up questions", calibrated(made, error_rate=_RATE, start=whole)),
            ("calibrated on half a", calibrated([*half_a, *made], error_rate=_RATE, start=whole)),
        ):
            _print_shares(name, told, rule, [case for case in cases if half_of(case.id) == "b"])


def _gathered(store: Path, questions: Path, *, day: date, limit: int | None) -> tuple[list[Case], list[Case]]:
    wiring = Wiring(load(config=None, environ={"TENKYO_STORE": f"sqlite:///{store.resolve()}"}, folder=Path.cwd()))
    try:
        answerer, opened = wiring.answerer(), wiring.store()
        spec = generation_of(opened, None)
        asker = Asker(answerer, opened, circumstances=Circumstances(principal=OPERATOR, day=day, generation=spec.name))
        chosen = sample(question_set(questions), limit=limit)
        invented = made_up(opened, generation=spec.name, day=day)
        asked = asked_cases(asker, chosen, stop=Event(), on_each=_silent)
        made = made_up_cases(answerer, invented, generation=spec.name, day=day, stop=Event(), on_each=_silent)
    finally:
        wiring.close()
    return asked or [], made or []


def _fitted(sets: Iterable[Sequence[Case]]) -> EvidenceRule:
    """Return the rule that half a of all sets gives, no set with more than `_EACH` cases of a kind.

    Weights within a language start from nothing, but that of unknown names, which is what it is by decision; those
    across languages start from them and stay near, since the questions across are titles of pages.
    """
    drawn: dict[str, list[Case]] = {WITHIN: [], ACROSS: []}
    for number, cases in enumerate(sets):
        for kind in drawn:
            for answerable in (True, False):
                own = [c for c in cases if half_of(c.id) == "a" and c.answerable is answerable and _kind(c) == kind]
                random.Random(1).shuffle(own)
                times = 2 if len(own) < _SMALL else 1
                drawn[kind] += [
                    Case(id=f"{number}-{time}-{case.id}", evidence=case.evidence, answerable=answerable)
                    for time in range(times)
                    for case in own[:_EACH]
                ]
    blank = replace(DEFAULTS[WITHIN], weights=tuple(-3.0 * (name == "unknown") for name in SIGNALS), intercept=0.0)
    within = fitted(drawn[WITHIN], blank)
    models = {WITHIN: within, ACROSS: fitted(drawn[ACROSS], within, pull=30.0)}
    for kind, model in models.items():
        reached = [
            model.strength(c.evidence.signals) for c in drawn[kind] if not c.answerable and not c.evidence.barred
        ]
        bounds = ", ".join(f"{rate:g}: {float(np.quantile(reached, 1 - rate)):.2f}" for rate, _ in BOUNDS[kind])
        weights = ", ".join(f"{name} {weight:.2f}" for name, weight in zip(SIGNALS, model.weights, strict=True))
        print(f"{kind}, {len(drawn[kind])} cases: {weights}; intercept {model.intercept:.3f}; bounds {bounds}")
        models[kind] = replace(model, answer=float(np.quantile(reached, 1 - _RATE / 2)), refuse=DEFAULTS[kind].refuse)
    return EvidenceRule(models=models)


def _kind(case: Case) -> str:
    return kind_of_pair(case.evidence.pair)


def _print_shares(name: str, told: str, rule: EvidenceRule, cases: Sequence[Case]) -> None:
    for kind in (WITHIN, ACROSS):
        own = [case for case in cases if kind_of_pair(case.evidence.pair) == kind]
        found = {
            wanted: [rule.decide(case.evidence) for case in own if case.answerable is wanted]
            for wanted in (True, False)
        }
        if not all(found.values()):
            continue
        said = found[True].count(Finding.ANSWER) / len(found[True])
        kept = 1 - found[False].count(Finding.ANSWER) / len(found[False])
        print(
            f"{name} {kind}, {told}: answered {said:.3f} of {len(found[True])}, not answered {kept:.3f} of"
            f" {len(found[False])}, product {said * kept:.3f}"
        )


def _silent() -> None:
    return None


if __name__ == "__main__":
    main()
