"""Lists for people: tables on a terminal, tab-separated lines when piped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.cli.output import harmless
from retrieval.values import Outcome, Run

__all__ = ["counts_line", "outcome_line", "print_table", "run_line"]


def print_table(console: Console, *, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows under headings; when piped, without headings, one line a row, fields parted by tabs."""
    if not console.is_terminal:
        for row in rows:
            console.file.write("\t".join(harmless(" ".join(cell.split())) for cell in row) + "\n")
        return
    rows = list(rows)
    if not rows:
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)


def counts_line(run: Run) -> str:
    """Return the counts of a run in words, zeros left out."""
    said = ", ".join(f"{count} {status}" for status, count in run.counts.items() if count)
    return f"{run.seen} seen" + (f": {said}" if said else "")


def run_line(run: Run) -> str:
    """Return a run in one line."""
    began = f"{run.started_at.astimezone():%Y-%m-%d %H:%M}"
    return f"{run.id[:12]}  {run.source}  {began}  {run.state.value}  {counts_line(run)}"


def outcome_line(outcome: Outcome) -> str:
    """Return what became of one document, in one line."""
    said = outcome.detail or outcome.reason or "; ".join(outcome.missing)
    key = " ".join(outcome.key.split())  # a name with a line end in it must not look like two documents
    return f"{outcome.status.value:9} {key}" + (f": {said}" if said else "")
