"""`tenkyo demo`: an invented company's documents, and three questions that show what Tenkyo does."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from app.cli.context import Globals, principal_of, quiet_logging
from app.cli.output import Format, OutputOption, emit, say, text_console
from retrieval.access import filter_for
from retrieval.errors import UserError

if TYPE_CHECKING:
    from rich.console import Console

    from app.wiring import Wiring
    from retrieval.values import Answer

__all__ = ["register"]

_STORE = "sqlite:///.tenkyo/demo.db"
_DAY = date(2026, 11, 1)  # the samples live in 2026; the demo shows the same on every day


@dataclass(frozen=True, kw_only=True, slots=True)
class _Scene:
    """A question as somebody asks it, and what it shows."""

    name: str
    shows: str
    question: str
    labels: str


_SCENES = (
    _Scene(
        name="japanese",
        shows="A Japanese question. Two return policies are in the documents; the one in force answers.",
        question="返品の期限は何日ですか",
        labels="support",
    ),
    _Scene(
        name="english",
        shows="An English question, answered from a PDF, with the page.",
        question="What is the deadline for claiming a service credit?",
        labels="support",
    ),
    _Scene(
        name="unanswerable",
        shows="A question that the documents do not answer: no guess, the nearest titles, and a recorded gap.",
        question="社員食堂のランチの値段",
        labels="support",
    ),
    _Scene(
        name="withheld",
        shows="A question about pay. The document is labelled hr, and support staff ask: it does not exist for them.",
        question="2026年度の平均昇給率は何％ですか",
        labels="support",
    ),
    _Scene(name="shown", shows="The same question from hr.", question="2026年度の平均昇給率は何％ですか", labels="hr"),
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(_demo)


def _demo(
    ctx: typer.Context,
    *,
    samples: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where the samples are, when not beside the program.")
    ] = None,
    output: OutputOption = Format.TEXT,
) -> None:
    """Take in the sample documents and ask: in Japanese, in English, in vain, and without the right to know.

    The store is .tenkyo/demo.db, or the one that TENKYO_STORE or the settings file names.
    """
    from app.remembered import Given
    from app.wiring import wiring_here

    folder = _samples(samples)
    given = ctx.find_object(Globals) or Globals()
    wiring = wiring_here(given.config, default_store=_STORE)
    quiet_logging(wiring.settings.log_level)
    try:
        from app.cli.running import ingest_all

        if output is Format.TEXT:
            say(f"Taking in {folder}, an invented company's documents. The first time takes the longest.")
        sources = [
            Given(kind="folder", path=str(folder / "knowledge"), labels=("support",)),
            Given(
                kind="records",
                path=str(folder / "faq.jsonl"),
                labels=("public",),
                text_field="answer",
                question_field="question",
            ),
        ]
        done = ingest_all(wiring, sources, allow_mass_delete=False, quiet=output is Format.JSON)
        if done.exit_code >= 128:
            raise typer.Exit(done.exit_code)
        answers = [(scene, _ask(wiring, scene)) for scene in _SCENES]
        if output is Format.JSON:
            _emit(wiring, done.json(), answers)
        else:
            _print(wiring, answers)
    finally:
        wiring.close()


def _samples(given: Path | None) -> Path:
    package = Path(__file__).resolve().parents[1]
    for folder in [given] if given else [package / "samples", package.parent / "samples"]:
        if (folder / "knowledge").is_dir() and (folder / "faq.jsonl").is_file():
            return folder
    raise UserError("The samples are not beside the program: give their folder with --samples.")


def _ask(wiring: Wiring, scene: _Scene) -> Answer:
    principal = principal_of(scene.labels)
    return wiring.answerer().ask(scene.question, principal=principal, where=filter_for(principal, as_of=_DAY))


def _emit(wiring: Wiring, sources: list[dict[str, object]], answers: list[tuple[_Scene, Answer]]) -> None:
    from retrieval.answers.wire import answer_json

    emit(
        {
            "store": wiring.settings.store,
            "sources": sources,
            "scenes": [
                {"name": scene.name, "as": scene.labels, "answer": answer_json(answer)} for scene, answer in answers
            ],
        }
    )


def _print(wiring: Wiring, answers: list[tuple[_Scene, Answer]]) -> None:
    from app.cli.render import answer_view

    console = text_console()
    for scene, answer in answers:
        _headline(console, scene)
        console.print(answer_view(answer))
    cited = next((citation.id for _, answer in answers for citation in answer.citations), None)
    store = f"TENKYO_STORE={wiring.settings.store}"
    console.print()
    console.print(Text("What to try next", style="bold"))
    activate = Path(sys.executable).with_name("activate")
    tries = [
        *([(f"source {activate}", "to have the command `tenkyo`")] if not shutil.which("tenkyo") else []),
        (f"export {store}", "to go on with these documents"),
        ('tenkyo ask "Who is the duty manager, and on which extension?"', ""),
        (f"tenkyo show {cited}", "a cited place in its surroundings") if cited else ("tenkyo status", ""),
        ("tenkyo search E-3012 --limit 3", "passages with their scores"),
        ("tenkyo gaps", "what was asked and not answered"),
        ("unset TENKYO_STORE; tenkyo ingest FOLDER --labels public", "your own documents"),
    ]
    for command, remark in tries:
        console.print(f"  {command}" + (f"    # {remark}" if remark else ""), markup=False, soft_wrap=True)


def _headline(console: Console, scene: _Scene) -> None:
    console.print()
    console.print(Text("─" * min(console.width, 100), style="dim"))
    console.print(Text(scene.shows, style="italic"))
    line = Text("? ", style="bold cyan")
    line.append(scene.question, style="bold")
    line.append(f"   (asked with the labels {scene.labels}, public)", style="dim")
    console.print(line)
    console.print()
