"""A dry run as seen on the command line: what would be done, in counts, chunks, tokens and cost."""

from __future__ import annotations

from collections.abc import Sequence

from app.catalogue import outcome_json
from app.cli.output import say, text_console
from app.cli.tables import outcome_line
from app.remembered import Given
from app.wiring import Wiring
from ingest.report import DryRun

__all__ = ["survey_all"]


def survey_all(
    wiring: Wiring, given: Sequence[Given], *, allow_mass_delete: bool, quiet: bool
) -> list[dict[str, object]]:
    """Return what a run over the sources would do, as JSON values; ``quiet`` prints none of it."""
    found = []
    with wiring.untouched() as looked_at, looked_at.ingestion() as ingestion:
        for each in given:
            source = looked_at.source(each)
            survey = ingestion.dry_run(source, allow_mass_delete=allow_mass_delete)
            found.append(_survey_json(survey))
            if not quiet:
                _print(survey)
    return found


def _print(survey: DryRun) -> None:
    for warning in survey.warnings:
        say(f"! {survey.plan.source}: {warning}", style="yellow")
    console = text_console()
    counts = ", ".join(f"{count} to {action}" for action, count in survey.plan.counts.items() if count) or "nothing"
    console.print(f"{survey.plan.source}: {counts}", markup=False, soft_wrap=True)
    new = survey.inputs - survey.known_inputs
    console.print(
        f"  {survey.documents} documents to read: {survey.chunks} chunks; {new} inputs to embed"
        f" ({survey.new_tokens} tokens), {survey.known_inputs} known; ${survey.cost:.4f}",
        markup=False,
        soft_wrap=True,
    )
    for outcome in survey.failures:
        console.print(f"  {outcome_line(outcome)}", markup=False, soft_wrap=True)


def _survey_json(survey: DryRun) -> dict[str, object]:
    return {
        "source": survey.plan.source,
        "plan": survey.plan.counts,
        "documents": survey.documents,
        "chunks": survey.chunks,
        "inputs": survey.inputs,
        "known_inputs": survey.known_inputs,
        "tokens": survey.tokens,
        "new_tokens": survey.new_tokens,
        "estimated_tokens": survey.estimated_tokens,
        "cost": survey.cost,
        "failures": [outcome_json(outcome) for outcome in survey.failures],
        "warnings": list(survey.warnings),
    }
