"""`tenkyo show`: the place of a citation in its surroundings."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from app.cli.context import AsOption, principal_of, wired
from app.cli.output import Format, OutputOption, emit, text_console
from retrieval.access import filter_for

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("show")(_show)


def _show(
    ctx: typer.Context,
    citation: Annotated[str, typer.Argument(help="A citation's id: document@extraction:start-end.")],
    *,
    labels: AsOption = None,
    around: Annotated[int, typer.Option(min=0, max=100_000, help="Characters shown on either side.")] = 400,
    output: OutputOption = Format.TEXT,
) -> None:
    """Open a citation: the quoted words in their surroundings, with page, headings and boxes."""
    from app.cli.render import place_of
    from app.places import open_place, place_json

    with wired(ctx) as wiring:
        place = open_place(wiring.store(), citation, where=filter_for(principal_of(labels)), around=around)
    if output is Format.JSON:
        emit(place_json(place))
        return
    console = text_console()
    marks = ("", "") if console.is_terminal else ("»", "«")
    console.print(
        Text(place_of(title=place.document.title, heading_path=place.heading_path, page=place.page), style="bold")
    )
    console.print(Text(place.document.uri, style="dim"))
    if not place.current:
        console.print(Text("A newer version has taken the place of this one.", style="yellow"))
    for box in place.boxes:
        console.print(
            Text(
                f"p. {box.page}: {box.left:.1f}, {box.top:.1f} to {box.right:.1f}, {box.bottom:.1f} points",
                style="dim",
            )
        )
    console.print()
    text = Text(place.before, style="dim")
    text.append(f"{marks[0]}{place.quote}{marks[1]}", style="bold black on yellow")
    text.append(place.after, style="dim")
    console.print(text)
