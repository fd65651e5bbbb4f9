"""Data on standard output, everything else on standard error; colour and progress on a terminal only."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

__all__ = ["Format", "OutputOption", "emit", "message_console", "say", "text_console"]


class Format(StrEnum):
    """How a command gives its data: for people, or as one JSON object."""

    TEXT = "text"
    JSON = "json"


OutputOption = Annotated[
    Format, typer.Option("--output", "-o", help="text for people, or json: one object on standard output.")
]


def text_console() -> Console:
    """Return the console of standard output; lines are not cut or wrapped when it is no terminal."""
    console = Console(highlight=False, emoji=False)
    if not console.is_terminal:
        console = Console(highlight=False, emoji=False, width=max(console.width, 120), soft_wrap=True)
    return console


def message_console() -> Console:
    """Return the console of standard error."""
    return Console(stderr=True, highlight=False, emoji=False)


def say(message: str, *, style: str | None = None) -> None:
    """Write a message for people to standard error."""
    console = message_console()
    console.print(message, style=style, markup=False, soft_wrap=True)


def emit(value: dict[str, object]) -> None:
    """Write one JSON object to standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None) + "\n")
    sys.stdout.flush()
