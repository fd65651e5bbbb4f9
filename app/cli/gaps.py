"""`tenkyo gaps`: what was asked and not answered."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.context import wired
from app.cli.output import Format, OutputOption, emit, say, text_console

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("gaps")(_gaps)


def _gaps(
    ctx: typer.Context,
    *,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many, the most asked first.")] = 50,
    output: OutputOption = Format.TEXT,
) -> None:
    """List the questions that the documents did not answer, the most asked first."""
    from app.cli.tables import print_table

    with wired(ctx) as wiring:
        found = wiring.store().gaps(limit=limit)
    if output is Format.JSON:
        emit(
            {
                "gaps": [
                    {
                        "id": gap.id,
                        "question": gap.question,
                        "language": gap.language,
                        "reason": gap.reason,
                        "count": gap.count,
                        "first_asked": gap.first_asked.isoformat(),
                        "last_asked": gap.last_asked.isoformat(),
                    }
                    for gap in found
                ]
            }
        )
        return
    if not found:
        say("No question is recorded as unanswered.")
    print_table(
        text_console(),
        columns=("asked", "last", "question", "reason"),
        rows=[
            (str(gap.count), f"{gap.last_asked.astimezone():%Y-%m-%d %H:%M}", gap.question, gap.reason) for gap in found
        ],
    )
