"""The result of a run: made, written as JSON, read again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from retrieval.errors import UserError
from retrieval.evaluation.bootstrap import Figure
from retrieval.evaluation.comparison import Change, Comparison
from retrieval.evaluation.measures import measured
from retrieval.evaluation.questions import Expected
from retrieval.evaluation.rows import Row, row_json, row_of

__all__ = ["FORMAT", "Report", "comparison_json", "notes_on", "read_report", "report_json", "report_of"]

FORMAT = "tenkyo-eval-1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What one run measured. ``about`` says of what and how, ``notes`` what could not be measured and why."""

    about: Mapping[str, str]
    measures: Mapping[str, Mapping[str, Figure]]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]


def report_of(rows: Sequence[Row], *, about: Mapping[str, str], seed: int) -> Report:
    """Return the report of rows, with intervals drawn by the seed."""
    return Report(about=about, measures=measured(rows, seed=seed), rows=tuple(rows), notes=notes_on(rows))


def notes_on(rows: Sequence[Row]) -> tuple[str, ...]:
    """Return what these questions cannot measure, in sentences."""
    said = (
        (
            sum(1 for row in rows if row.retrieval is None and row.expects != Expected.NOT_FOUND and not row.absent),
            "name no relevant documents: retrieval is not measured on them, nor the joint score.",
        ),
        (
            sum(1 for row in rows if row.expects is None and not row.absent),
            "do not say what should become of them: abstention is not measured on them.",
        ),
        (
            sum(1 for row in rows if row.expects == Expected.ANSWERED and row.holds is None),
            "give neither answer nor evidence: an answer counts as right when it cites a relevant document.",
        ),
        (
            sum(1 for row in rows if row.absent),
            "name documents that are not in this index and are left out; without any other, no answer is judged.",
        ),
        (
            sum(1 for row in rows if row.hidden),
            "name documents that whoever asks may not see or that do not hold on the day; they count as missed.",
        ),
    )
    return tuple(f"{count} of {len(rows)} questions {what}" for count, what in said if count)


def report_json(report: Report) -> dict[str, object]:
    """Return a report as plain values."""
    return {
        "format": FORMAT,
        "about": dict(report.about),
        "notes": list(report.notes),
        "measures": {
            group: {name: asdict(figure) for name, figure in found.items()} for group, found in report.measures.items()
        },
        "questions": [row_json(row) for row in report.rows],
    }


def read_report(path: Path, *, seed: int) -> Report:
    """Return the report of a file; its figures are reckoned again from its rows.

    Raises `UserError` when the file is unreadable or not the result of a run.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}.") from None
    except ValueError:
        raise UserError(f"{path}: not the result of `tenkyo eval`: not JSON.") from None
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise UserError(f"{path}: not the result of `tenkyo eval`: no format {FORMAT!r}.")
    try:
        rows = [row_of(row) for row in value["questions"]]
        about = {str(key): str(text) for key, text in value["about"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{path}: not the result of `tenkyo eval`: {error}.") from None
    return report_of(rows, about=about, seed=seed)


def comparison_json(found: Comparison, *, first: Report, second: Report) -> dict[str, object]:
    """Return a comparison as plain values."""
    return {
        "format": f"{FORMAT}-comparison",
        "first": dict(first.about),
        "second": dict(second.about),
        "common": found.common,
        "only_first": list(found.only_first),
        "only_second": list(found.only_second),
        "edited": list(found.edited),
        "differences": {
            group: {
                name: {
                    "first": one.first,
                    "second": one.second,
                    "gain": one.gain.value,
                    "low": one.gain.low,
                    "high": one.gain.high,
                    "n": one.gain.n,
                    "clear": one.clear,
                }
                for name, one in differences.items()
            }
            for group, differences in found.differences.items()
        },
        "better": [_change_json(change) for change in found.better],
        "worse": [_change_json(change) for change in found.worse],
    }


def _change_json(change: Change) -> dict[str, object]:
    return {
        "id": change.first.id,
        "question": change.first.question,
        "of": change.of,
        "first": _came(change.first),
        "second": _came(change.second),
    }


def _came(row: Row) -> dict[str, object]:
    return {
        "status": row.status,
        "confidence": row.confidence,
        "ndcg": row.retrieval.ndcg if row.retrieval else None,
        "answer": row.draft if row.answered else "",
        "faults": list(row.faults),
    }
