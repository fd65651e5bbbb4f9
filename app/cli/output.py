"""Data on standard output, everything else on standard error; colour and progress on a terminal only."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

__all__ = ["Format", "OutputOption", "emit", "harmless", "message_console", "say", "text_console"]

# Controls but tab and line feed (an escape sequence would command the terminal), and what turns the writing direction.
_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class Format(StrEnum):
    """How a command gives its data: for people, or as one JSON object."""

    TEXT = "text"
    JSON = "json"


OutputOption = Annotated[
    Format, typer.Option("--output", "-o", help="text for people, or json: one object on standard output.")
]


def harmless(text: str) -> str:
    """Return a text that no terminal obeys: names, titles and passages come from strangers."""
    return _COMMANDS.sub("\ufffd", text)


class _Console(Console):
    """A console that passes on no control character but its own."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield the segments of a renderable, harmless."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(harmless(segment.text), segment.style)


def text_console() -> Console:
    """Return the console of standard output; lines are not cut or wrapped when it is no terminal."""
    console = _Console(highlight=False, emoji=False)
    if not console.is_terminal:
        console = _Console(highlight=False, emoji=False, width=max(console.width, 120), soft_wrap=True)
    return console


def message_console() -> Console:
    """Return the console of standard error."""
    return _Console(stderr=True, highlight=False, emoji=False)


def say(message: str, *, style: str | None = None) -> None:
    """Write a message for people to standard error."""
    console = message_console()
    console.print(message, style=style, markup=False, soft_wrap=True)


def emit(value: dict[str, object]) -> None:
    """Write one JSON object to standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None) + "\n")
    sys.stdout.flush()
