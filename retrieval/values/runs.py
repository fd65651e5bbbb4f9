"""What ingestion leaves behind: generations, leases, runs, outcomes, gaps. Frozen, standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from retrieval.values.documents import Attributes

__all__ = [
    "Gap",
    "GenerationSpec",
    "GenerationState",
    "KnownDocument",
    "Lease",
    "Outcome",
    "OutcomeStatus",
    "Run",
    "RunState",
    "Staged",
]


class GenerationState(StrEnum):
    """Where a generation stands: exactly one is ``current`` once the first was promoted."""

    BUILDING = "building"
    CURRENT = "current"
    RETIRED = "retired"


@dataclass(frozen=True, kw_only=True, slots=True)
class GenerationSpec:
    """One build of the index. ``parts`` names what it was built with; ``fingerprint`` is their hash.

    Keys of ``parts``: ``embedder``, ``dimensions``, ``chunker``, ``extraction``, ``analyzer``. Two builds with
    equal parts can be read and written with each other's settings, others are refused.
    """

    name: str
    fingerprint: str
    parts: Mapping[str, str]
    dimensions: int
    state: GenerationState = GenerationState.BUILDING


@dataclass(frozen=True, kw_only=True, slots=True)
class Lease:
    """The right to write. ``fence`` grows with every lease given; a write with an older one is refused."""

    holder: str
    fence: int
    expires_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Staged:
    """A version that is complete and checked but not yet current."""

    id: str
    document_id: str
    generation: str
    chunks: int


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownDocument:
    """What the store knows of a document of a source, for the plan of the next run.

    ``committed`` is false for one that was only ever failed or skipped. ``status`` and ``reason`` are its last
    outcome that was not ``unchanged``; ``attempts`` counts failures in a row.
    """

    id: str
    key: str
    version: str
    etag: str
    extraction_id: str
    title: str
    attributes: Attributes
    committed: bool
    status: OutcomeStatus
    reason: str = ""
    reader_fingerprint: str = ""
    attempts: int = 0


class OutcomeStatus(StrEnum):
    """What became of one document in a run: exactly one of these."""

    INDEXED = "indexed"
    UNCHANGED = "unchanged"
    UPDATED = "updated"
    DELETED = "deleted"
    SKIPPED = "skipped"
    PARTIAL = "partial"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """The fate of one document in one run.

    ``reason`` is a stable word for skipped and failed; ``detail`` is a sentence for people; ``stage`` and
    ``retryable`` belong to failed; ``missing`` to partial. ``embedded`` counts the inputs that were paid for.
    """

    document_id: str
    key: str
    status: OutcomeStatus
    reason: str = ""
    detail: str = ""
    stage: str = ""
    retryable: bool = False
    missing: tuple[str, ...] = ()
    chunks: int = 0
    embedded: int = 0
    tokens: int = 0
    version: str = ""
    etag: str = ""
    reader_fingerprint: str = ""


class RunState(StrEnum):
    """How a run ended, or that it has not: a run found ``running`` without a lease was killed."""

    RUNNING = "running"
    FINISHED = "finished"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One ingestion of one source. ``counts`` has one entry per outcome status; they sum to ``seen``."""

    id: str
    source: str
    generation: str
    started_at: datetime
    state: RunState = RunState.RUNNING
    finished_at: datetime | None = None
    seen: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """A question that the documents did not answer; ``count`` is how often it was asked."""

    id: str
    question: str
    language: str
    reason: str
    count: int
    first_asked: datetime
    last_asked: datetime
