"""What asking gives: an answer of claims, each with citations. Frozen, standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from retrieval.values.documents import Box
from retrieval.values.queries import Understood

__all__ = [
    "Answer",
    "AnswerStatus",
    "AnswerWarning",
    "Choice",
    "Citation",
    "Claim",
    "ClosestDocument",
    "NotFound",
    "Usage",
    "Verdict",
]


class AnswerStatus(StrEnum):
    """What became of a question."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    PASSAGES_ONLY = "passages_only"
    NEEDS_DETAIL = "needs_detail"
    NOT_FOUND = "not_found"


class Verdict(StrEnum):
    """How far a claim was checked against the stored text."""

    VERIFIED = "verified"
    QUOTED = "quoted"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, kw_only=True, slots=True)
class Citation:
    """A place in a version that supports a claim: ``extraction.text[start:end] == quote``, always.

    ``id`` is ``document_id@extraction_id:start-end``; ``n`` counts from 1 within the answer; ``boxes`` are
    rectangles on the page where the format has pages.
    """

    id: str
    n: int
    document_id: str
    version: str
    extraction_id: str
    chunk_id: str
    title: str
    uri: str
    start: int
    end: int
    quote: str
    page: int | None = None
    heading_path: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
    viewer_url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """One statement of an answer: ``answer[start:end] == text``.

    ``citation_ids`` are the places that it quotes, line by line the words themselves first, then a table's header
    rows. ``also`` are places in other documents that say the same.
    """

    text: str
    start: int
    end: int
    citation_ids: tuple[str, ...]
    verdict: Verdict
    also: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One of several things that a question may mean: documents whose ``field`` is ``value`` say what is cited.

    Naming the value in the question chooses it. So does a filter when the field is ``filterable``: one that documents
    declare. Others, ``model``, ``version`` and ``date``, are read off titles and headings.
    """

    field: str
    value: str
    text: str
    citation_ids: tuple[str, ...]
    filterable: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class ClosestDocument:
    """A document near a question that was not answered."""

    document_id: str
    title: str
    uri: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NotFound:
    """Why there is no answer. ``reason`` is a stable word, ``gap_id`` the recorded gap."""

    reason: str
    closest: tuple[ClosestDocument, ...] = ()
    gap_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerWarning:
    """Something the reader of an answer should know.

    ``kind`` is conflict, stale, superseded, not_yet_effective or degraded.
    """

    kind: str
    message: str
    citation_ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """Tokens spent on one answer, by the model's own count; zero for the extractive answerer."""

    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """The whole reply to one question.

    ``answer`` is the text shown, made of ``claims`` in order. ``choices`` are what a question that needs detail may
    mean. ``cost`` is in US dollars. ``timings_ms`` names each step. ``route`` says which answerer spoke
    (``extractive``). ``generation`` is the index asked. ``understood`` is what the question was taken to mean, None
    where nobody looked.
    """

    id: str
    question: str
    status: AnswerStatus
    language: str
    answer: str
    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    choices: tuple[Choice, ...] = ()
    not_found: NotFound | None = None
    warnings: tuple[AnswerWarning, ...] = ()
    usage: Usage = field(default_factory=Usage)
    cost: float = 0.0
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    route: str = "extractive"
    generation: str = ""
    trace_id: str = ""
    understood: Understood | None = None
