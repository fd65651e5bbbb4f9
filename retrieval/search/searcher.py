"""Search one generation: two lanes filtered inside the store, every candidate with its true score in both."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Literal, Protocol, get_args

from retrieval.access import without as without_documents
from retrieval.errors import GenerationMismatch, ServiceError, UserError
from retrieval.gloss import Glossed
from retrieval.ports import Embedder, Reranker, Store, View
from retrieval.search.conversation import (
    ConversationRule,
    blended_query,
    blended_vector,
    closeness,
    earlier,
    understand,
)
from retrieval.search.duplicates import distinct_within_documents
from retrieval.search.fusion import FusionRule
from retrieval.search.lanes import Lanes
from retrieval.search.pins import Pins, Ruling, put_first
from retrieval.search.question import normalised
from retrieval.search.reranking import reranked
from retrieval.search.results import SearchResult
from retrieval.search.timing import StopWatch
from retrieval.text.language import UNDETERMINED, detect
from retrieval.text.lexical import ANALYZER
from retrieval.text.wordbook import Wordbook
from retrieval.text.wording import Worded, worded
from retrieval.values import Filter, Passage, Understood, Vector

__all__ = ["Glosses", "LaneName", "Searcher"]

LaneName = Literal["fused", "dense", "lexical"]

_OTHER = {"en": "ja", "ja": "en"}  # the language that a question's words are looked up in
_DEPTH = 100  # hits taken from each lane before they are merged


class Glosses(Protocol):
    """What gives a question in another language: `retrieval.gloss.Gloss`."""

    def glossed(self, question: str, *, language: str) -> Glossed | None:
        """Return the lexical query of a question in the other language, None when none of its words is known."""
        ...


class Searcher:
    """Searches a store with the embedder that its generation was built with.

    ``timer`` gives seconds that only grow; ``rule`` says how the lanes are merged, ``conversation`` when a question is
    read together with earlier ones, ``glossary`` what else its words may be said as, ``gloss`` what they are in the
    other language, ``pins`` what is put first or never shown; ``reranker`` looks at the best of the fused passages
    once more.
    """

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        *,
        timer: Callable[[], float] = time.perf_counter,
        rule: FusionRule | None = None,
        conversation: ConversationRule | None = None,
        glossary: Wordbook | None = None,
        gloss: Glosses | None = None,
        pins: Pins | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._timer = timer
        self._rule = rule or FusionRule()
        self._conversation = conversation or ConversationRule()
        self._glossary = glossary
        self._gloss = gloss
        self._pins = pins
        self._reranker = reranker

    @property
    def rule(self) -> FusionRule:
        """How the lanes are merged."""
        return self._rule

    @property
    def conversation(self) -> ConversationRule:
        """When a question is read together with earlier ones."""
        return self._conversation

    @property
    def reranker(self) -> Reranker | None:
        """What looks at the best passages once more, if anything does."""
        return self._reranker

    @property
    def words(self) -> tuple[object, ...]:
        """What the words of a question are looked up in, and what is pinned to them, by ``repr``."""
        return self._glossary, self._gloss, self._pins

    @property
    def embedder(self) -> Embedder:
        """The embedder that questions go through."""
        return self._embedder

    def search(
        self,
        question: str,
        *,
        where: Filter,
        limit: int = 10,
        lane: LaneName = "fused",
        turns: Sequence[str] = (),
    ) -> SearchResult:
        """Return the best ``limit`` passages in a view of its own; see `search_in`."""
        with self._store.view() as view:
            return self.search_in(view, question, where=where, limit=limit, lane=lane, turns=turns)

    def search_in(
        self,
        view: View,
        question: str,
        *,
        where: Filter,
        limit: int = 10,
        lane: LaneName = "fused",
        turns: Sequence[str] = (),
    ) -> SearchResult:
        """Return the best ``limit`` admitted passages of an open view, best first, ties by chunk id.

        ``Passage.score`` is what ``lane`` ranks by: cosine + L * lexical share (and what a reranker adds), raw
        cosine, or BM25. Passages that repeat a better one of the same document are left out. When one of two lanes
        raises `ServiceError`, the other answers and the result is ``degraded``, as it is when the reranker fails; when
        no lane is left, the error is raised. Raises `UserError` for an empty question, a limit under 1 and a condition
        on a field that no admitted document declares, and `GenerationMismatch` when the index was built with another
        embedder or analyzer.

        ``turns`` are what the same user asked before, oldest first; when the question follows them up, it is blended
        with them (`retrieval.search.conversation`). The best passage of a pinned document comes before all others,
        with its true scores and its place among the pins in ``lanes["pinned"]``.
        """
        if limit < 1:
            raise UserError(f"The limit must be at least 1, not {limit}.")
        if lane not in get_args(LaneName):
            raise UserError(f"There is no lane {lane!r}: choose one of {', '.join(get_args(LaneName))}.")
        text, before = normalised(question), earlier(turns)
        _check_fields(view, where)
        self._check_generation(view)
        clock = StopWatch(timer=self._timer)
        embed = cache(self._embedder.embed_query)  # what is compared to tell a follow-up is not embedded twice
        understood = understand(text, before, related=partial(_closeness, embed, text), rule=self._conversation)
        if before:
            clock.lap("understand")
        wording, language = self._worded(text, understood), _language(text, understood)
        ruling = self._pins.ruling(text, roots=self._store.sources()) if self._pins is not None else Ruling()
        clock.lap("wording")
        search = Lanes(
            view=view,
            query=wording.query,
            language=language,
            where=without_documents(where, ruling.never) if ruling.never else where,
            depth=max(_DEPTH, limit),
            clock=clock,
        )
        if lane != "lexical":
            search.open_dense(partial(self._vector, embed, text, understood), alone=lane == "dense")
        if lane != "dense":
            search.open_lexical(alone=lane == "lexical")
        if lane == "fused" and self._gloss is not None and language in _OTHER:
            glossed = partial(self._gloss.glossed, understood.text, language=language)
            search.open_gloss(glossed, language=_OTHER[language])
        pinned = [passage for document in ruling.first for passage in search.read_best_of(document, lane=lane)]
        passages = distinct_within_documents(search.merged(self._rule) if lane == "fused" else search.single(lane))
        if lane == "fused":
            passages = self._reranked(search, text, passages)
        return SearchResult(
            question=text,
            query=search.query,
            gloss=search.gloss,
            expansions=(*wording.expansions, *(search.gloss.expansions if search.gloss else ())),
            language=search.language,
            passages=tuple(distinct_within_documents(put_first(pinned, passages))[:limit]),
            generation=view.generation.name,
            degraded=tuple(sorted(search.failed)),
            timings_ms=search.clock.steps(),
            signals=search.signals(),
            understood=understood,
        )

    def _reranked(self, search: Lanes, question: str, passages: list[Passage]) -> list[Passage]:
        """Return passages as the reranker orders them; as they are when there is none, or it fails."""
        reranker = self._reranker
        if reranker is None:
            return passages
        head = passages[: reranker.depth]
        try:
            scores = reranker.rerank(question, head, vector=search.vector, view=search.view, where=search.where)
        except ServiceError as error:
            search.lose("rerank", error, alone=False)
            scores = None
        if scores is not None:
            passages = reranked(passages, scores, weight=reranker.weight)
        search.clock.lap("rerank")
        return passages

    def _worded(self, question: str, understood: Understood) -> Worded:
        alone = worded(question, glossary=self._glossary)
        if not understood.turns:
            return alone
        whole = worded(understood.text, glossary=self._glossary)
        return Worded(
            query=blended_query(alone.query, whole.query, weight=self._conversation.weight),
            expansions=tuple(dict.fromkeys((*alone.expansions, *whole.expansions))),
        )

    def _vector(self, embed: Callable[[str], Vector], question: str, understood: Understood) -> Vector:
        alone = embed(question)
        if not understood.turns:
            return alone
        return blended_vector(alone, embed(understood.text), weight=self._conversation.weight)

    def _check_generation(self, view: View) -> None:
        for part, configured in (("embedder", self._embedder.spec.fingerprint), ("analyzer", ANALYZER)):
            built = view.generation.parts.get(part)
            # An embedder is noted as its name and its fingerprint, joined by a slash.
            if built is not None and built.rpartition("/")[2] != configured:
                raise GenerationMismatch(
                    f"The index was built with {part} {built!r}, configured is {configured!r}: go back to those"
                    " settings, or ingest into a new store (TENKYO_STORE)."
                )


def _closeness(embed: Callable[[str], Vector], question: str, turns: Sequence[str]) -> float | None:
    """Return the highest cosine of a question to some turns; None while the embedder fails."""
    try:
        return closeness(embed(question), [embed(turn) for turn in turns])
    except ServiceError:
        return None


def _language(question: str, understood: Understood) -> str:
    """Return the question's language, that of its turns where it is too short to tell ("P2?")."""
    language = detect(question)
    return detect(understood.text) if language == UNDETERMINED else language


def _check_fields(view: View, where: Filter) -> None:
    """Refuse a condition on a field that no document declares, or none that the caller's labels admit, in one way."""
    asked = {condition.field for condition in where.conditions}
    fields = (
        view.fields(where=replace(where, conditions=(), as_of=None, excluded=frozenset())) if asked else frozenset()
    )
    unknown = sorted(asked - fields)
    if unknown:
        known = ", ".join(sorted(fields)) or "none"
        raise UserError(f"No document declares the field {', '.join(map(repr, unknown))}; known fields: {known}.")
