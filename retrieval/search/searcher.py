"""Search one generation: two lanes filtered inside the store, every candidate with its true score in both."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Literal, get_args

from retrieval.errors import GenerationMismatch, UserError
from retrieval.ports import Embedder, Store, View
from retrieval.search.duplicates import distinct_within_documents
from retrieval.search.fusion import FusionRule
from retrieval.search.lanes import Lanes
from retrieval.search.question import normalised
from retrieval.search.results import SearchResult
from retrieval.search.timing import StopWatch
from retrieval.text.language import detect
from retrieval.text.lexical import ANALYZER
from retrieval.text.wordbook import Wordbook
from retrieval.text.wording import worded
from retrieval.values import Filter

__all__ = ["LaneName", "Searcher"]

LaneName = Literal["fused", "dense", "lexical"]

_DEPTH = 100  # hits taken from each lane before they are merged


class Searcher:
    """Searches a store with the embedder that its generation was built with.

    ``timer`` gives seconds that only grow; ``rule`` says how the lanes are merged,
    ``glossary`` what else words of a question may be said as.
    """

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        *,
        timer: Callable[[], float] = time.perf_counter,
        rule: FusionRule | None = None,
        glossary: Wordbook | None = None,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._timer = timer
        self._rule = rule or FusionRule()
        self._glossary = glossary

    @property
    def rule(self) -> FusionRule:
        """How the lanes are merged."""
        return self._rule

    @property
    def embedder(self) -> Embedder:
        """The embedder that questions go through."""
        return self._embedder

    def search(self, question: str, *, where: Filter, limit: int = 10, lane: LaneName = "fused") -> SearchResult:
        """Return the best ``limit`` passages in a view of its own; see `search_in`."""
        with self._store.view() as view:
            return self.search_in(view, question, where=where, limit=limit, lane=lane)

    def search_in(
        self,
        view: View,
        question: str,
        *,
        where: Filter,
        limit: int = 10,
        lane: LaneName = "fused",
        without: frozenset[str] = frozenset(),
    ) -> SearchResult:
        """Return the best ``limit`` admitted passages of an open view, best first, ties by chunk id.

        ``Passage.score`` is what ``lane`` ranks by: cosine + L * lexical share, raw cosine, or BM25. Passages that
        repeat a better one of the same document are left out. When one of two lanes raises `ServiceError`, the
        other answers and the result is ``degraded``; when no lane is left, the error is raised. Raises `UserError`
        for an empty question, a limit under 1 and a condition on a field that no admitted document declares, and
        `GenerationMismatch` when the index was built with another embedder or analyzer.

        ``without`` are ids of documents that are ranked as if they were deleted, but that idf still counts them.
        """
        if limit < 1:
            raise UserError(f"The limit must be at least 1, not {limit}.")
        if lane not in get_args(LaneName):
            raise UserError(f"There is no lane {lane!r}: choose one of {', '.join(get_args(LaneName))}.")
        text = normalised(question)
        _check_fields(view, where)
        self._check_generation(view)
        wording = worded(text, glossary=self._glossary)
        search = Lanes(
            view=view,
            question=text,
            query=wording.query,
            language=detect(text),
            where=where,
            depth=max(_DEPTH, limit),
            clock=StopWatch(timer=self._timer),
            without=without,
        )
        if lane != "lexical":
            search.open_dense(self._embedder, alone=lane == "dense")
        if lane != "dense":
            search.open_lexical(alone=lane == "lexical")
        passages = search.merged(self._rule) if lane == "fused" else search.single(lane)
        return SearchResult(
            question=text,
            query=search.query,
            expansions=wording.expansions,
            language=search.language,
            passages=tuple(distinct_within_documents(passages)[:limit]),
            generation=view.generation.name,
            degraded=tuple(sorted(search.failed)),
            timings_ms=search.clock.steps(),
            signals=search.signals(),
        )

    def _check_generation(self, view: View) -> None:
        for part, configured in (("embedder", self._embedder.spec.fingerprint), ("analyzer", ANALYZER)):
            built = view.generation.parts.get(part)
            # An embedder is noted as its name and its fingerprint, joined by a slash.
            if built is not None and built.rpartition("/")[2] != configured:
                raise GenerationMismatch(
                    f"The index was built with {part} {built!r}, configured is {configured!r}: go back to those"
                    " settings, or ingest into a new store (TENKYO_STORE)."
                )


def _check_fields(view: View, where: Filter) -> None:
    """Refuse a condition on a field that no document declares, or none that the caller's labels admit, in one way."""
    asked = {condition.field for condition in where.conditions}
    fields = view.fields(where=replace(where, conditions=(), as_of=None)) if asked else frozenset()
    unknown = sorted(asked - fields)
    if unknown:
        known = ", ".join(sorted(fields)) or "none"
        raise UserError(f"No document declares the field {', '.join(map(repr, unknown))}; known fields: {known}.")
