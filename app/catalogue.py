"""What the store holds, gathered for people and programs: totals, documents with their last outcome, runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from retrieval.access import OPERATOR, filter_for
from retrieval.errors import UserError
from retrieval.ids import document_id
from retrieval.ports import Store, StoredDocument
from retrieval.values import (
    Filter,
    GenerationSpec,
    GenerationState,
    KnownDocument,
    Outcome,
    OutcomeStatus,
    Run,
)

__all__ = ["Entry", "Overview", "current_generation", "entries", "entry_json", "find_run", "outcome_json", "overview"]
__all__ += ["run_json"]

_PAGE = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """The totals of a store; ``failures`` counts documents whose last outcome is a failure."""

    generation: GenerationSpec | None
    documents: int
    chunks: int
    sources: Mapping[str, str]
    last_run: Run | None
    failures: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A document of the catalogue: what is known of it, and what is indexed of it, if anything is."""

    source: str
    known: KnownDocument
    stored: StoredDocument | None


def current_generation(store: Store) -> GenerationSpec | None:
    """Return the generation that is searched, None before the first run."""
    return next((spec for spec in store.generations() if spec.state is GenerationState.CURRENT), None)


def overview(store: Store) -> Overview:
    """Return the totals of a store."""
    generation = current_generation(store)
    stored = list(_stored(store)) if generation else []
    failed = OutcomeStatus.FAILED
    return Overview(
        generation=generation,
        documents=len(stored),
        chunks=sum(document.chunks for document in stored),
        sources=store.sources(),
        last_run=next(iter(store.runs(limit=1)), None),
        failures=sum(entry.known.status is failed for entry in entries(store, outcome=failed)) if generation else 0,
    )


def entries(store: Store, *, source: str | None = None, outcome: OutcomeStatus | None = None) -> list[Entry]:
    """Return all documents ever seen of the sources, by source and key, those of one source or outcome if given.

    Raises `UserError` for an unknown source.
    """
    sources = store.sources()
    if source is not None and source not in sources:
        raise UserError(f"There is no source {source!r}; known are {', '.join(sorted(sources)) or 'none'}.")
    generation = current_generation(store)
    if generation is None:
        return []
    stored = {document.document.id: document for document in _stored(store)}
    return [
        Entry(source=name, known=known, stored=stored.get(known.id))
        for name in sorted(sources)
        if source in {None, name}
        for _, known in sorted(store.known(name, generation=generation.name).items())
        if outcome in {None, known.status}
    ]


def _stored(store: Store) -> Iterator[StoredDocument]:
    everything: Filter = filter_for(OPERATOR)
    with store.view() as view:
        after = ""
        while page := view.documents(where=everything, after=after, limit=_PAGE):
            yield from page
            after = page[-1].document.id


def find_run(store: Store, written: str) -> Run:
    """Return the run of an id or of its unmistakable beginning. Raises `UserError`."""
    fitting = [run for run in store.runs(limit=_PAGE) if run.id.startswith(written)]
    exact = [run for run in fitting if run.id == written]
    if len(exact or fitting) == 1:
        return (exact or fitting)[0]
    raise UserError(
        f"{'No run' if not fitting else 'More than one run'} begins with {written!r}; `tenkyo runs` lists them."
    )


def entry_json(entry: Entry) -> dict[str, object]:
    """Return an entry of the catalogue as callers get it."""
    known, stored = entry.known, entry.stored
    attributes = known.attributes
    return {
        "document_id": document_id(source=entry.source, key=known.key),
        "source": entry.source,
        "record_id": known.key,
        "title": known.title,
        "uri": stored.document.uri if stored else None,
        "media_type": stored.document.media_type if stored else None,
        "language": stored.document.language if stored else None,
        "version": known.version or None,
        "indexed": stored is not None,
        "chunks": stored.chunks if stored else 0,
        "superseded": stored.superseded if stored else False,
        "missing": list(stored.document.missing) if stored else [],
        "outcome": known.status.value,
        "reason": known.reason,
        "attempts": known.attempts,
        "labels": {"allow": sorted(attributes.labels.allow), "deny": sorted(attributes.labels.deny)},
        "effective_from": attributes.effective_from.isoformat() if attributes.effective_from else None,
        "superseded_by": attributes.superseded_by,
        "review_by": attributes.review_by.isoformat() if attributes.review_by else None,
    }


def run_json(run: Run) -> dict[str, object]:
    """Return a run as callers get it."""
    return {
        "id": run.id,
        "source": run.source,
        "generation": run.generation,
        "state": run.state.value,
        "started_at": run.started_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "seen": run.seen,
        "counts": dict(run.counts),
        "detail": run.detail,
    }


def outcome_json(outcome: Outcome) -> dict[str, object]:
    """Return an outcome as callers get it."""
    return {
        "document_id": outcome.document_id,
        "record_id": outcome.key,
        "status": outcome.status.value,
        "reason": outcome.reason,
        "detail": outcome.detail,
        "stage": outcome.stage,
        "retryable": outcome.retryable,
        "missing": list(outcome.missing),
        "chunks": outcome.chunks,
        "embedded": outcome.embedded,
        "tokens": outcome.tokens,
    }
