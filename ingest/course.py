"""A run on its way: the steps of a plan carried out, each document with an outcome of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import structlog

from ingest.ahead import Ahead
from ingest.embedding import EmbeddedDocument, embed_documents
from ingest.holding import HeldLease
from ingest.outcomes import attempt, outcome_of
from ingest.plan import Action, Plan, Step
from ingest.process import Desk, Prepared, Trace
from ingest.report import BatchEmbedded, DocumentDone, Event, Timings
from retrieval.access import OPERATOR, filter_for
from retrieval.errors import Stage
from retrieval.ports import Store
from retrieval.values import Labels, Outcome, OutcomeStatus

__all__ = ["Course"]

_GROUP_INPUTS = 64
_GROUP_BYTES = 32 * 1024 * 1024
_AHEAD_BYTES = 64 * 1024 * 1024
_FLUSH = 256
_DELETE_AT_ONCE = 100

log = structlog.get_logger(__name__)


@dataclass(kw_only=True)
class Course:
    """Carries out a plan under a held lease and collects what became of each document.

    Documents are read ahead in one thread and embedded in groups of at least 64 inputs where that many are there;
    each is staged and committed by itself. Raises `ServiceError` when the run cannot go on.
    """

    desk: Desk
    store: Store
    generation: str
    run_id: str
    lease: HeldLease
    stop: threading.Event
    tell: Callable[[Event], None]
    outcomes: list[Outcome] = field(default_factory=list)
    timings: Timings = field(default_factory=Timings)
    embedded: int = 0
    reused: int = 0
    tokens: int = 0
    _unrecorded: list[Outcome] = field(default_factory=list)

    def follow(self, plan: Plan) -> None:
        """Carry out the plan until its end, or until ``stop`` is set: then what was not reached has no outcome."""
        reading = [step for step in plan.steps if step.action in {Action.ADD, Action.REPLACE}]
        deleting = [step for step in plan.steps if step.action is Action.DELETE]
        self._withdraw(reading)
        for step in plan.steps:
            if self.stop.is_set():
                return
            if step.action in {Action.KEEP, Action.SKIP, Action.REFUSE, Action.ATTRIBUTES}:
                self.lease.keep()
                self._done(self._without_reading(step))
        self._take_in(reading)
        if self.stop.is_set():
            return
        self._delete(deleting)
        if plan.forgotten:
            self.store.delete(plan.forgotten, generation=self.generation, fence=self.lease.fence)

    def flush(self) -> None:
        """Record the outcomes that are not yet in the journal."""
        if self._unrecorded:
            self.store.record(self.run_id, self._unrecorded)
            self._unrecorded = []

    def _done(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self._unrecorded.append(outcome)
        if len(self._unrecorded) >= _FLUSH:
            self.flush()
        if outcome.status is not OutcomeStatus.UNCHANGED:
            log.info(
                "document.done",
                status=outcome.status.value,
                document_id=outcome.document_id,
                key=outcome.key,
                reason=outcome.reason,
                chunks=outcome.chunks,
                embedded=outcome.embedded,
            )
        self.tell(DocumentDone(outcome=outcome))

    def _withdraw(self, steps: Sequence[Step]) -> None:
        """Take away rights before a document is read again: they hold even if it cannot be, or the run ends early.

        Rights that are given come with the new version.
        """
        for step in steps:
            if self.stop.is_set():
                return
            if step.known is not None and step.known.committed and step.item is not None:
                old, new = step.known.attributes.labels, step.item.attributes.labels
                labels = Labels(allow=old.allow & new.allow, deny=old.deny | new.deny)
                if labels != old:
                    self.lease.keep()
                    fence = self.lease.fence
                    self.store.set_access(step.document_id, labels, generation=self.generation, fence=fence)

    def _without_reading(self, step: Step) -> Outcome:
        known, item = step.known, step.item
        if step.action is Action.ATTRIBUTES:
            return self._stored(step, partial(self._adopt, step))
        if step.action is Action.SKIP and known is not None:
            return outcome_of(step, OutcomeStatus.SKIPPED, reason=known.reason, detail="Left out before, unchanged.")
        if step.action is Action.REFUSE and item is not None:
            refused = outcome_of(step, OutcomeStatus.FAILED, reason="refused", detail=item.problem or "")
            return replace(refused, stage=Stage.OPEN.value)
        return outcome_of(step, OutcomeStatus.UNCHANGED)

    def _take_in(self, steps: Sequence[Step]) -> None:
        group: list[Prepared] = []
        with Ahead(steps, self._prepare, weigh=_weight, limit=_AHEAD_BYTES) as ahead:
            while not self.stop.is_set():
                self.lease.keep()
                taken = ahead.take(0.1 if group else 0.5)
                if taken is None and not group and ahead.exhausted:
                    return
                if taken is not None and isinstance(taken[1], Outcome):
                    self._settle(taken[0], taken[1])
                elif taken is not None and isinstance(taken[1], Prepared):
                    self._clock(taken[1])
                    if taken[1].extraction is None:
                        self._done(self._stored(taken[0], partial(self._adopt, taken[0])))
                    else:
                        group.append(taken[1])
                if group and (taken is None or _full(group)):
                    self._land(group)
                    group = []

    def _prepare(self, step: Step) -> tuple[Step, Prepared | Outcome]:
        trace = Trace()
        return step, attempt(step, trace, lambda: self.desk.prepare(step, trace))

    def _land(self, group: Sequence[Prepared]) -> None:
        """Embed a group in common; when that fails, document by document, so that one cannot spoil the others."""
        trace = Trace(stage=Stage.EMBED, version=group[0].version, reader_fingerprint=group[0].reader_fingerprint)
        embedded = attempt(group[0].step, trace, lambda: self._embed(group))
        if isinstance(embedded, Outcome):
            if len(group) == 1:
                self._settle(group[0].step, embedded)
            else:
                for one in group:
                    self._land([one])
            return
        if embedded is None:
            return
        for prepared, document in zip(group, embedded, strict=True):
            if self.stop.is_set():
                return
            self._done(self._stored(prepared.step, partial(self._commit, prepared, document)))
        self.flush()

    def _embed(self, group: Sequence[Prepared]) -> list[EmbeddedDocument] | None:
        started = self.desk.timer()
        embedded = embed_documents(self.desk.embedder, self.store.vectors, group, between=self._between)
        self.timings.embed += self.desk.timer() - started
        for one in embedded or ():
            self.embedded += one.embedded
            self.reused += one.inputs - one.embedded
            self.tokens += one.tokens
        return embedded

    def _between(self, inputs: int, embedded: int) -> bool:
        """Report a batch, hold on to the lease, and tell whether to go on."""
        self.lease.keep()
        if inputs:
            self.tell(BatchEmbedded(inputs=inputs, embedded=embedded))
        return not self.stop.is_set()

    def _commit(self, prepared: Prepared, embedded: EmbeddedDocument) -> Outcome:
        document, extraction = prepared.document, prepared.extraction
        assert document is not None, "only what was read is committed"
        assert extraction is not None, "only what was read is committed"
        fence = self.lease.fence
        staged = self.store.stage(document, extraction, embedded.chunks, generation=self.generation, fence=fence)
        self.store.commit(staged, generation=self.generation, fence=fence)
        was_there = prepared.step.known is not None and prepared.step.known.committed
        status = OutcomeStatus.UPDATED if was_there else OutcomeStatus.INDEXED
        return replace(
            outcome_of(prepared.step, OutcomeStatus.PARTIAL if document.missing else status),
            missing=document.missing,
            chunks=len(embedded.chunks),
            embedded=embedded.embedded,
            tokens=embedded.tokens,
            version=prepared.version,
            reader_fingerprint=prepared.reader_fingerprint,
        )

    def _adopt(self, step: Step) -> Outcome:
        """Take over etag and attributes of a document whose text stays."""
        item, known = step.item, step.known
        assert item is not None, "the source lists it"
        assert known is not None, "the store has it"
        if (item.etag, item.attributes) == (known.etag, known.attributes):
            return outcome_of(step, OutcomeStatus.UNCHANGED)
        with self.store.view(generation=self.generation) as view:
            document = view.document(step.document_id, where=filter_for(OPERATOR)).document
        changed = replace(document, etag=item.etag, uri=item.uri, attributes=item.attributes)
        self.store.set_document(changed, generation=self.generation, fence=self.lease.fence)
        if item.attributes == known.attributes:
            return outcome_of(step, OutcomeStatus.UNCHANGED)
        return outcome_of(step, OutcomeStatus.UPDATED, reason="attributes")

    def _settle(self, step: Step, outcome: Outcome) -> None:
        """Report a document that could not be taken in; the version before stays."""
        if step.known is not None and step.known.committed and step.item is not None:
            outcome = replace(outcome, detail=f"{outcome.detail} The version indexed before stays.")
        self._done(outcome)

    def _stored(self, step: Step, work: Callable[[], Outcome]) -> Outcome:
        started = self.desk.timer()
        outcome = attempt(step, Trace(stage=Stage.STORE), work)
        self.timings.store += self.desk.timer() - started
        return outcome

    def _delete(self, steps: Sequence[Step]) -> None:
        for at in range(0, len(steps), _DELETE_AT_ONCE):
            if self.stop.is_set():
                return
            self.lease.keep()
            some = steps[at : at + _DELETE_AT_ONCE]
            started = self.desk.timer()
            self.store.delete([s.document_id for s in some], generation=self.generation, fence=self.lease.fence)
            self.timings.store += self.desk.timer() - started
            for step in some:
                self._done(outcome_of(step, OutcomeStatus.DELETED))

    def _clock(self, prepared: Prepared) -> None:
        self.timings.open += prepared.seconds.get(Stage.OPEN, 0.0)
        self.timings.read += prepared.seconds.get(Stage.READ, 0.0)
        self.timings.chunk += prepared.seconds.get(Stage.CHUNK, 0.0)


def _weight(result: tuple[Step, Prepared | Outcome]) -> int:
    return result[1].weight if isinstance(result[1], Prepared) else 0


def _full(group: Sequence[Prepared]) -> bool:
    return sum(len(one.chunks) for one in group) >= _GROUP_INPUTS or sum(one.weight for one in group) >= _GROUP_BYTES
