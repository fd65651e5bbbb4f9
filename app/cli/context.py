"""What the commands share: the wiring of the settings in force, who asks, and options of the same name and meaning."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retrieval.access import OPERATOR, filter_for, principal_with
from retrieval.errors import UserError
from retrieval.values import Filter, Principal

if TYPE_CHECKING:
    from app.wiring import Wiring

__all__ = [
    "AfterOption",
    "AsOfOption",
    "AsOption",
    "FilterOption",
    "Globals",
    "filter_of",
    "names",
    "principal_of",
    "quiet_logging",
    "wired",
]

AfterOption = Annotated[
    list[str] | None,
    typer.Option("--after", metavar="QUESTION", help="What you asked before it; repeat for more, the oldest first."),
]
AsOption = Annotated[
    str | None,
    typer.Option("--as", metavar="LABELS", help="See only what these labels (and public) admit: a,b. Default: all."),
]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="What held on that day (YYYY-MM-DD). Default: today."),
]
FilterOption = Annotated[
    list[str] | None,
    typer.Option(
        "--filter",
        metavar="FIELD=VALUE",
        help="Only documents whose metadata fits; also != < <= > >=, a=b,c for either. Repeat for more.",
    ),
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Globals:
    """The options in front of a command."""

    config: Path | None = None
    debug: bool = False


@contextmanager
def wired(ctx: typer.Context) -> Iterator[Wiring]:
    """Yield the wiring of the settings in force and close what it opened."""
    from app.wiring import wiring_here

    given = ctx.find_object(Globals) or Globals()
    wiring = wiring_here(given.config)
    quiet_logging(wiring.settings.log_level)
    try:
        yield wiring
    finally:
        wiring.close()


def quiet_logging(level: str) -> None:
    """Send logs of at least this level to standard error, as key=value lines."""
    import logging
    import sys

    import structlog

    number = getattr(logging, level.upper())
    logging.basicConfig(level=number, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s", force=True)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(number),
        # Standard error as it is when a line is written, not as it was when logging was set up.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
    )


def names(written: str | None) -> tuple[str, ...]:
    """Return the labels of ``a,b``, without blanks and doubles, in order."""
    return tuple(dict.fromkeys(part for raw in (written or "").split(",") if (part := raw.strip())))


def principal_of(labels: str | None) -> Principal:
    """Return the operator, or who holds these labels and no others but ``public``. Raises `UserError`."""
    if labels is None:
        return OPERATOR
    held = names(labels)
    if any("\ud800" <= letter <= "\udfff" for letter in labels):
        raise UserError(f"--as {labels!r}: a label holds half a character.")
    return principal_with(held, name=f"as:{','.join(held)}")


def filter_of(*, labels: str | None, conditions: list[str] | None, as_of: str | None) -> Filter:
    """Return what the options admit; without a day, what holds today."""
    from datetime import datetime

    from app.filters import conditions_of_text, day

    return filter_for(
        principal_of(labels),
        conditions=conditions_of_text(conditions or ()),
        as_of=day(as_of, name="--as-of") if as_of else datetime.now().astimezone().date(),
    )
