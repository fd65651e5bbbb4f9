"""The store in four roles: view, writer, admin, journal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from retrieval.ports.inputs import VectorCache
from retrieval.values import (
    Answer,
    Box,
    Document,
    EmbeddedChunk,
    EmbeddedStatement,
    Extraction,
    Filter,
    Gap,
    GenerationSpec,
    KnownDocument,
    Labels,
    Lane,
    Lease,
    LexicalQuery,
    Outcome,
    OutcomeStatus,
    Passage,
    Run,
    Staged,
    Term,
    Vector,
)

__all__ = ["Admin", "Journal", "Slice", "Store", "StoredDocument", "View", "Writer"]


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredDocument:
    """A document as the store has it, with its number of chunks and when it became current."""

    document: Document
    chunks: int
    superseded: bool
    committed_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Slice:
    """A piece of a stored extraction around a place. ``text`` is ``extraction.text[start:end]``."""

    document: Document
    extraction_id: str
    start: int
    end: int
    text: str
    length: int
    page: int | None
    heading_path: tuple[str, ...]
    current: bool


class View(Protocol):
    """A consistent sight of one generation: every call sees the same versions. Closed with its context.

    Unknown and forbidden are the same: an absent entry, or `NotVisible`.
    """

    generation: GenerationSpec

    @property
    def calibration(self) -> str | None:
        """What `Admin.set_calibration` kept for the generation, None before."""
        ...

    def dense(self, vector: Vector, *, k: int, where: Filter) -> Lane:
        """Return the ``k`` chunks of highest raw cosine among the admitted ones (exact), fewer if there are fewer."""
        ...

    def lexical(self, query: LexicalQuery, *, k: int, where: Filter) -> Lane:
        """Return the ``k`` chunks of highest BM25 (k1 1.2, b 0.75) among the admitted ones, and the ideal score.

        How groups of wordings score is said at `TermGroup`; no score is over the ideal.
        """
        ...

    def dense_scores(self, vector: Vector, chunk_ids: Sequence[str], *, where: Filter) -> dict[str, float]:
        """Return the raw cosine of the admitted ones among the given chunks."""
        ...

    def lexical_scores(self, query: LexicalQuery, chunk_ids: Sequence[str], *, where: Filter) -> dict[str, float]:
        """Return the BM25 score of the admitted ones among the given chunks, 0.0 where no term matches."""
        ...

    def terms(self, query: LexicalQuery) -> tuple[Term, ...]:
        """Return the terms of a question with their idf: one for each token it was asked in, in order."""
        ...

    def passages(self, chunk_ids: Sequence[str], *, where: Filter) -> dict[str, Passage]:
        """Return the admitted ones among the given chunks, without scores."""
        ...

    def statements(self, chunk_ids: Sequence[str], *, where: Filter) -> dict[str, tuple[EmbeddedStatement, ...]]:
        """Return the statements of the admitted ones among the given chunks, by place; empty where it has none."""
        ...

    def neighbours(self, chunk_id: str, *, before: int, after: int, where: Filter) -> tuple[Passage, ...]:
        """Return the chunks around one, in text order, itself left out; empty if it is not admitted."""
        ...

    def document(self, document_id: str, *, where: Filter) -> StoredDocument:
        """Return a current document. Raises `NotVisible`."""
        ...

    def documents(self, *, where: Filter, after: str = "", limit: int = 100) -> tuple[StoredDocument, ...]:
        """Return admitted documents ordered by source and key, those after the given document id."""
        ...

    def extraction_slice(self, document_id: str, extraction_id: str, start: int, end: int, *, where: Filter) -> Slice:
        """Return text of a current or kept superseded extraction; bounds are clipped. Raises `NotVisible`."""
        ...

    def boxes(self, document_id: str, extraction_id: str, start: int, end: int, *, where: Filter) -> tuple[Box, ...]:
        """Return the boxes of a place, one per line and page, empty where the format has none."""
        ...

    def fields(self, *, where: Filter) -> frozenset[str]:
        """Return the names of the metadata fields that any admitted document declares."""
        ...


class Writer(Protocol):
    """Changes the index. Raises `Fenced` when ``fence`` is not the newest lease's."""

    def stage(
        self,
        document: Document,
        extraction: Extraction,
        chunks: Sequence[EmbeddedChunk],
        *,
        generation: str,
        fence: int,
    ) -> Staged:
        """Write a complete version that no reader sees yet. Staging the same version again replaces it."""
        ...

    def commit(self, staged: Staged, *, generation: str, fence: int) -> None:
        """Make a staged version current in one atomic write, in place of the one before. Twice is harmless."""
        ...

    def delete(self, document_ids: Sequence[str], *, generation: str, fence: int) -> int:
        """Remove documents from every path, kept extractions and saved answers included; return how many."""
        ...

    def set_access(self, document_id: str, labels: Labels, *, generation: str, fence: int) -> None:
        """Change who may read a document, in force for the next view. No embedding, no chunk is rewritten."""
        ...

    def set_document(self, document: Document, *, generation: str, fence: int) -> None:
        """Change attributes and etag of a committed document whose version and chunks stay the same."""
        ...

    def sweep(self, *, generation: str, fence: int, now: datetime) -> None:
        """Remove what no one can reach: stale stagings, unreferenced vectors, extractions past their retention."""
        ...


class Admin(Protocol):
    """Leases, generations, sources, and the whole as text."""

    def lease(self, holder: str, *, seconds: float) -> Lease:
        """Take the right to write for so long. Raises `LeaseHeld` while another holder's has not run out."""
        ...

    def renew(self, lease: Lease, *, seconds: float) -> Lease:
        """Prolong a lease under the same fence. Raises `Fenced` when a newer one was given."""
        ...

    def release(self, lease: Lease) -> None:
        """Give the right to write back; harmless when it is lost already."""
        ...

    def create_generation(self, spec: GenerationSpec, *, fence: int) -> None:
        """Begin a generation, empty and not current. The same spec again is harmless, another is refused."""
        ...

    def promote(self, name: str, *, fence: int) -> None:
        """Make a generation the one that views open by default, in one atomic write."""
        ...

    def drop(self, name: str, *, fence: int) -> None:
        """Remove a generation that is not current, with all that only it used."""
        ...

    def set_calibration(self, name: str, calibration: str, *, fence: int) -> None:
        """Keep the evidence rule of a generation, as the text of `retrieval.calibration`, in place of the one before.

        It goes with the generation. No part of the dump: it follows from the documents and the questions at hand.
        """
        ...

    def generations(self) -> tuple[GenerationSpec, ...]:
        """Return all generations, the current one first, the rest by name."""
        ...

    def register_source(self, name: str, root: str, *, fence: int) -> None:
        """Note where a source lives. Raises `UserError` when the name is taken by another root."""
        ...

    def sources(self) -> dict[str, str]:
        """Return the roots of the known sources, by name."""
        ...

    def known(self, source: str, *, generation: str) -> dict[str, KnownDocument]:
        """Return what is known of every document of a source, by key."""
        ...

    def kept_versions(self) -> frozenset[str]:
        """Return the versions of all documents, staged, current or kept superseded, in all generations."""
        ...

    def dump(self, *, generation: str | None = None) -> Iterator[str]:
        """Yield the canonical form, one JSON object a line: everything but wall-clock times, journal and runs."""
        ...

    def check(self) -> tuple[str, ...]:
        """Return sentences about damage found, empty when the store is sound."""
        ...


class Journal(Protocol):
    """What running and asking leave behind. Any process may append; none needs a fence."""

    def start_run(self, run: Run) -> None:
        """Note a run that begins."""
        ...

    def record(self, run_id: str, outcomes: Iterable[Outcome]) -> None:
        """Note outcomes of a run; the last one of a document in a run counts."""
        ...

    def finish_run(self, run: Run) -> None:
        """Note how a run ended."""
        ...

    def runs(self, *, limit: int = 20, source: str | None = None) -> tuple[Run, ...]:
        """Return runs, the newest first."""
        ...

    def outcomes(self, run_id: str, *, statuses: Iterable[OutcomeStatus] | None = None) -> tuple[Outcome, ...]:
        """Return the outcomes of a run by key, all or those of some statuses."""
        ...

    def record_answer(self, answer: Answer, *, principal: str, at: datetime) -> None:
        """Keep an answer so that it can be replayed; it goes when a document it cites is deleted.

        One that cites or names what has been deleted meanwhile is not kept.
        """
        ...

    def answer(self, answer_id: str) -> Answer | None:
        """Return a kept answer."""
        ...

    def record_gap(self, question: str, *, language: str, reason: str, at: datetime) -> str:
        """Count a question that was not answered, equal ones (folded) together; return the gap's id."""
        ...

    def gaps(self, *, limit: int = 50) -> tuple[Gap, ...]:
        """Return gaps, the most asked first, then the latest."""
        ...


class Store(Writer, Admin, Journal, Protocol):
    """All roles of one store. ``vectors`` is its cache of vectors by embedding key."""

    vectors: VectorCache

    def view(self, *, generation: str | None = None) -> AbstractContextManager[View]:
        """Open a consistent sight of the current generation or the named one. Raises `UserError` if there is none."""
        ...

    def close(self) -> None:
        """Release files and connections. A closed store is not used again."""
        ...
