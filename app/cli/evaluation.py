"""`tenkyo eval`: measure search and answers on questions, or compare two measurements."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from app.cli.context import AsOfOption, AsOption, FilterOption, filter_of, principal_of, wired
from app.cli.output import Format, OutputOption, emit, say, text_console
from retrieval.errors import UserError

if TYPE_CHECKING:
    from app.evaluation.asking import Circumstances
    from app.evaluation.report import Report
    from app.wiring import Wiring
    from retrieval.evaluation.questions import Question

__all__ = ["HalfOption", "register"]

_REFUSED = 6


class _Half(StrEnum):
    """One of the two halves of every question set."""

    A = "a"
    B = "b"

    @property
    def letter(self) -> Literal["a", "b"]:
        """The name that the sampling knows."""
        return self.value


HalfOption = Annotated[_Half | None, typer.Option(help="Only this half of the questions, by hashes of their ids.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("eval")(_eval)


def _eval(
    ctx: typer.Context,
    questions: Annotated[
        Path | None, typer.Argument(metavar="QUESTIONS", help="A JSONL file (or .gz) of questions.")
    ] = None,
    *,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option(metavar="A B", help="Compare two results (files of --out) instead of measuring."),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many questions, chosen by --seed.")] = None,
    half: HalfOption = None,
    seed: Annotated[int, typer.Option(min=0, help="Chooses the questions of --limit, and the resamples.")] = 1,
    labels: AsOption = None,
    as_of: AsOfOption = None,
    conditions: FilterOption = None,
    generation: Annotated[
        str | None, typer.Option(metavar="NAME", help="Measure another generation than the current one.")
    ] = None,
    fail_under: Annotated[
        list[str] | None,
        typer.Option(metavar="METRIC=VALUE", help="Exit with 6 when worse; also METRIC:GROUP=VALUE. Repeat for more."),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where the result goes, as JSON.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Where a page on it goes.")] = None,
    work: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where questions done are kept. Default: a passing file beside the result."),
    ] = None,
    id_field: Annotated[str | None, typer.Option(help="The field of the id. Default: query_id, or id.")] = None,
    text_field: Annotated[str, typer.Option(help="The field of the question.")] = "question",
    output: OutputOption = Format.TEXT,
) -> None:
    """Measure search and answers on questions with known answers, without any language model.

    A run that was stopped or killed goes on where it was. Asking leaves nothing behind: no answer, no gap.
    """
    if (questions is None) == (compare is None):
        raise UserError("Give QUESTIONS, a JSONL file, or --compare A B, two results of `tenkyo eval --out`.")
    from app.evaluation.gates import failures, gates_of_text

    gates = gates_of_text(fail_under or ())
    if questions is None:
        assert compare is not None
        alone = (out, limit, half, generation, work, labels, as_of, conditions)
        if gates or any(option is not None for option in alone):
            raise UserError("--compare takes two results as they are: only --html, --seed and --output go with it.")
        _compare(*compare, seed=seed, html=html, output=output)
        return
    from app.cli.questions import numbered_lines
    from app.evaluation.asking import Circumstances
    from retrieval.evaluation.questions import Fields, decode_questions
    from retrieval.evaluation.sampling import sample

    where = filter_of(labels=labels, conditions=conditions, as_of=as_of)
    assert where.as_of is not None
    circumstances = Circumstances(
        principal=principal_of(labels), day=where.as_of, conditions=where.conditions, generation=generation
    )
    decoded = decode_questions(
        numbered_lines(questions), name=str(questions), fields=Fields(id=id_field, text=text_field)
    )
    chosen = sample(decoded, half=half.letter if half else None, limit=limit, seed=seed)
    if not chosen:
        raise UserError(f"{questions}: none of its questions is in half {half}.")
    about = {
        "questions": str(questions),
        "chosen": f"{len(chosen)} of {len(decoded)}" + (f", half {half.value}" if half else ""),
        "seed": str(seed),
    }
    with wired(ctx) as wiring:
        place = work or _beside(out or html, wiring.database, questions)
        report = _measure(wiring, chosen, circumstances, work=place, about=about, seed=seed)
    _give(report, out=out, html=html, output=output)
    if work is None:
        place.unlink(missing_ok=True)
    if said := failures(gates, report.measures):
        for sentence in said:
            say(sentence, style="red")
        raise typer.Exit(_REFUSED)


def _measure(
    wiring: Wiring,
    questions: tuple[Question, ...],
    circumstances: Circumstances,
    *,
    work: Path,
    about: dict[str, str],
    seed: int,
) -> Report:
    from importlib.metadata import version

    from app.cli.progress import bar
    from app.evaluation.asking import Asker
    from app.evaluation.report import report_of
    from app.evaluation.running import circumstances_digest, evaluate, generation_of, index_state, settings_of
    from app.evaluation.work import WorkFile
    from app.stopping import stopping
    from retrieval.calibration.record import calibration_of, summary

    store, answerer = wiring.store(), wiring.answerer()
    spec = generation_of(store, circumstances.generation)
    settings = settings_of(answerer, circumstances, version=version("tenkyo"))
    file = WorkFile(work, circumstances=circumstances_digest(settings, spec, state=index_state(store, spec)))
    with bar() as progress, stopping() as stop:
        task = progress.add_task("questions", total=len(questions))
        rows = evaluate(
            Asker(answerer, store, circumstances=circumstances),
            questions,
            work=file,
            stop=stop.event,
            on_each=lambda: progress.advance(task),
        )
    if rows is None:
        say(f"Stopped; what was measured is kept in {work}. The same command goes on.", style="yellow")
        raise typer.Exit(stop.exit_code)
    with store.view(generation=spec.name) as view:
        evidence = summary(calibration_of(view.calibration) if view.calibration else None)
    named = {"evidence": evidence, "store": wiring.settings.store, "generation": f"{spec.name} ({spec.fingerprint})"}
    parts = {name: part for name, part in sorted(spec.parts.items()) if name == "embedder"}
    return report_of(rows, about={**about, **named, **parts, **settings}, seed=seed)


def _give(report: Report, *, out: Path | None, html: Path | None, output: Format) -> None:
    import json

    from app.cli.evaluation_text import print_report
    from app.cli.questions import written_whole
    from app.evaluation.page import page
    from app.evaluation.report import report_json

    if out is not None:
        with written_whole(out) as file:
            file.write(json.dumps(report_json(report), ensure_ascii=False, indent=1) + "\n")
    if html is not None:
        with written_whole(html) as file:
            file.write(page(report))
    if output is Format.JSON:
        emit(report_json(report))
        return
    print_report(text_console(), report)
    for note in report.notes:
        say(note, style="yellow")
    for path in (out, html):
        if path is not None:
            say(f"Written to {path}.")


def _compare(first: Path, second: Path, *, seed: int, html: Path | None, output: Format) -> None:
    from app.cli.evaluation_text import print_comparison
    from app.cli.questions import written_whole
    from app.evaluation.comparison_page import comparison_page
    from app.evaluation.report import comparison_json, read_report
    from retrieval.evaluation.comparison import compare

    a, b = (read_report(path, seed=seed) for path in (first, second))
    found = compare(a.rows, b.rows, seed=seed)
    if not found.common:
        raise UserError(f"{first} and {second} have no question in common.")
    if html is not None:
        with written_whole(html) as file:
            file.write(comparison_page(found, first=a, second=b))
    if output is Format.JSON:
        emit(comparison_json(found, first=a, second=b))
        return
    print_comparison(text_console(), found)
    if html is not None:
        say(f"Written to {html}.")


def _beside(result: Path | None, database: Path, questions: Path) -> Path:
    """Return where questions done are kept when nobody says: beside the result, or else beside the store."""
    if result is not None:
        return result.with_name(f".{result.name}.work.jsonl")
    return database.with_name(f".{database.name}.{questions.name.partition('.')[0]}.work.jsonl")
