"""The command line, `tenkyo COMMAND`: one message per error, a traceback with --debug only."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer

from app.cli import (
    ask,
    calibrate,
    demo,
    doctor,
    documents,
    dump,
    evaluation,
    gaps,
    ingest,
    retry,
    runs,
    search,
    serve,
    show,
    status,
)
from app.cli.context import Globals
from app.cli.output import say
from retrieval.errors import TenkyoError, UserError

__all__ = ["app", "main", "run"]

app = typer.Typer(
    name="tenkyo",
    help="Answers from your documents, every sentence with its source; or a plain 'not in the documents'.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 fine, 1 bug, 2 usage, 3 some documents failed, 4 settings or index, 5 store or model, "
    "6 quality gate, 75 try again later, 130 interrupted, 143 terminated.",
)
COMMANDS = (
    demo, ingest, ask, search, show, status, documents, runs, retry, gaps, evaluation, calibrate, doctor, serve, dump,
)  # fmt: skip
for module in COMMANDS:
    module.register(app)


def _version(value: bool) -> None:  # noqa: FBT001 - typer's callback of a flag
    if value:
        from importlib.metadata import version

        typer.echo(f"tenkyo {version('tenkyo')}")
        raise typer.Exit


@app.callback()
def _globals(
    ctx: typer.Context,
    *,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="Settings file. Default: tenkyo.toml here, if any.")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[  # noqa: ARG001 - its callback does the work
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    ctx.obj = Globals(config=config, debug=debug)


def run() -> NoReturn:
    """Run the command line of this process and exit."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # what the terminal's encoding lacks is shown, not a traceback
        sys.stdout.reconfigure(errors="backslashreplace")
    code = main(sys.argv[1:])
    _flush()
    sys.exit(code)


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    signal.signal(signal.SIGTERM, _terminate)
    debug = "--debug" in arguments
    try:
        app(list(arguments), prog_name="tenkyo")
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # the reader of our output has seen enough
            return 0
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # whatever it is, the user gets one line and the way on
        if debug:
            raise
        return _told(error, command=" ".join(arguments[:1]))
    return 0


def _told(error: Exception, *, command: str) -> int:
    """Say what went wrong and return the exit code for it."""
    if isinstance(error, TenkyoError):
        say(f"tenkyo: {error}", style="red")
        return error.exit_code
    if isinstance(error, OSError) and error.filename is not None:  # a path that the machine refuses is no bug
        say(f"tenkyo: {error.filename!r}: {error.strerror}.", style="red")
        return UserError.exit_code
    say(
        f"tenkyo: this is a bug in Tenkyo: {type(error).__name__}: {error}\n"
        f"Run `tenkyo --debug {command} ...` for the traceback, and report it.",
        style="red",
    )
    return 1


def _terminate(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(143)


def _flush() -> None:
    """Flush standard output; when its reader is gone, keep the interpreter from complaining at exit."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
