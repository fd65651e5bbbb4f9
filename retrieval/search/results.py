"""What a search gives. Frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from retrieval.gloss import Glossed
from retrieval.text.wording import Expansion
from retrieval.values import LexicalQuery, Passage, Understood, Vector

__all__ = ["SearchResult", "Signals"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Signals:
    """What the lanes themselves saw, in their own absolute scores, for the evidence rule.

    ``cosines`` are the raw cosines of the dense lane's best hits, best first, ``shares`` the lexical lane's best
    BM25 scores over the question's ideal score; each is empty when its lane did not answer or found nothing.
    ``vector`` is the question's as understood, None without the dense lane.
    """

    cosines: tuple[float, ...] = ()
    shares: tuple[float, ...] = ()
    vector: Vector | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class SearchResult:
    """The passages found for a question, best first.

    ``question`` is as it was searched for, ``query`` what the lexical lane looked for, ``gloss`` the same in the other
    language (None where nothing could be found with it), ``expansions`` what both hold besides the question's words,
    ``language`` the question's own. ``generation`` names the index. ``degraded`` names the lanes that failed, when
    the ranking is that of the others, and ``rerank`` when the reranker did. ``timings_ms`` has one entry per step and
    ``total``. ``understood`` is what the question was taken to mean after earlier turns; ``query``, ``signals`` and the
    scores of passages are those of the question as understood.
    """

    question: str
    language: str
    passages: tuple[Passage, ...]
    generation: str
    query: LexicalQuery = field(default_factory=LexicalQuery)
    gloss: Glossed | None = None
    expansions: tuple[Expansion, ...] = ()
    degraded: tuple[str, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    signals: Signals = field(default_factory=Signals)
    understood: Understood | None = None
