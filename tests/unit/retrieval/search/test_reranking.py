"""A reranker moves the best passages, and nothing else; when it fails, nothing moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from retrieval.access import OPERATOR, filter_for
from retrieval.errors import ServiceError
from retrieval.search.late_scoring import LateScoring
from retrieval.search.searcher import LaneName, Searcher
from retrieval.values import LaneScore, Passage
from tests.fakes.embedder import HashEmbedder
from tests.fakes.failing import OutOfService, with_failing
from tests.fakes.knowledge_base import Library

ALL = filter_for(OPERATOR)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    made = Library(tmp_path_factory.mktemp("reranking"), HashEmbedder(dimensions=256))
    made.add("returns-ja", "返品は商品到着後30日以内です。", "送料はお客様の負担です。", title="返品規程")
    made.add("returns-en", "Returns are accepted within 30 days.", "Shipping is paid by you.", title="Return policy")
    made.add("salaries", "給与は毎月25日に支払います。", title="給与規程")
    made.add("codes", "Error E-1042 means that the fan is blocked.", title="Error codes")
    made.add("noise", "The fan is loud.", title="Noise")
    return made


@pytest.fixture
def searcher(library: Library) -> Searcher:
    return Searcher(library.store, library.embedder)


@dataclass(frozen=True, kw_only=True)
class Liking:
    """A reranker that likes passages with a word in them, the first ``depth`` of those it gets."""

    word: str
    depth: int = 50
    weight: float = 10.0
    fails: bool = False

    def rerank(self, question: str, passages: Sequence[Passage], **_: object) -> tuple[float, ...] | None:
        if self.fails:
            raise ServiceError("The reranker does not answer.", service="reranker", retryable=True)
        assert len(passages) <= self.depth
        return tuple(float(self.word in passage.text) for passage in passages) if question else None


def test_a_reranker_moves_passages_and_leaves_the_lanes_as_they_were(library: Library, searcher: Searcher) -> None:
    plain = searcher.search("返品の期限", where=ALL)
    found = Searcher(library.store, library.embedder, reranker=Liking(word="fan")).search("返品の期限", where=ALL)
    assert "fan" not in plain.passages[0].text
    liked = [passage for passage in found.passages if "fan" in passage.text]
    assert list(found.passages[: len(liked)]) == liked
    assert [p.lanes["rerank"] for p in liked] == [LaneScore(rank=1, score=1.0)] * len(liked)
    before = {passage.chunk_id: passage for passage in plain.passages}
    for passage in found.passages:
        kept = {name: score for name, score in passage.lanes.items() if name != "rerank"}
        assert kept == before[passage.chunk_id].lanes
        bonus = 10.0 * passage.lanes["rerank"].score
        assert passage.score == pytest.approx(before[passage.chunk_id].score + bonus)
    assert found.signals == plain.signals
    assert "rerank" in found.timings_ms
    assert "rerank" not in plain.timings_ms


def test_what_lies_below_the_rerankers_depth_stays_below(library: Library, searcher: Searcher) -> None:
    plain = [p.chunk_id for p in searcher.search("返品の期限", where=ALL).passages]
    reranker = Liking(word="給与", depth=3)
    found = Searcher(library.store, library.embedder, reranker=reranker).search("返品の期限", where=ALL).passages
    assert {p.chunk_id for p in found[:3]} == set(plain[:3])
    assert [p.chunk_id for p in found[3:]] == plain[3:]
    assert ["rerank" in p.lanes for p in found] == [index < 3 for index in range(len(found))]


def test_a_reranker_that_fails_costs_its_ranking_only(library: Library, searcher: Searcher) -> None:
    failing = Searcher(library.store, library.embedder, reranker=Liking(word="fan", fails=True))
    found = failing.search("返品の期限", where=ALL)
    assert (found.degraded, found.passages) == (("rerank",), searcher.search("返品の期限", where=ALL).passages)


@pytest.mark.parametrize("lane", ["dense", "lexical"])
def test_a_single_lane_is_not_ranked_anew(library: Library, searcher: Searcher, lane: LaneName) -> None:
    liking = Searcher(library.store, library.embedder, reranker=Liking(word="fan"))
    plain = searcher.search("返品の期限", where=ALL, lane=lane).passages
    assert liking.search("返品の期限", where=ALL, lane=lane).passages == plain


def test_without_a_model_nothing_is_scored_late_and_nothing_more_is_missed(library: Library) -> None:
    broken = Searcher(library.store, OutOfService(library.embedder), reranker=LateScoring())
    found = broken.search("返品の期限は何日までですか", where=ALL)
    assert found.degraded == ("dense",)
    assert not any("rerank" in passage.lanes for passage in found.passages)


def test_a_store_that_gives_no_statements_is_ranked_as_it_was(library: Library, searcher: Searcher) -> None:
    store, question = with_failing(library.store, {"statements"}), "返品の期限は何日までですか"
    found = Searcher(store, library.embedder, reranker=LateScoring()).search(question, where=ALL)
    assert (found.degraded, found.passages) == (("rerank",), searcher.search(question, where=ALL).passages)
