"""One self-contained HTML page on a run: figures, plots, and the questions that failed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from app.evaluation.plots import Bar, bars, histogram, risk_coverage
from app.evaluation.report import Report
from app.evaluation.style import STYLE
from retrieval.evaluation.bootstrap import Figure
from retrieval.evaluation.measures import MEASURES, WHOLE, Measure
from retrieval.evaluation.questions import Expected
from retrieval.evaluation.rows import Row
from retrieval.evaluation.statistics import curve

__all__ = ["facts", "figure_text", "html_page", "number", "page"]

_PLOTTED = ("ndcg@10", "recall@10", "answer_holds", "span_holds", "joint", "coverage@5", "false_answers")
_RISK = 0.05

FAULTS: Mapping[str, str] = {
    "not_retrieved": "no relevant document in the first ten",
    "false_answer": "answered what the documents do not say",
    "no_question_back": "did not ask for the detail that decides",
    "not_answered": "not answered",
    "wrong_answer": "the answer lacks the evidence",
    "evidence_not_cited": "the cited place lacks the evidence",
    "citation_not_exact": "a citation does not open at its words",
}
"""What each fault of a row means."""


def page(report: Report) -> str:
    """Return the page of a run."""
    rows = report.rows
    failed = [row for row in rows if row.faults]
    return html_page(
        "Tenkyo: evaluation",
        f'<p class="soft">{len(rows)} questions, {len(failed)} of them failed in some respect.</p>',
        facts(report.about),
        "".join(f"<p>{escape(note)}</p>" for note in report.notes),
        "<h2>Figures</h2>",
        _table(report.measures),
        '<h2>Plots</h2><div class="plots">',
        _figure(bars("Measures by group", _bars(report.measures)), "With 95 % intervals, by language of the question"),
        _figure(
            risk_coverage(curve([r.confidence for r in rows], [r.wrong for r in rows]), bound=_RISK),
            "Answering the most confident first: how many are wrong; dashed: 5 %",
        ),
        _figure(_latency(report), "How long an answer takes"),
        "</div>",
        f"<h2>Failed questions ({len(failed)})</h2>",
        "".join(_failed(row) for row in failed) or "<p>None.</p>",
    )


def html_page(title: str, *parts: str) -> str:
    """Return a page that loads nothing and runs nothing, as its content security policy says."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"/>'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"/>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><h1>{escape(title)}</h1>"
        f"{''.join(parts)}</body></html>\n"
    )


def facts(about: Mapping[str, str]) -> str:
    """Return what was measured, and how, as a list of terms."""
    return "<dl>" + "".join(f"<dt>{escape(k)}</dt><dd>{escape(v) or '-'}</dd>" for k, v in about.items()) + "</dl>"


def number(measure: Measure, value: float | None) -> str:
    """Return a value as people read it: shares with three places, milliseconds with one, dollars with six."""
    if value is None:
        return "-"
    return f"{value:.3f}" if measure.unit == "share" else f"{value:.1f}" if measure.unit == "ms" else f"{value:.6f}"


def figure_text(measure: Measure, figure: Figure) -> tuple[str, str]:
    """Return a figure and its interval in words; both ``-`` when nothing was measured."""
    if figure.value is None:
        return "-", "-"
    return number(measure, figure.value), f"{number(measure, figure.low)} to {number(measure, figure.high)}"


def _table(measures: Mapping[str, Mapping[str, Figure]]) -> str:
    head = "".join(f"<th>{escape(group)}</th>" for group in measures)
    body = []
    for measure in MEASURES:
        found = [measures[group][measure.name] for group in measures]
        if all(figure.value is None for figure in found):
            continue
        cells = []
        for figure in found:
            value, interval = figure_text(measure, figure)
            more = "" if figure.value is None else f"<small>{interval}</small><small>n={figure.n}</small>"
            cells.append(f"<td>{value}{more}</td>")
        arrow = "↑" if measure.better == "high" else "↓"
        unit = "" if measure.unit == "share" else f" ({measure.unit})"
        body.append(
            f"<tr><td>{escape(measure.title)}{unit} {arrow}<small>{measure.name}</small></td>{''.join(cells)}</tr>"
        )
    rows = "".join(body)
    return f'<div class="scroll"><table><thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _bars(measures: Mapping[str, Mapping[str, Figure]]) -> list[Bar]:
    shown = [group for group in measures if group == WHOLE or (":" not in group and "-" not in group)]
    return [
        Bar(label=f"{measure.title}, {group}", figure=measures[group][measure.name], tone=index % 3)
        for measure in MEASURES
        if measure.name in _PLOTTED and measures[WHOLE][measure.name].value is not None
        for index, group in enumerate(shown)
    ]


def _latency(report: Report) -> str:
    found = report.measures[WHOLE]
    marks = [(name, found[f"latency_{name}"].value or 0.0) for name in ("p50", "p95")]
    return histogram([row.latency_ms for row in report.rows], unit="ms", marks=marks)


def _figure(svg: str, caption: str) -> str:
    return f"<figure>{svg}<figcaption>{escape(caption)}</figcaption></figure>"


def _failed(row: Row) -> str:
    faults = " ".join(f'<span class="fault">{escape(FAULTS[fault])}</span>' for fault in row.faults)
    came = row.draft if row.answered else f"{row.status}; it would have said: {row.draft}"
    lines: Sequence[tuple[str, Iterable[str]]] = (
        ("expected", [_expected(row)]),
        ("relevant", [*row.relevant, *(f"{name} (not in the index)" for name in row.absent)]),
        ("hidden", row.hidden),
        ("came", [came]),
        ("cited", row.cited),
        ("ranking", row.ranked[:5]),
        ("confidence", [f"{row.confidence:+.3f}"]),
    )
    listed = "".join(f"<dt>{k}</dt><dd>{'<br/>'.join(escape(v) for v in values)}</dd>" for k, values in lines if values)
    return (
        f"<details><summary>{escape(row.question)} {faults}</summary>"
        f'<p class="soft">{escape(row.id)} {escape(row.kind)} {escape(row.language)}</p><dl>{listed}</dl></details>'
    )


def _expected(row: Row) -> str:
    if row.expects == Expected.NOT_FOUND:
        return "no answer: the documents do not say it to whoever asks"
    if row.expects == Expected.NEEDS_DETAIL:
        return "a question back: which one is meant"
    return " / ".join(row.wanted) or "an answer citing a relevant document"
