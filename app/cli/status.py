"""`tenkyo status`: what the knowledge base holds and how the last run went."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from app.cli.context import wired
from app.cli.output import Format, OutputOption, emit, text_console

if TYPE_CHECKING:
    from app.catalogue import Overview

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("status")(_status)


def _status(ctx: typer.Context, *, output: OutputOption = Format.TEXT) -> None:
    """Show how much is in, from where, when it last ran, and what failed."""
    from app.catalogue import overview, run_json

    with wired(ctx) as wiring:
        seen = overview(wiring.store())
        if output is Format.JSON:
            emit(
                {
                    "store": wiring.settings.store,
                    "generation": {
                        "name": seen.generation.name,
                        "fingerprint": seen.generation.fingerprint,
                        "parts": dict(seen.generation.parts),
                    }
                    if seen.generation
                    else None,
                    "documents": seen.documents,
                    "chunks": seen.chunks,
                    "sources": dict(seen.sources),
                    "last_run": run_json(seen.last_run) if seen.last_run else None,
                    "failures": seen.failures,
                }
            )
        else:
            _print(seen, store=wiring.settings.store)


def _print(seen: Overview, *, store: str) -> None:
    from app.cli.tables import run_line

    console = text_console()
    console.print(f"Store       {store}", markup=False)
    if seen.generation is None:
        console.print("Index       none yet: run `tenkyo ingest PATH`", markup=False)
        return
    console.print(f"Index       {seen.generation.name} ({seen.generation.fingerprint})", markup=False)
    console.print(f"Documents   {seen.documents}   chunks {seen.chunks}", markup=False)
    for name, root in sorted(seen.sources.items()):
        console.print(f"Source      {name}: {root}", markup=False)
    if seen.last_run:
        console.print(f"Last run    {run_line(seen.last_run)}", markup=False)
    console.print(
        f"Failures    {seen.failures}"
        + ("  (`tenkyo documents --outcome failed` lists them)" if seen.failures else ""),
        markup=False,
    )
