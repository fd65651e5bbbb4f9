"""What every reranker must do. A new adapter subclasses `RerankerContract` and gives the fixture ``reranker``.

The library holds passages of two documents in each language, and one that only ``hr`` may see.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.access import filter_for, principal_with
from retrieval.ports import Reranker, View
from retrieval.search.searcher import Searcher
from retrieval.values import Attributes, Filter, Labels, Passage
from tests.fakes.embedder import HashEmbedder
from tests.fakes.knowledge_base import Library

__all__ = ["RerankerContract"]

PUBLIC = filter_for(principal_with((), name="test"))
QUESTIONS = ("返品の期限は何日ですか", "How long may a parcel be returned?")


class RerankerContract:
    """The suite; subclasses provide ``reranker``."""

    @pytest.fixture
    def reranker(self) -> Reranker:
        raise NotImplementedError  # a subclass gives it

    @pytest.fixture
    def library(self, tmp_path: Path) -> Library:
        made = Library(tmp_path, HashEmbedder(dimensions=256))
        made.add("ja", "送料は当社が持ちます。返品の期限は30日です。", "窓口は平日のみです。", title="規程")
        made.add("en", "We pay for it. A parcel may be returned for 30 days.", "The desk is closed.", title="Rules")
        hidden = Attributes(labels=Labels(allow=frozenset({"hr"})))
        made.add("hr", "返品の期限は何日ですか。How long may a parcel be returned?", attributes=hidden)
        return made

    @pytest.fixture
    def view(self, library: Library) -> Iterator[View]:
        with library.store.view() as view:
            yield view

    def found(self, library: Library, view: View, question: str) -> list[Passage]:
        searcher = Searcher(library.store, library.embedder)
        return list(searcher.search_in(view, question, where=PUBLIC).passages)

    def scores(
        self, reranker: Reranker, library: Library, view: View, passages: list[Passage], *, where: Filter = PUBLIC
    ) -> tuple[float, ...]:
        question = QUESTIONS[0]
        vector = library.embedder.embed_query(question)
        given = reranker.rerank(question, passages, vector=vector, view=view, where=where)
        assert given is not None
        return given

    def test_depth_and_weight_are_in_bounds_and_it_names_itself(self, reranker: Reranker) -> None:
        assert reranker.depth >= 1
        assert reranker.weight >= 0
        assert " at 0x" not in repr(reranker)

    @pytest.mark.parametrize("question", QUESTIONS)
    def test_what_answers_scores_higher_than_what_does_not(
        self, reranker: Reranker, library: Library, view: View, question: str
    ) -> None:
        passages = self.found(library, view, question)
        vector = library.embedder.embed_query(question)
        scores = reranker.rerank(question, passages, vector=vector, view=view, where=PUBLIC)
        assert scores is not None
        assert len(scores) == len(passages) == 4
        best = max(zip(scores, passages, strict=True), key=lambda each: each[0])[1]
        assert "30" in best.text
        assert min(scores) >= 0

    def test_a_score_depends_on_the_passage_and_not_on_the_others(
        self, reranker: Reranker, library: Library, view: View
    ) -> None:
        passages = self.found(library, view, QUESTIONS[0])
        together = self.scores(reranker, library, view, passages)
        assert together == tuple(self.scores(reranker, library, view, [one])[0] for one in passages)
        assert together[::-1] == self.scores(reranker, library, view, passages[::-1])

    def test_nothing_is_scored_for_no_passages(self, reranker: Reranker, library: Library, view: View) -> None:
        assert self.scores(reranker, library, view, []) == ()

    def test_without_the_questions_vector_it_scores_all_or_declines(
        self, reranker: Reranker, library: Library, view: View
    ) -> None:
        passages = self.found(library, view, QUESTIONS[0])
        given = reranker.rerank(QUESTIONS[0], passages, vector=None, view=view, where=PUBLIC)
        assert given is None or len(given) == len(passages)
