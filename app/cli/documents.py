"""`tenkyo documents`: every document with what became of it."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.context import wired
from app.cli.output import Format, OutputOption, emit, say, text_console
from retrieval.values import OutcomeStatus

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("documents")(_documents)


def _documents(
    ctx: typer.Context,
    *,
    outcome: Annotated[OutcomeStatus | None, typer.Option(help="Only those whose last outcome is this.")] = None,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="Only those of this source.")] = None,
    output: OutputOption = Format.TEXT,
) -> None:
    """List the documents that any run has seen, with their labels and last outcome."""
    from app.catalogue import entries, entry_json
    from app.cli.tables import print_table

    with wired(ctx) as wiring:
        found = entries(wiring.store(), source=source, outcome=outcome)
    if output is Format.JSON:
        emit({"documents": [entry_json(entry) for entry in found]})
        return
    if not found:
        say("There is no such document.")
    print_table(
        text_console(),
        columns=("source", "document", "title", "outcome", "reason", "chunks", "labels"),
        rows=[
            (
                entry.source,
                entry.known.key,
                entry.known.title,
                entry.known.status.value,
                entry.known.reason or "; ".join(entry.stored.document.missing if entry.stored else ()),
                str(entry.stored.chunks if entry.stored else 0),
                ",".join(
                    [
                        *sorted(entry.known.attributes.labels.allow),
                        *(f"-{label}" for label in sorted(entry.known.attributes.labels.deny)),
                    ]
                )
                or "nobody",
            )
            for entry in found
        ],
    )
