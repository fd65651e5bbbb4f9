"""`tenkyo runs`: what the ingestions did, and one of them in full."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.context import wired
from app.cli.output import Format, OutputOption, emit, text_console

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("runs")(_runs)


def _runs(
    ctx: typer.Context,
    run: Annotated[str | None, typer.Argument(metavar="ID", help="A run's id, or its beginning: all outcomes.")] = None,
    *,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many runs, the newest first.")] = 20,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="Only runs of this source.")] = None,
    output: OutputOption = Format.TEXT,
) -> None:
    """List the latest ingestion runs, or every outcome of one."""
    from app.catalogue import find_run, outcome_json, run_json
    from app.cli.tables import outcome_line, print_table, run_line

    console = text_console()
    with wired(ctx) as wiring:
        store = wiring.store()
        if run is not None:
            found = find_run(store, run)
            outcomes = store.outcomes(found.id)
            if output is Format.JSON:
                emit({"run": run_json(found), "outcomes": [outcome_json(outcome) for outcome in outcomes]})
            else:
                console.print(run_line(found), markup=False, soft_wrap=True)
                for outcome in outcomes:
                    console.print(outcome_line(outcome), markup=False, soft_wrap=True)
            return
        listed = store.runs(limit=limit, source=source)
    if output is Format.JSON:
        emit({"runs": [run_json(each) for each in listed]})
    else:
        print_table(
            console,
            columns=("run", "source", "started", "state", "seen", "outcomes"),
            rows=[
                (
                    each.id[:12],
                    each.source,
                    f"{each.started_at.astimezone():%Y-%m-%d %H:%M:%S}",
                    each.state.value,
                    str(each.seen),
                    ", ".join(f"{count} {status}" for status, count in each.counts.items() if count),
                )
                for each in listed
            ],
        )
