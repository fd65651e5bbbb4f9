"""Measurements for people: tables on a terminal, tab-separated lines when piped."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.cli.tables import print_table
from app.evaluation.page import FAULTS, figure_text, number
from app.evaluation.report import Report
from retrieval.evaluation.comparison import Change, Comparison, Difference
from retrieval.evaluation.measures import MEASURES, WHOLE, Measure

__all__ = ["print_comparison", "print_report"]


def print_report(console: Console, report: Report) -> None:
    """Print every figure with its interval: a column a group on a terminal, a line a figure when piped.

    The lines are ``group, measure, value, low, high, n``. Kinds of questions are left to lines, JSON and HTML.
    """
    if not console.is_terminal:
        print_table(
            console,
            columns=(),
            rows=[
                (group, m.name, *(number(m, part) for part in (one.value, one.low, one.high)), str(one.n))
                for group, found in report.measures.items()
                for m in MEASURES
                if (one := found[m.name]).value is not None
            ],
        )
        return
    groups = [group for group in report.measures if not group.startswith("kind:")]
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    for group in groups:
        table.add_column(group, justify="right")
    for measure in MEASURES:
        figures = [report.measures[group][measure.name] for group in groups]
        if any(figure.value is not None for figure in figures):
            cells = [figure_text(measure, figure) for figure in figures]
            unit = "" if measure.unit == "share" else f" ({measure.unit})"
            table.add_row(
                Text(f"{measure.title}{unit}"),
                *(Text(value).append(f"\n{interval}", style="dim") for value, interval in cells),
            )
    console.print(table)
    faults = Counter(fault for row in report.rows for fault in row.faults)
    console.print(Text(f"\n{len(report.rows)} questions" + ("." if not faults else ":"), style="bold"))
    for fault, count in faults.most_common():
        console.print(Text(f"  {count:5} {FAULTS[fault]}"))


def print_comparison(console: Console, found: Comparison) -> None:
    """Print what changed: figures with the interval of their gain, then the questions, both ways."""
    for group, differences in found.differences.items():
        if group.startswith("kind:") and console.is_terminal:
            continue
        if console.is_terminal:
            console.print(Text(f"\n{'All questions' if group == WHOLE else group}", style="bold"))
        print_table(
            console,
            columns=("measure", "first", "second", "gain", "95 % interval", ""),
            rows=[
                (*(() if console.is_terminal else (group,)), *_line(measure, differences[measure.name]))
                for measure in MEASURES
                if differences[measure.name].gain.value is not None
            ],
        )
    for title, changes in (("better", found.better), ("worse", found.worse)):
        if console.is_terminal:
            console.print(Text(f"\n{len(changes)} {title} in the second", style="bold"))
        print_table(
            console,
            columns=("question", "", "first", "second", ""),
            rows=[(*(() if console.is_terminal else (title,)), *_change(change)) for change in changes],
        )
    if found.edited or found.only_first or found.only_second:
        left = len(found.edited), len(found.only_first), len(found.only_second)
        said = "{} edited in between, {} in the first only, {} in the second only".format(*left)
        console.print(Text(f"\nLeft out: {said}.") if console.is_terminal else Text(f"left out\t{said}"))


def _line(measure: Measure, one: Difference) -> tuple[str, ...]:
    gain = one.gain
    return (
        measure.name,
        number(measure, one.first),
        number(measure, one.second),
        number(measure, gain.value),
        f"{number(measure, gain.low)} to {number(measure, gain.high)}",
        "clear" if one.clear else "",
    )


def _change(change: Change) -> tuple[str, ...]:
    if change.of == "retrieval":
        came = [f"nDCG {row.retrieval.ndcg:.3f}" if row.retrieval else "-" for row in (change.first, change.second)]
    else:
        came = [", ".join((row.status, *row.faults)) for row in (change.first, change.second)]
    return change.first.id, change.of, *came, change.first.question
