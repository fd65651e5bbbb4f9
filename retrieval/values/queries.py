"""What asking needs: who asks, what is admitted, what is found. Frozen, standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from retrieval.values.documents import ChunkKind, MetadataValue

__all__ = [
    "Alternative",
    "Condition",
    "Filter",
    "Hit",
    "Lane",
    "LaneScore",
    "LexicalQuery",
    "Operator",
    "Passage",
    "Principal",
    "Relation",
    "Term",
    "TermGroup",
    "Understood",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Principal:
    """Who asks. ``operator`` sees everything and exists on the local command line only."""

    name: str
    labels: frozenset[str]
    operator: bool = False


class Operator(StrEnum):
    """How a condition compares a metadata field with its values. A list field matches by any of its members."""

    EQUALS = "equals"
    NOT_EQUALS = "not_equals"
    IN = "in"
    NOT_IN = "not_in"
    LESS = "less"
    LESS_OR_EQUAL = "less_or_equal"
    GREATER = "greater"
    GREATER_OR_EQUAL = "greater_or_equal"


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """One condition on a metadata field. ``values`` has one member unless the operator is IN or NOT_IN.

    A document without the field fails every condition on it but NOT_EQUALS and NOT_IN.
    """

    field: str
    operator: Operator
    values: tuple[str | int | float | bool, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """What a store call may see. Made in `retrieval.access` only, from a verified principal.

    A document is admitted when it allows one of ``labels`` and denies none (``operator`` admits all), fulfils
    every condition, and holds on the day ``as_of``: effective by then and not yet superseded (None: any day).
    ``languages`` narrows to chunks in these languages, ``documents`` to those of these ids; those ``excluded`` are not
    admitted whoever asks.
    """

    labels: frozenset[str]
    operator: bool = False
    conditions: tuple[Condition, ...] = ()
    as_of: date | None = None
    languages: frozenset[str] | None = None
    documents: frozenset[str] | None = None
    excluded: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Alternative:
    """Another wording of a part of a question: distinct tokens of the lexical index, all of which say it.

    ``weight`` in (0, 1] is how much of the part a chunk earns that holds this wording as well as a chunk can.
    """

    tokens: tuple[str, ...]
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not self.tokens or not 0.0 < self.weight <= 1.0:
            raise ValueError(f"an alternative has tokens and a weight in (0, 1], not {self!r}")


@dataclass(frozen=True, kw_only=True, slots=True)
class TermGroup:
    """A part of a question: the distinct ``tokens`` it was asked in, and other wordings of the same.

    With ``I`` the sum of ``idf * (k1 + 1)`` over those of ``tokens`` that any chunk has, a chunk's score is the
    greatest of: the BM25 of ``tokens``; and for each alternative ``weight * I * BM25 / its own ideal``, the latter over
    all of its tokens, known or not. So no wording scores over ``I``, and a wording of which half is nowhere earns half.
    Where none of ``tokens`` is known (or there are none, as in a translation), ``I`` is the greatest among the
    alternatives of ``weight`` times the ideal of their known tokens.

    ``weight`` > 0 multiplies what the group scores, its part in the ideal, and the idf of its terms.
    """

    tokens: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not self.weight > 0.0:
            raise ValueError(f"a group of terms has a weight over 0, not {self!r}")


@dataclass(frozen=True, kw_only=True, slots=True)
class LexicalQuery:
    """What the lexical lane looks for: the score of a chunk is the sum over the groups, and so is the ideal.

    A search engine without groups takes a disjunction (the best of several queries, each with a boost) for each.
    """

    groups: tuple[TermGroup, ...] = ()

    @property
    def tokens(self) -> tuple[str, ...]:
        """All tokens, each once, in order."""
        wordings = (
            wording for group in self.groups for wording in (group.tokens, *(a.tokens for a in group.alternatives))
        )
        return tuple(dict.fromkeys(token for wording in wordings for token in wording))


class Relation(StrEnum):
    """How a question stands to what the same user asked before it."""

    ALONE = "alone"
    FOLLOW_UP = "follow_up"
    NEW_TOPIC = "new_topic"


@dataclass(frozen=True, kw_only=True, slots=True)
class Understood:
    """What a question was understood as.

    ``turns`` are the earlier questions that it follows up, oldest first: none for one that stands alone or turns to a
    new topic. ``text`` is these and the question on one line.
    """

    text: str
    relation: Relation = Relation.ALONE
    turns: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """One chunk in a lane; ``score`` is the lane's own: raw cosine in [-1, 1], or BM25 >= 0."""

    chunk_id: str
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Lane:
    """The hits of one lane, best first, ties by chunk id.

    ``ideal`` is the question's ideal lexical score, the sum over its groups (`TermGroup`); 0 for the dense lane and
    for a question without terms in the index.
    """

    name: str
    hits: tuple[Hit, ...]
    ideal: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """A term of a question with its inverse document frequency in a generation; ``known`` if any chunk has it.

    ``alternatives`` are other wordings of the part of the question that the term belongs to. A part without tokens
    of its own is one term: ``text`` is its best known wording, the tokens joined by spaces, and ``idf`` their mean.
    """

    text: str
    idf: float
    known: bool
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class LaneScore:
    """Where a lane placed a passage: ``rank`` from 1 (None: not found by this lane) and its true score there."""

    rank: int | None
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """A chunk as retrieved, with what a reader needs to judge it. ``score`` orders passages of one question."""

    chunk_id: str
    document_id: str
    version: str
    extraction_id: str
    source: str
    record_id: str
    uri: str
    title: str
    ordinal: int
    start: int
    end: int
    text: str
    kind: ChunkKind
    language: str
    lexical_title: str = ""
    lexical_text: str = ""
    heading_path: tuple[str, ...] = ()
    page: int | None = None
    media_type: str = ""
    effective_from: date | None = None
    superseded: bool = False
    review_by: date | None = None
    trust: str | None = None
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)
    score: float = 0.0
    lanes: Mapping[str, LaneScore] = field(default_factory=dict)
