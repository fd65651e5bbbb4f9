"""Every reranker passes the one contract suite."""

from __future__ import annotations

from dataclasses import replace

import pytest

from retrieval.ports import Reranker, View
from retrieval.search.late_scoring import LateScoring
from retrieval.values import Passage, Vector
from tests.contracts.reranker_contract import PUBLIC, QUESTIONS, RerankerContract
from tests.fakes.knowledge_base import Library


class TestLateScoring(RerankerContract):
    @pytest.fixture
    def reranker(self) -> Reranker:
        return LateScoring(least=10)

    def test_a_passage_scores_by_how_much_nearer_its_nearest_statement_is(
        self, reranker: Reranker, library: Library
    ) -> None:
        """One says just the question, the other says it among much else: the whole of that one is far, a part near."""
        question = f"{QUESTIONS[0]}？"
        library.add("all", question, "本日は晴れです。" * 9 + question + "明日も晴れです。" * 9)
        with library.store.view() as view:
            passages = [one for one in self.found(library, view, question) if one.record_id == "all"]
            scores = reranker.rerank(
                question, passages, vector=library.embedder.embed_query(question), view=view, where=PUBLIC
            )
        assert scores is not None
        gains = {one.ordinal: score for one, score in zip(passages, scores, strict=True)}
        wholes = {one.ordinal: one.lanes["dense"].score for one in passages}
        assert gains == {ordinal: pytest.approx(1 - whole, abs=0.01) for ordinal, whole in wholes.items()}
        assert gains[1] > gains[0] + 0.1

    def test_a_passage_without_statements_is_not_moved(self, reranker: Reranker, library: Library, view: View) -> None:
        passages = self.found(library, view, QUESTIONS[0])
        unknown = [replace(one, chunk_id="0" * 32) for one in passages]
        assert self.scores(reranker, library, view, unknown) == (0.0,) * len(passages)

    @pytest.mark.parametrize(("question", "judges"), [("経費の精算は", True), ("経費精算", False), ("Expenses", False)])
    def test_it_declines_what_is_no_more_than_a_name_and_what_has_no_vector(
        self, library: Library, view: View, question: str, *, judges: bool
    ) -> None:
        passages = self.found(library, view, QUESTIONS[0])

        def scores(vector: Vector | None, passages: list[Passage]) -> bool:
            given = LateScoring(least=12).rerank(question, passages, vector=vector, view=view, where=PUBLIC)
            return given is not None

        assert scores(library.embedder.embed_query(question), passages) == judges
        assert not scores(None, passages)
