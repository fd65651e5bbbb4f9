"""Progress on standard error, on a terminal only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from app.cli.output import message_console

__all__ = ["bar", "counted", "steps"]

T = TypeVar("T")


def bar() -> Progress:
    """Return a progress bar that leaves nothing behind; it shows nothing when standard error is no terminal."""
    console = message_console()
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def counted(items: Sequence[T], *, what: str) -> Iterator[T]:
    """Yield the items with a bar beside."""
    with bar() as progress:
        task = progress.add_task(what, total=len(items))
        for item in items:
            yield item
            progress.advance(task)


@contextmanager
def steps(what: str, total: int) -> Iterator[Callable[[], None]]:
    """Yield what moves a bar by one of ``total`` steps."""
    with bar() as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)
