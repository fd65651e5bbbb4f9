"""Bounds that a measurement must keep: ``METRIC[:GROUP]=VALUE``."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from retrieval.errors import UserError
from retrieval.evaluation.bootstrap import Figure
from retrieval.evaluation.measures import MEASURES, WHOLE, Measure

__all__ = ["Gate", "failures", "gates_of_text"]

_BY_NAME = {measure.name: measure for measure in MEASURES}


@dataclass(frozen=True, kw_only=True, slots=True)
class Gate:
    """A bound on one measure of one group."""

    measure: Measure
    group: str
    bound: float


def gates_of_text(written: Iterable[str]) -> tuple[Gate, ...]:
    """Return the bounds as written. Raises `UserError` for an unknown measure or a value that is no number."""
    gates = []
    for one in written:
        what, _, value = one.rpartition("=")
        name, _, group = what.partition(":")
        if name not in _BY_NAME:
            raise UserError(f"--fail-under {one!r}: expected METRIC[:GROUP]=VALUE with one of {', '.join(_BY_NAME)}.")
        try:
            bound = float(value)
        except ValueError:
            bound = math.nan
        if not math.isfinite(bound):
            raise UserError(f"--fail-under {one!r}: {value!r} is no number.")
        gates.append(Gate(measure=_BY_NAME[name], group=group or WHOLE, bound=bound))
    return tuple(gates)


def failures(gates: Iterable[Gate], measures: Mapping[str, Mapping[str, Figure]]) -> list[str]:
    """Return a sentence for every bound that is not kept; what could not be measured keeps none."""
    said = []
    for gate in gates:
        figure = measures.get(gate.group, {}).get(gate.measure.name)
        name = gate.measure.name if gate.group == WHOLE else f"{gate.measure.name}:{gate.group}"
        if figure is None or figure.value is None:
            said.append(f"{name} could not be measured on these questions.")
        elif gate.measure.worse(figure.value, gate.bound):
            relation = "under" if gate.measure.better == "high" else "over"
            said.append(f"{name} is {figure.value:.4f}, {relation} {gate.bound:g}.")
    return said
