"""What a run tells: events while it goes on, a report at its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ingest.plan import Plan
from retrieval.values import Outcome, OutcomeStatus, Run, RunState

__all__ = ["BatchEmbedded", "DocumentDone", "DryRun", "Event", "OnEvent", "PlanReady", "RunReport", "Timings"]

EXIT_FINE, EXIT_INCOMPLETE, EXIT_INTERRUPTED = 0, 3, 130


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanReady:
    """The plan is made; ``plan.steps`` is what the run will go through."""

    plan: Plan


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchEmbedded:
    """A batch of inputs, chunks or statements, has vectors: ``embedded`` were computed, the rest were known."""

    inputs: int
    embedded: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentDone:
    """One document has its outcome."""

    outcome: Outcome


Event = PlanReady | BatchEmbedded | DocumentDone
OnEvent = Callable[[Event], None]


@dataclass(kw_only=True, slots=True)
class Timings:
    """Seconds spent: ``open``, ``read`` and ``chunk`` in the thread that reads ahead, the others beside it."""

    open: float = 0.0
    read: float = 0.0
    chunk: float = 0.0
    embed: float = 0.0
    store: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class RunReport:
    """How a run ended. ``run.counts`` names every status and sums to ``run.seen``; ``outcomes`` are by key.

    ``embedded`` counts the inputs, chunks and statements together, that were computed, ``reused`` those whose vectors
    were known, ``tokens`` those of the computed ones by the embedder's own count.
    """

    run: Run
    outcomes: tuple[Outcome, ...]
    timings: Timings
    embedded: int = 0
    reused: int = 0
    tokens: int = 0
    warnings: tuple[str, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many documents had each outcome."""
        return self.run.counts

    @property
    def exit_code(self) -> int:
        """0 when all is well, 130 when interrupted, else 3: a document failed, is partial or could not be listed.

        3 also when every single document was left out: a run that took in nothing it was asked to is no success.
        """
        if self.run.state is RunState.INTERRUPTED:
            return EXIT_INTERRUPTED
        short = self.counts[OutcomeStatus.FAILED] + self.counts[OutcomeStatus.PARTIAL]
        nothing = self.run.seen > 0 and self.counts[OutcomeStatus.SKIPPED] == self.run.seen
        return EXIT_INCOMPLETE if short or nothing or self.run.detail else EXIT_FINE


@dataclass(frozen=True, kw_only=True, slots=True)
class DryRun:
    """What a run would do. ``chunks`` and both token counts are of all documents to be read.

    ``known_inputs`` of the ``inputs``, chunks and statements together, have vectors already; ``new_tokens`` are the
    embedder's tokens of the others, ``estimated_tokens`` those by tiktoken of all. ``cost`` is in US dollars.
    ``failures`` are the outcomes of documents that could not be read.
    """

    plan: Plan
    documents: int = 0
    chunks: int = 0
    inputs: int = 0
    known_inputs: int = 0
    tokens: int = 0
    new_tokens: int = 0
    estimated_tokens: int = 0
    cost: float = 0.0
    failures: tuple[Outcome, ...] = ()
    warnings: tuple[str, ...] = field(default=())
