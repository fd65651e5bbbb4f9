"""Plots as inline SVG: no script, no network, colours from the page's style sheet. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from retrieval.evaluation.bootstrap import Figure

__all__ = ["Bar", "bars", "histogram", "risk_coverage"]

_WIDTH, _HEIGHT = 560, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 16, 16, 42
_POINTS = 400  # of a curve; more are not seen


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One bar with its interval; ``tone`` chooses its colour."""

    label: str
    figure: Figure
    tone: int = 0


def risk_coverage(points: Sequence[tuple[float, float]], *, bound: float) -> str:
    """Return the share wrong against the share answered, with the bound on what may be wrong as a line."""
    top = max(0.1, bound * 2, *(risk for _, risk in points)) if points else 0.1
    top = min(1.0, math.ceil(top * 10) / 10)
    step = max(1, len(points) // _POINTS)
    kept = [*points[::step], *points[-1:]]
    path = " ".join(f"{_x(coverage):.1f},{_y(risk / top):.1f}" for coverage, risk in kept)
    return _frame(
        "Share wrong among the answered, against the share answered",
        _grid(
            [(share / 4, f"{share * 25} %") for share in range(5)], [(n / 4, f"{top * n * 25:.3g} %") for n in range(5)]
        ),
        f'<line class="bound" x1="{_x(0)}" x2="{_x(1)}" y1="{_y(bound / top):.1f}" y2="{_y(bound / top):.1f}"/>',
        f'<polyline class="curve" points="{path}"/>' if kept else "",
        _axis_titles("answered", "wrong"),
    )


def bars(title: str, given: Sequence[Bar]) -> str:
    """Return horizontal bars from 0 to 1 with whiskers where their intervals lie."""
    row, left = 26, 250
    width, height = 720, 26 * len(given) + 34
    scale = width - left - 70
    parts = [
        f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="4" y2="{height - 26}"/>'
        f'<text class="tick" x="{x:.1f}" y="{height - 10}" text-anchor="middle">{n / 4:g}</text>'
        for n in range(5)
        for x in [left + scale * n / 4]
    ]
    for index, bar in enumerate(given):
        y, figure = 8 + index * row, bar.figure
        parts.append(f'<text class="label" x="{left - 8}" y="{y + 13}" text-anchor="end">{escape(bar.label)}</text>')
        if figure.value is None or figure.low is None or figure.high is None:
            parts.append(f'<text class="tick" x="{left + 6}" y="{y + 13}">not measured</text>')
            continue
        low, high = left + scale * figure.low, left + scale * figure.high
        said = f"{bar.label}: {figure.value:.4f} [{figure.low:.4f}, {figure.high:.4f}], n={figure.n}"
        whisker = f"M{low:.1f} {y + 4}v10M{low:.1f} {y + 9}H{high:.1f}M{high:.1f} {y + 4}v10"
        parts.append(
            f'<rect class="bar tone{bar.tone}" x="{left}" y="{y}" width="{scale * figure.value:.1f}" height="18">'
            f'<title>{escape(said)}</title></rect><path class="whisker" d="{whisker}"/>'
            f'<text class="tick" x="{width - 62}" y="{y + 13}">{figure.value:.3f}</text>'
        )
    return _svg(title, parts, width=width, height=height)


def histogram(values: Sequence[float], *, unit: str, marks: Sequence[tuple[str, float]] = ()) -> str:
    """Return how often values lie where, up to twice the last mark; the last column holds what lies beyond."""
    if not values:
        return ""
    top = _round_up(min(max(values), max((mark for _, mark in marks), default=max(values)) * 2) or 1.0)
    columns = 24
    counts = [0] * columns
    for value in values:
        counts[min(columns - 1, int(value / top * columns))] += 1
    peak = max(counts)
    span = (_WIDTH - _LEFT - _RIGHT) / columns
    drawn = [
        f'<rect class="bar tone0" x="{_LEFT + index * span + 1:.1f}" y="{_y(count / peak):.1f}" width="{span - 2:.1f}"'
        f' height="{_y(0) - _y(count / peak):.1f}"><title>{count}</title></rect>'
        for index, count in enumerate(counts)
    ]
    lines = [
        f'<line class="bound" x1="{_x(mark / top):.1f}" x2="{_x(mark / top):.1f}" y1="{_TOP}" y2="{_y(0)}"/>'
        f'<text class="tick" x="{_x(mark / top) + 4:.1f}" y="{_TOP + 10 + 14 * index}">{escape(name)}</text>'
        for index, (name, mark) in enumerate(marks)
        if mark <= top
    ]
    ticks = [(n / 4, f"{top * n / 4:g}") for n in range(5)]
    return _frame(
        "Latency of the questions",
        _grid(ticks, [(n / 2, f"{peak * n / 2:g}") for n in range(3)]),
        *drawn,
        *lines,
        _axis_titles(unit, "questions"),
    )


def _frame(title: str, *parts: str) -> str:
    return _svg(title, parts, width=_WIDTH, height=_HEIGHT)


def _svg(title: str, parts: Sequence[str], *, width: int, height: int) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
        f' aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )


def _grid(across: Sequence[tuple[float, str]], up: Sequence[tuple[float, str]]) -> str:
    parts = [
        f'<line class="grid" x1="{_x(at):.1f}" x2="{_x(at):.1f}" y1="{_TOP}" y2="{_y(0)}"/>'
        f'<text class="tick" x="{_x(at):.1f}" y="{_y(0) + 16}" text-anchor="middle">{escape(text)}</text>'
        for at, text in across
    ]
    parts += [
        f'<line class="grid" x1="{_LEFT}" x2="{_x(1)}" y1="{_y(at):.1f}" y2="{_y(at):.1f}"/>'
        f'<text class="tick" x="{_LEFT - 6}" y="{_y(at) + 4:.1f}" text-anchor="end">{escape(text)}</text>'
        for at, text in up
    ]
    return "".join(parts)


def _axis_titles(across: str, up: str) -> str:
    return (
        f'<text class="tick" x="{_x(0.5)}" y="{_HEIGHT - 6}" text-anchor="middle">{escape(across)}</text>'
        f'<text class="tick" x="{_LEFT + 4}" y="{_TOP + 10}">{escape(up)}</text>'
    )


def _x(share: float) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * share


def _y(share: float) -> float:
    return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - share)


def _round_up(value: float) -> float:
    """Return the next of 1, 2, 4, 5, 8 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(factor * power for factor in (1, 2, 4, 5, 8, 10, 20) if factor * power >= value)
