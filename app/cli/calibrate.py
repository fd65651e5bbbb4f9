"""`tenkyo calibrate`: fit the evidence rule to the index, so that it knows when it knows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.context import AsOfOption, filter_of, wired
from app.cli.evaluation import HalfOption
from app.cli.output import Format, OutputOption, emit, say, text_console
from retrieval.errors import UserError

if TYPE_CHECKING:
    from retrieval.calibration.record import Calibration

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("calibrate")(_calibrate)


def _calibrate(
    ctx: typer.Context,
    questions: Annotated[
        Path | None,
        typer.Argument(
            metavar="QUESTIONS",
            help="A JSONL file (or .gz) of questions. Default: that of the settings, else questions made of documents.",
        ),
    ] = None,
    *,
    half: HalfOption = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many of the questions.")] = None,
    as_of: AsOfOption = None,
    error_rate: Annotated[
        float | None,
        typer.Option(metavar="SHARE", help="Share of unanswerable questions that may be answered. Default: settings."),
    ] = None,
    output: OutputOption = Format.TEXT,
) -> None:
    """Fit the rule that decides whether to answer to this index, and keep it with the index.

    It asks each question with its documents there and with them taken away. A later ingest that changes much does this
    again by itself, with the question set of the settings.
    """
    from datetime import datetime

    from app.calibration.calibrating import calibrate
    from app.cli.progress import steps
    from app.cli.questions import question_set
    from app.stopping import stopping
    from retrieval.evaluation.sampling import sample

    if error_rate is not None and not 0.0 < error_rate <= 0.5:
        raise UserError(f"--error-rate {error_rate:g}: expected a share over 0 and up to 0.5.")
    day = filter_of(labels=None, conditions=None, as_of=as_of).as_of or datetime.now().astimezone().date()
    with wired(ctx) as wiring, stopping() as stop:
        wiring.store()
        file = questions or wiring.settings.evidence.questions
        chosen = sample(question_set(file), half=half.letter if half else None, limit=limit) if file else ()
        if half is not None and not chosen:
            raise UserError(f"--half {half.value}: there is no question in it; give QUESTIONS.")
        rate = error_rate if error_rate is not None else wiring.settings.evidence.error_rate
        done = calibrate(wiring, chosen, day=day, error_rate=rate, stop=stop, steps=steps)
        if done is None:
            say("Stopped; the calibration from before holds.", style="yellow")
            raise typer.Exit(stop.exit_code)
        if output is Format.JSON:
            emit(_json(done))
        else:
            _print(done)


def _print(done: Calibration) -> None:
    from retrieval.calibration.record import summary

    text_console().print(summary(done), markup=False, soft_wrap=True)


def _json(done: Calibration) -> dict[str, object]:
    return {
        "error_rate": done.error_rate,
        "origin": done.origin.value,
        "questions": done.questions,
        "documents": done.documents,
        "made_at": done.made_at.isoformat(),
        "pairs": {
            pair: {
                "origin": model.origin.value,
                "fitted": model.fitted,
                "answerable": model.answerable,
                "unanswerable": model.unanswerable,
                "answer": model.answer,
                "refuse": model.refuse,
            }
            for pair, model in sorted(done.rule.models.items())
        },
    }
