"""`tenkyo dump`: the canonical form of the index."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from app.cli.context import wired
from app.cli.output import Format, OutputOption

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("dump")(_dump)


def _dump(
    ctx: typer.Context,
    *,
    generation: Annotated[str | None, typer.Option(metavar="NAME", help="Another generation than the current.")] = None,
    output: OutputOption = Format.TEXT,
) -> None:
    """Write everything that is indexed in canonical form: equal content gives equal lines, whenever it was built.

    One JSON object a line; with --output json one object with all of them.
    """
    with wired(ctx) as wiring:
        lines = wiring.store().dump(generation=generation)
        if output is Format.TEXT:
            sys.stdout.writelines(f"{line}\n" for line in lines)
            return
        sys.stdout.write('{"dump": [')
        for number, line in enumerate(lines):
            sys.stdout.write(f"{',' if number else ''}\n{line}")
        sys.stdout.write("\n]}\n")
