"""`tenkyo ask`: one question answered with its sources, or many from a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from app.cli.context import AfterOption, AsOfOption, AsOption, FilterOption, filter_of, principal_of, wired
from app.cli.output import Format, OutputOption, emit, say, text_console
from retrieval.errors import UserError

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("ask")(_ask)


def _ask(
    ctx: typer.Context,
    question: Annotated[str | None, typer.Argument(help="The question, Japanese or English.")] = None,
    *,
    after: AfterOption = None,
    labels: AsOption = None,
    as_of: AsOfOption = None,
    conditions: FilterOption = None,
    questions: Annotated[
        Path | None, typer.Option("--questions", metavar="FILE", help="Answer every question of a JSONL file.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="With --questions: where the answers go, as JSONL.")
    ] = None,
    id_field: Annotated[str, typer.Option(help="With --questions: the field of the id.")] = "id",
    text_field: Annotated[str, typer.Option(help="With --questions: the field of the question.")] = "question",
    output: OutputOption = Format.TEXT,
) -> None:
    """Answer a question from the documents: the sentences that answer it, verbatim, each with its source."""
    if (question is None) == (questions is None):
        raise UserError('Give one question, `tenkyo ask "..."`, or --questions FILE --out FILE.')
    if (questions is None) != (out is None):
        raise UserError("--questions FILE and --out FILE go together.")
    if questions is not None and after:
        raise UserError("--after goes with one question; in a file, earlier questions stand in the field `turns`.")
    if questions is not None and out is not None:
        _ask_many(
            ctx, questions, out, labels=labels, as_of=as_of, conditions=conditions, fields=(id_field, text_field),
            output=output,
        )  # fmt: skip
        return
    from app.cli.render import print_answer
    from retrieval.answers.wire import answer_json

    where = filter_of(labels=labels, conditions=conditions, as_of=as_of)
    with wired(ctx) as wiring:
        answer = wiring.answerer().ask(question or "", principal=principal_of(labels), where=where, turns=after or ())
        if output is Format.JSON:
            emit(answer_json(answer))
        else:
            print_answer(text_console(), answer)


def _ask_many(
    ctx: typer.Context,
    questions: Path,
    out: Path,
    *,
    labels: str | None,
    as_of: str | None,
    conditions: list[str] | None,
    fields: tuple[str, str],
    output: Format,
) -> None:
    from collections import Counter

    from app.cli.progress import counted
    from app.cli.questions import read_questions, written_whole
    from retrieval.answers.wire import answer_json

    where, principal = filter_of(labels=labels, conditions=conditions, as_of=as_of), principal_of(labels)
    asked = read_questions(questions, id_field=fields[0], text_field=fields[1])
    statuses: Counter[str] = Counter()
    with wired(ctx) as wiring, written_whole(out) as file:
        answerer = wiring.answerer()
        for question in counted(asked, what="questions"):
            answer = answerer.ask(question.text, principal=principal, where=where, turns=question.turns)
            statuses[answer.status.value] += 1
            file.write(json.dumps({"question_id": question.id, **answer_json(answer)}, ensure_ascii=False) + "\n")
    if output is Format.JSON:
        emit({"questions": len(asked), "statuses": dict(sorted(statuses.items())), "out": str(out)})
    else:
        said = ", ".join(f"{count} {status}" for status, count in sorted(statuses.items()))
        say(f"{len(asked)} questions: {said}. Written to {out}.")
