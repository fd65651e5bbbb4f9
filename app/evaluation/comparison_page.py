"""One self-contained HTML page on two runs compared. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from app.evaluation.page import facts, html_page, number
from app.evaluation.report import Report
from retrieval.evaluation.comparison import Change, Comparison, Difference
from retrieval.evaluation.measures import MEASURES, Measure
from retrieval.evaluation.rows import Row

__all__ = ["comparison_page"]


def comparison_page(found: Comparison, *, first: Report, second: Report) -> str:
    """Return the page of a comparison."""
    return html_page(
        "Tenkyo: two evaluations compared",
        f'<p class="soft">{found.common} questions in both; {len(found.edited)} edited in between, left out.</p>',
        "<h2>First</h2>",
        facts(first.about),
        "<h2>Second</h2>",
        facts(second.about),
        "".join(_table(group, differences) for group, differences in found.differences.items()),
        f"<h2>Better in the second ({len(found.better)})</h2>",
        _changes(found.better),
        f"<h2>Worse in the second ({len(found.worse)})</h2>",
        _changes(found.worse),
    )


def _table(group: str, differences: Mapping[str, Difference]) -> str:
    body = "".join(_line(m, differences[m.name]) for m in MEASURES if differences[m.name].gain.value is not None)
    return (
        f"<h2>{escape(group)}</h2><div class='scroll'><table><thead><tr><th></th><th>first</th><th>second</th>"
        f"<th>gain</th><th>95 % interval</th><th>n</th></tr></thead><tbody>{body}</tbody></table></div>"
    )


def _line(measure: Measure, one: Difference) -> str:
    gain = one.gain.value or 0.0
    good = (gain > 0) == (measure.better == "high")
    tone = ("good" if good else "bad") if one.clear else ""
    return (
        f"<tr><td>{escape(measure.title)}</td><td>{number(measure, one.first)}</td>"
        f"<td>{number(measure, one.second)}</td>"
        f'<td class="{tone}">{number(measure, gain)}</td><td>{number(measure, one.gain.low)} to'
        f" {number(measure, one.gain.high)}</td><td>{one.gain.n}</td></tr>"
    )


def _changes(changes: Sequence[Change]) -> str:
    return "".join(_change(change) for change in changes) or "<p>None.</p>"


def _change(change: Change) -> str:
    first, second = change.first, change.second
    return (
        f"<details><summary>{escape(first.question)} <span class='soft'>{change.of}</span></summary>"
        f"<p class='soft'>{escape(first.id)}; wanted: {escape(' / '.join(first.wanted) or first.expects or '-')}</p>"
        f"<dl><dt>first</dt><dd>{_came(first)}</dd><dt>second</dt><dd>{_came(second)}</dd></dl></details>"
    )


def _came(row: Row) -> str:
    ndcg = f", nDCG@10 {row.retrieval.ndcg:.3f}" if row.retrieval else ""
    return f"{escape(row.status)}{ndcg}<br/>{escape(row.draft if row.answered else '')}"
