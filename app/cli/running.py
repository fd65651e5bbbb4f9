"""Runs as seen on the command line: progress while they go on, a summary and the exit code at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rich.progress import Progress, TaskID

from app.catalogue import outcome_json, run_json
from app.cli.output import say, text_console
from app.cli.progress import bar, steps
from app.cli.tables import outcome_line
from app.remembered import Given, remember
from app.stopping import Stop, stopping
from app.wiring import Wiring
from ingest.report import DocumentDone, Event, PlanReady, RunReport
from ingest.run import Ingestion
from retrieval.errors import TenkyoError
from retrieval.ports import Source
from retrieval.values import OutcomeStatus, RunState

__all__ = ["Done", "ingest_all", "retry_all"]

_LISTED = 50
_TROUBLE = (OutcomeStatus.FAILED, OutcomeStatus.PARTIAL, OutcomeStatus.SKIPPED)
_SEARCHABLE = (OutcomeStatus.INDEXED, OutcomeStatus.UPDATED, OutcomeStatus.UNCHANGED, OutcomeStatus.PARTIAL)
INCOMPLETE = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What became of the sources that were run, and the exit code of it all."""

    reports: tuple[RunReport, ...]
    exit_code: int

    def json(self) -> list[dict[str, object]]:
        """Return the reports as callers get them."""
        return [_report_json(report) for report in self.reports]


def ingest_all(wiring: Wiring, given: Sequence[Given], *, allow_mass_delete: bool, quiet: bool) -> Done:
    """Run the sources one after the other and remember how they were given; ``quiet`` prints no summary."""
    sources = [(each, wiring.source(each)) for each in given]
    with stopping() as stop, wiring.ingestion() as ingestion:
        reports = []
        for each, source in sources:
            if stop.event.is_set():
                break
            reports.append(_run(ingestion, source, stop=stop, quiet=quiet, allow_mass_delete=allow_mass_delete))
            remember(wiring.database, source.name, each)
        if not stop.event.is_set():
            _calibrate(wiring, stop=stop)
            if stop.event.is_set():
                say("Stopped while calibrating; all that was taken in stays. `tenkyo calibrate` makes up for it.")
                return Done(reports=tuple(reports), exit_code=stop.exit_code)
        return _done(reports, wanted=len(sources), stop=stop)


def retry_all(wiring: Wiring, given: Sequence[Given], *, quiet: bool) -> Done:
    """Try the failed documents of the sources again, and nothing else."""
    sources = [wiring.source(each) for each in given]
    with stopping() as stop, wiring.ingestion() as ingestion:
        reports = []
        for source in sources:
            if stop.event.is_set():
                break
            reports.append(_run(ingestion, source, stop=stop, quiet=quiet, only_failed=True))
        return _done(reports, wanted=len(sources), stop=stop)


def _calibrate(wiring: Wiring, *, stop: Stop) -> None:
    """Calibrate the index when much of it changed; what is indexed stays indexed whatever comes of that."""
    from datetime import datetime

    from app.calibration.calibrating import calibrate, calibration_in, due
    from app.cli.questions import question_set
    from retrieval.answers.evidence import Origin

    settings = wiring.settings.evidence
    try:
        if not settings.auto or not due(wiring.store()):
            return
        kept = calibration_in(wiring.store())
        if kept is not None and kept.origin is Origin.QUESTIONS and settings.questions is None:
            say("! Much has changed since the index was calibrated by questions: run `tenkyo calibrate QUESTIONS`.")
            return
        questions = question_set(settings.questions) if settings.questions else ()
        day = datetime.now().astimezone().date()
        calibrate(wiring, questions, day=day, error_rate=settings.error_rate, stop=stop, steps=steps)
    except TenkyoError as error:
        say(f"! Not calibrated: {error} Run `tenkyo calibrate`.", style="yellow")


def _run(
    ingestion: Ingestion,
    source: Source,
    *,
    stop: Stop,
    quiet: bool,
    allow_mass_delete: bool = False,
    only_failed: bool = False,
) -> RunReport:
    with bar() as progress:
        shown = _Shown(progress, source.name)
        report = ingestion.run(
            source,
            stop=stop.event,
            allow_mass_delete=allow_mass_delete,
            only_failed=only_failed,
            on_event=shown.tell,
        )
    for warning in report.warnings:
        say(f"! {source.name}: {warning}", style="yellow")
    if not quiet:
        _print(report)
    return report


class _Shown:
    """The progress bar of one run."""

    def __init__(self, progress: Progress, name: str) -> None:
        self._progress = progress
        self._task: TaskID = progress.add_task(name, total=None)

    def tell(self, event: Event) -> None:
        """Move the bar."""
        if isinstance(event, PlanReady):
            self._progress.update(self._task, total=len(event.plan.steps))
        elif isinstance(event, DocumentDone):
            self._progress.advance(self._task)


def _done(reports: list[RunReport], *, wanted: int, stop: Stop) -> Done:
    cut = len(reports) < wanted or any(report.run.state is RunState.INTERRUPTED for report in reports)
    if cut and stop.event.is_set():
        return Done(reports=tuple(reports), exit_code=stop.exit_code)
    return Done(reports=tuple(reports), exit_code=max((_code(report) for report in reports), default=0))


def _code(report: RunReport) -> int:
    """Return the run's own code; a run over documents none of which can be searched afterwards is no success."""
    kept = sum(report.counts[status] for status in _SEARCHABLE) + report.counts[OutcomeStatus.DELETED]
    return report.exit_code if kept else max(report.exit_code, INCOMPLETE)


def _print(report: RunReport) -> None:
    console = text_console()
    counts = ", ".join(f"{count} {status}" for status, count in report.counts.items() if count) or "no documents"
    console.print(
        f"{report.run.source}: {report.run.seen} seen: {counts}  (run {report.run.id[:12]},"
        f" {report.timings.total:.1f} s, {report.embedded} inputs embedded, {report.reused} known)",
        markup=False,
        soft_wrap=True,
    )
    trouble = [outcome for outcome in report.outcomes if outcome.status in _TROUBLE]
    for outcome in trouble[:_LISTED]:
        console.print(f"  {outcome_line(outcome)}", markup=False, soft_wrap=True)
    if len(trouble) > _LISTED:
        console.print(f"  and {len(trouble) - _LISTED} more: `tenkyo runs {report.run.id[:12]}`", markup=False)
    if report.run.state is RunState.INTERRUPTED:
        say(f"{report.run.source}: {report.run.detail} What was done stays; run the same command to go on.")


def _report_json(report: RunReport) -> dict[str, object]:
    return {
        **run_json(report.run),
        "embedded": report.embedded,
        "reused": report.reused,
        "tokens": report.tokens,
        "timings_s": {step: round(spent, 4) for step, spent in asdict(report.timings).items()},
        "warnings": list(report.warnings),
        "outcomes": [outcome_json(outcome) for outcome in report.outcomes],
    }
