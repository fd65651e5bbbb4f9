"""`tenkyo retry`: failed documents once more."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.context import wired
from app.cli.output import Format, OutputOption, emit, say
from retrieval.errors import UserError

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("retry")(_retry)


def _retry(
    ctx: typer.Context,
    *,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="Only the failures of this source.")] = None,
    output: OutputOption = Format.TEXT,
) -> None:
    """Try the documents again whose last outcome was a failure, and nothing else."""
    from app.catalogue import entries
    from app.cli.running import retry_all
    from app.remembered import remembered
    from retrieval.values import OutcomeStatus

    with wired(ctx) as wiring:
        failed = sorted(
            {entry.source for entry in entries(wiring.store(), source=source, outcome=OutcomeStatus.FAILED)}
        )
        if not failed:
            if output is Format.JSON:
                emit({"sources": []})
            else:
                say("There is no failed document.")
            return
        known = remembered(wiring.database)
        if unknown := [name for name in failed if name not in known]:
            raise UserError(f"It is not known how {unknown[0]!r} was given: run `tenkyo ingest` on it once more.")
        done = retry_all(wiring, [known[name] for name in failed], quiet=output is Format.JSON)
        if output is Format.JSON:
            emit({"sources": done.json()})
    raise typer.Exit(done.exit_code)
