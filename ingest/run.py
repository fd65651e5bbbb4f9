"""Ingestion: what would be done, and doing it, so that a run loses nothing and hides nothing.

One run takes the lease, compares what the source lists with what the store knows (`ingest.plan`), carries the plan
out (`ingest.course`), removes what nobody can reach and notes how it ended. Killed at any moment, it leaves every
document in its old or its new version, and running again goes on where it stopped.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

import structlog

from ingest.course import Course
from ingest.dry_run import measure_plan
from ingest.generation import current_generation, open_generation, spec_for
from ingest.holding import HeldLease, holder_here
from ingest.plan import Guard, Plan, make_plan
from ingest.process import DEFAULT_MAX_BYTES, Desk, TextReader, reading_fingerprints
from ingest.report import DryRun, Event, OnEvent, PlanReady, RunReport
from retrieval.errors import ServiceError, UserError
from retrieval.ports import Clock, Embedder, Originals, Source, Store
from retrieval.stores.originals import FolderOriginals
from retrieval.values import Outcome, OutcomeStatus, Run, RunState

__all__ = ["Ingestion"]

_RUNS_LOOKED_AT = 50

log = structlog.get_logger(__name__)


class Ingestion:
    """Takes sources into a store.

    ``reader`` reads files (`ingest.isolation.IsolatedReader`), ``new_id`` gives ids of runs. ``holder`` names this
    process to whoever finds the lease taken (default: host and process id). ``max_bytes`` bounds one document; a
    larger one is skipped.
    """

    def __init__(
        self,
        *,
        store: Store,
        originals: Originals,
        embedder: Embedder,
        reader: TextReader,
        clock: Clock,
        new_id: Callable[[], str],
        holder: str | None = None,
        timer: Callable[[], float] = time.perf_counter,
        max_bytes: int = DEFAULT_MAX_BYTES,
        guard: Guard | None = None,
    ) -> None:
        self._store, self._originals, self._embedder, self._reader = store, originals, embedder, reader
        self._clock, self._new_id, self._timer = clock, new_id, timer
        self._holder = holder or holder_here()
        self._max_bytes = max_bytes
        self._guard = guard or Guard()

    def plan(
        self,
        source: Source,
        *,
        allow_mass_delete: bool = False,
        only_failed: bool = False,
        verify_content: bool = False,
    ) -> Plan:
        """Return what a run would do, reading no document. The parameters are those of `run`.

        Raises `GenerationMismatch`, `MassDeleteRefused` and what listing the source raises.
        """
        known_root = self._store.sources().get(source.name, source.root)
        if known_root != source.root:
            raise UserError(
                f"Source {source.name!r} is known at {known_root!r}, not at {source.root!r}: give this one another"
                " name with --source."
            )
        generation = current_generation(self._store, spec_for(self._embedder.spec))
        return make_plan(
            source.list(),
            self._store.known(source.name, generation=generation.name) if generation else {},
            source=source.name,
            fingerprints=reading_fingerprints(),
            guard=replace(self._guard, off=self._guard.off or allow_mass_delete),
            only_failed=only_failed,
            verify_content=verify_content,
        )

    def dry_run(
        self,
        source: Source,
        *,
        allow_mass_delete: bool = False,
        only_failed: bool = False,
        verify_content: bool = False,
        price_per_1k_tokens: float = 0.0,
    ) -> DryRun:
        """Return what a run would do and cost, having read and cut the documents; nothing is changed or kept.

        ``price_per_1k_tokens`` is the embedder's in US dollars. Raises what `plan` raises.
        """
        plan = self.plan(
            source, allow_mass_delete=allow_mass_delete, only_failed=only_failed, verify_content=verify_content
        )
        return measure_plan(
            plan,
            desk=self._desk(source),
            vectors=self._store.vectors,
            originals_in=FolderOriginals,
            price_per_1k_tokens=price_per_1k_tokens,
            warnings=warnings_of(plan),
        )

    def run(
        self,
        source: Source,
        *,
        stop: threading.Event | None = None,
        allow_mass_delete: bool = False,
        only_failed: bool = False,
        verify_content: bool = False,
        on_event: OnEvent | None = None,
    ) -> RunReport:
        """Take in what is new or changed of a source, and remove what is gone from a complete listing of it.

        ``stop`` ends the run soon and cleanly: documents not reached have no outcome, nothing is half done.
        ``allow_mass_delete`` turns the guard against a shrunken listing off. ``only_failed`` keeps to documents
        whose last outcome was a failure. ``verify_content`` reads and hashes every document, where else an equal
        etag (size, times and inode of a file) is trusted to mean equal bytes.

        Raises `LeaseHeld` while another run is at work, `GenerationMismatch`, `MassDeleteRefused`, and
        `ServiceError` when the run could not go on; what it did until then is noted and stays.
        """
        started = self._timer()
        with HeldLease(self._store, self._holder, timer=self._timer) as lease:
            plan = self.plan(
                source,
                allow_mass_delete=allow_mass_delete,
                only_failed=only_failed,
                verify_content=verify_content,
            )
            self._store.register_source(source.name, source.root, fence=lease.fence)
            generation = open_generation(self._store, spec_for(self._embedder.spec), fence=lease.fence)
            self._close_killed_runs()
            run = Run(id=self._new_id(), source=source.name, generation=generation.name, started_at=self._clock())
            course = Course(
                desk=self._desk(source),
                store=self._store,
                generation=generation.name,
                run_id=run.id,
                lease=lease,
                stop=stop or threading.Event(),
                tell=on_event or _silent,
            )
            self._store.start_run(run)
            log.info("run.started", run_id=run.id, source=source.name, **plan.counts)
            run = self._followed(course, plan, run)
            course.timings.total = self._timer() - started
        return RunReport(
            run=run,
            outcomes=tuple(sorted(course.outcomes, key=lambda outcome: outcome.key)),
            timings=course.timings,
            embedded=course.embedded,
            reused=course.reused,
            tokens=course.tokens,
            warnings=warnings_of(plan),
        )

    def _desk(self, source: Source) -> Desk:
        return Desk(
            source=source,
            originals=self._originals,
            reader=self._reader,
            embedder=self._embedder,
            max_bytes=self._max_bytes,
            timer=self._timer,
        )

    def _followed(self, course: Course, plan: Plan, run: Run) -> Run:
        """Follow the plan and note how that ended, whatever happens."""
        state, detail = RunState.FAILED, "The run could not go on."
        try:
            course.tell(PlanReady(plan=plan))
            course.follow(plan)
            course.flush()
            state, detail = RunState.FINISHED, " ".join(plan.problems)
            if course.stop.is_set() and len(course.outcomes) < len(plan.steps):
                left = len(plan.steps) - len(course.outcomes)
                state, detail = RunState.INTERRUPTED, f"Stopped with {left} documents not reached."
            else:
                self._sweep(course)
        except KeyboardInterrupt:
            state, detail = RunState.INTERRUPTED, "Interrupted."
            raise
        except ServiceError as exc:
            detail = str(exc)
            raise
        finally:
            run = _ended(run, course.outcomes, state=state, at=self._clock(), detail=detail)
            with contextlib.suppress(ServiceError) if state is RunState.FAILED else contextlib.nullcontext():
                course.flush()
                self._store.finish_run(run)
            log.info("run.ended", run_id=run.id, state=state.value, seen=run.seen)
        return run

    def _sweep(self, course: Course) -> None:
        """Remove what no one can reach: in the store, and originals of no version that is kept."""
        self._store.sweep(generation=course.generation, fence=course.lease.fence, now=self._clock())
        course.lease.confirm()  # sweeping a large store takes long, and originals know no fence
        kept = self._store.kept_versions()
        for version in self._originals.versions():
            if version not in kept:
                course.lease.keep()
                self._originals.delete(version)
        self._originals.tidy()

    def _close_killed_runs(self) -> None:
        """Mark runs that a killed process left running; whoever holds the lease knows that none is."""
        for left in self._store.runs(limit=_RUNS_LOOKED_AT):
            if left.state is RunState.RUNNING:
                outcomes = self._store.outcomes(left.id)
                detail = "The process ended before the run did."
                self._store.finish_run(_ended(left, outcomes, state=RunState.FAILED, at=self._clock(), detail=detail))


def warnings_of(plan: Plan) -> tuple[str, ...]:
    """Return what the operator should know of a plan: an incomplete listing, documents without any label."""
    found = [f"{problem} Nothing is deleted in this run." for problem in plan.problems]
    bare = sum(
        step.item is not None and step.item.problem is None and not step.item.attributes.labels.allow
        for step in plan.steps
    )
    if bare:
        found.append(
            f"{bare} of {len(plan.steps)} documents carry no label: nobody but the operator sees them."
            " Give --labels, such as --labels public for everybody."
        )
    return tuple(found)


def _ended(run: Run, outcomes: Iterable[Outcome], *, state: RunState, at: datetime, detail: str) -> Run:
    counted = Counter(outcome.status for outcome in outcomes)
    return replace(
        run,
        state=state,
        finished_at=at,
        seen=counted.total(),
        counts={status.value: counted[status] for status in OutcomeStatus},
        detail=detail,
    )


def _silent(_: Event) -> None:
    return None
