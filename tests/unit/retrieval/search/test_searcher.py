"""Search over a real store: true scores, one filter, two lanes of which one may fail."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path

import pytest

from retrieval.access import OPERATOR, anonymous, filter_for, principal_with, without
from retrieval.errors import GenerationMismatch, ServiceError, StoreError, UserError
from retrieval.search.fusion import FusionRule
from retrieval.search.searcher import LaneName, Searcher
from retrieval.text.lexical import plain_query
from retrieval.values import Attributes, Condition, Filter, Labels, Operator, Relation, Understood
from tests.fakes.embedder import HashEmbedder
from tests.fakes.failing import OutOfService, with_failing
from tests.fakes.knowledge_base import Library

ALL = filter_for(OPERATOR)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    made = Library(tmp_path_factory.mktemp("search"), HashEmbedder(dimensions=256))
    made.add("returns-ja", "返品は商品到着後30日以内です。", "送料はお客様の負担です。", title="返品規程")
    made.add("returns-en", "Returns are accepted within 30 days.", "Shipping is paid by you.", title="Return policy")
    made.add("codes", "Error E-1042 means that the fan is blocked.", title="Error codes")
    made.add(
        "salaries",
        "給与は毎月25日に支払います。",
        title="給与規程",
        attributes=Attributes(labels=Labels(allow=frozenset({"hr"})), metadata={"department": "hr"}),
    )
    made.add("twice", "The fan is loud.", "The  fan is LOUD.", title="Noise")
    made.add("again", "The fan is loud.", title="Noise")
    return made


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """More passages of one language than a lane gives, so that the lanes find different ones."""
    made = Library(tmp_path_factory.mktemp("large"), HashEmbedder(dimensions=256))
    made.add(
        "ja",
        *(f"返品の期限は{number}日です。" + "品目は別です。" * (number % 7) for number in range(150)),
        title="返品",
    )
    made.add("en", "A parcel sent back in time is refunded.", title="Sending back")
    return made


@pytest.fixture
def searcher(library: Library) -> Searcher:
    return Searcher(library.store, library.embedder)


@pytest.mark.parametrize(
    ("question", "best"),
    [("返品の期限は何日ですか", "returns-ja"), ("how many days for returns", "returns-en"), ("E-1042", "codes")],
)
def test_the_best_passage_comes_first_in_both_languages_and_by_identifier(
    searcher: Searcher, question: str, best: str
) -> None:
    assert searcher.search(question, where=ALL).passages[0].record_id == best


def test_every_passage_carries_its_true_score_in_both_lanes(library: Library, searcher: Searcher) -> None:
    """Also in the lane that did not find it, where its rank is unknown."""
    passages = searcher.search("返品の期限", where=ALL, limit=50).passages
    vector = library.embedder.embed_query("返品の期限")
    with library.store.view() as view:
        ids = [passage.chunk_id for passage in passages]
        cosines = view.dense_scores(vector, ids, where=ALL)
        bm25 = view.lexical_scores(plain_query("返品の期限"), ids, where=ALL)
    assert {p.chunk_id: p.lanes["dense"].score for p in passages} == cosines
    assert {p.chunk_id: p.lanes["lexical"].score for p in passages} == bm25
    assert {p.lanes["lexical"].rank for p in passages if p.lanes["lexical"].score == 0} == {None}


def test_the_translation_of_the_best_passage_is_lent_its_lexical_score(searcher: Searcher) -> None:
    passages = searcher.search("返品の期限", where=ALL).passages
    lent = [p.language for p in passages if "matched" in p.lanes]
    assert (set(lent), len(lent)) == ({"en"}, 2)


def test_passages_are_ordered_by_score_then_chunk_id(searcher: Searcher) -> None:
    passages = searcher.search("fan", where=ALL, limit=50).passages
    assert list(passages) == sorted(passages, key=lambda p: (-p.score, p.chunk_id))


@pytest.mark.parametrize("lane", ["dense", "lexical"])
def test_one_lane_alone_is_ranked_by_its_own_score(searcher: Searcher, lane: LaneName) -> None:
    passages = searcher.search("returns within days", where=ALL, lane=lane).passages
    assert passages
    assert [(p.score, list(p.lanes)) for p in passages] == [(p.lanes[lane].score, [lane]) for p in passages]
    assert list(passages) == sorted(passages, key=lambda p: (-p.score, p.chunk_id))


@pytest.mark.parametrize("lane", ["fused", "dense", "lexical"])
def test_what_a_principal_may_not_read_is_not_found_by_any_lane(searcher: Searcher, lane: LaneName) -> None:
    found = {
        name: {p.record_id for p in searcher.search("給与の支払い日", where=where, limit=50, lane=lane).passages}
        for name, where in {
            "anonymous": filter_for(anonymous()),
            "support": filter_for(principal_with({"support"}, name="support")),
            "hr": filter_for(principal_with({"hr"}, name="hr")),
        }.items()
    }
    assert [name for name, keys in found.items() if "salaries" in keys] == ["hr"]


def test_a_condition_on_a_declared_field_narrows_and_on_an_unknown_one_is_refused(searcher: Searcher) -> None:
    def where(field: str) -> Filter:
        return filter_for(OPERATOR, conditions=[Condition(field=field, operator=Operator.EQUALS, values=("hr",))])

    assert {p.record_id for p in searcher.search("規程", where=where("department")).passages} == {"salaries"}
    with pytest.raises(UserError, match="'depratment'; known fields: department"):
        searcher.search("規程", where=where("depratment"))


def test_a_field_that_only_hidden_documents_declare_is_refused_as_an_unknown_one_is(searcher: Searcher) -> None:
    told = []
    for field in ("department", "depratment"):
        conditions = [Condition(field=field, operator=Operator.EQUALS, values=("hr",))]
        with pytest.raises(UserError) as refused:
            searcher.search("規程", where=filter_for(anonymous(), conditions=conditions))
        told.append(str(refused.value).replace(field, "FIELD"))
    assert [told[0]] * 2 == told
    assert "known fields: none" in told[0]


def test_text_repeated_within_a_document_is_shown_once_and_in_another_document_again(searcher: Searcher) -> None:
    keys = [p.record_id for p in searcher.search("loud fan", where=ALL, limit=50).passages]
    assert (keys.count("twice"), keys.count("again")) == (1, 1)


@pytest.mark.parametrize(
    ("broken", "lost"),
    [
        ({"dense"}, "dense"),
        ({"dense_scores"}, "dense"),
        ({"lexical"}, "lexical"),
        ({"lexical_scores"}, "lexical"),
    ],
)
def test_when_one_lane_fails_the_other_answers_and_says_so(large: Library, broken: Collection[str], lost: str) -> None:
    found = Searcher(with_failing(large.store, broken), large.embedder).search("返品の期限", where=ALL)
    assert (found.degraded, len(found.passages)) == ((lost,), 10)
    assert {lane for p in found.passages for lane in p.lanes} - {"matched"} == {"dense", "lexical"} - {lost}


def test_an_embedder_out_of_service_leaves_the_lexical_lane(library: Library) -> None:
    found = Searcher(library.store, OutOfService(library.embedder)).search("返品の期限", where=ALL)
    assert (found.degraded, found.passages[0].record_id) == (("dense",), "returns-ja")


@pytest.mark.parametrize(
    ("broken", "lane"),
    [
        ({"dense", "lexical"}, "fused"),
        ({"dense_scores", "lexical_scores"}, "fused"),
        ({"dense"}, "dense"),
        ({"lexical"}, "lexical"),
        ({"passages"}, "fused"),
    ],
)
def test_when_no_lane_is_left_the_error_is_raised(large: Library, broken: Collection[str], lane: LaneName) -> None:
    with pytest.raises(StoreError):
        Searcher(with_failing(large.store, broken), large.embedder).search("返品の期限", where=ALL, lane=lane)


def test_a_failing_model_is_raised_when_only_its_lane_was_asked_for(library: Library) -> None:
    with pytest.raises(ServiceError, match="model"):
        Searcher(library.store, OutOfService(library.embedder)).search("返品", where=ALL, lane="dense")


def test_an_index_of_another_embedder_or_analyzer_is_refused_with_the_way_back(
    library: Library, tmp_path: Path
) -> None:
    with pytest.raises(GenerationMismatch, match="embedder"):
        Searcher(library.store, HashEmbedder(dimensions=128)).search("返品", where=ALL)
    other = Library(tmp_path, library.embedder, analyzer="another-1")
    with pytest.raises(GenerationMismatch, match=r"'another-1'.*TENKYO_STORE"):
        Searcher(other.store, other.embedder).search("返品", where=ALL)


def test_the_other_language_is_reached_behind_a_hundred_passages_of_the_first(large: Library) -> None:
    """Rank matching needs the best translations, however many near passages of one language are before them."""
    rule = FusionRule(lexical_weight=10.0)
    found = Searcher(large.store, large.embedder, rule=rule).search("返品の期限", where=ALL, limit=100)
    dense = Searcher(large.store, large.embedder).search("返品の期限", where=ALL, limit=100, lane="dense")
    assert "en" not in {passage.language for passage in dense.passages}
    assert "en" in {passage.language for passage in found.passages}


def test_a_document_that_does_not_hold_on_the_day_is_not_found(tmp_path: Path) -> None:
    made = Library(tmp_path, HashEmbedder())
    labels = Labels(allow=frozenset({"public"}))
    made.add("new", "料金は200円です。", attributes=Attributes(labels=labels, effective_from=date(2027, 1, 1)))
    searcher = Searcher(made.store, made.embedder)
    counts = [
        len(searcher.search("料金", where=filter_for(OPERATOR, as_of=day)).passages)
        for day in (date(2026, 12, 31), date(2027, 1, 1), None)
    ]
    assert counts == [0, 1, 1]


def test_a_long_question_is_searched_and_a_wrong_limit_or_lane_refused(searcher: Searcher) -> None:
    letter = "いつもお世話になっております。" * 500 + "返品の期限は何日ですか。"
    assert searcher.search(letter, where=ALL).passages
    with pytest.raises(UserError, match="at least 1"):
        searcher.search("返品", where=ALL, limit=0)
    with pytest.raises(UserError, match="no lane 'sparse'"):
        searcher.search("返品", where=ALL, lane="sparse")  # type: ignore[arg-type] # what a caller without types sends


def test_every_step_is_timed(library: Library) -> None:
    ticks = iter(range(1000))
    found = Searcher(library.store, library.embedder, timer=lambda: float(next(ticks))).search("fan", where=ALL)
    steps = dict(found.timings_ms)
    total = steps.pop("total")
    assert sum(steps.values()) == total
    assert {"embed", "dense", "lexical", "passages", "fuse"} <= set(steps)


@pytest.mark.parametrize("question", ["返品の期限は何日ですか", "how many days for returns", "E-1042"])
def test_documents_left_out_are_ranked_as_if_they_had_been_deleted(
    library: Library, tmp_path: Path, question: str
) -> None:
    searcher = Searcher(library.store, library.embedder)
    with library.store.view() as view:
        whole = searcher.search_in(view, question, where=ALL, limit=100)
        gone = whole.passages[0].document_id
        left = searcher.search_in(view, question, where=without(ALL, {gone}), limit=100)
    assert gone not in {passage.document_id for passage in left.passages}
    assert {p.chunk_id for p in whole.passages if p.document_id != gone} == {p.chunk_id for p in left.passages}
    for lane in ("dense", "lexical"):
        ranks = sorted(rank for p in left.passages if (rank := p.lanes[lane].rank) is not None)
        assert all(rank <= len(left.passages) + 1 for rank in ranks)
        assert not ranks or ranks[0] == 1


def test_lanes_stay_as_deep_when_documents_are_left_out(large: Library) -> None:
    searcher, question = Searcher(large.store, large.embedder), "a parcel sent back in time"
    best = searcher.search(question, where=ALL, limit=1).passages[0]
    with large.store.view() as view:
        found = searcher.search_in(view, question, where=without(ALL, {best.document_id}), limit=100)
    ranks = sorted(rank for passage in found.passages if (rank := passage.lanes["dense"].rank) is not None)
    assert ("en", list(range(1, 101))) == (best.record_id, ranks)


@pytest.mark.parametrize(
    ("turns", "question", "best"),
    [
        (["返品の期限は何日ですか"], "それは？", "returns-ja"),
        (["Are returns accepted within 30 days?"], "And it?", "returns-en"),
    ],
)
def test_a_follow_up_is_searched_for_together_with_what_it_goes_on_from(
    searcher: Searcher, turns: list[str], question: str, best: str
) -> None:
    found = searcher.search(question, where=ALL, turns=turns)
    assert found.passages[0].record_id == best
    assert found.understood == Understood(
        text=f"{turns[0]} {question}", relation=Relation.FOLLOW_UP, turns=tuple(turns)
    )
    assert found.question == question


def test_the_signals_of_a_follow_up_are_those_of_the_question_as_understood(library: Library) -> None:
    searcher = Searcher(library.store, library.embedder)
    found = searcher.search("それの送料は？", where=ALL, turns=["返品の期限は"])
    vector = found.signals.vector
    assert vector is not None
    ids = [passage.chunk_id for passage in found.passages]
    with library.store.view() as view:
        cosines = view.dense_scores(vector, ids, where=ALL)
        bm25 = view.lexical_scores(found.query, ids, where=ALL)
        weights = {term.text: term.idf for term in view.terms(found.query)}
        plain = {term.text: term.idf for term in view.terms(plain_query("返品の期限は それの送料は？"))}
    assert {p.chunk_id: p.lanes["dense"].score for p in found.passages} == cosines
    assert {p.chunk_id: p.lanes["lexical"].score for p in found.passages} == bm25
    assert weights["送料"] == plain["送料"]
    assert 0 < weights["返品"] < plain["返品"]
    assert max(found.signals.shares) <= 1.0


def test_a_question_that_stands_alone_is_searched_for_as_if_nothing_came_before(searcher: Searcher) -> None:
    question = "Error E-1042 means what?"
    alone, after = searcher.search(question, where=ALL), searcher.search(question, where=ALL, turns=["返品の期限は"])
    assert (after.passages, after.query, after.signals) == (alone.passages, alone.query, alone.signals)


def test_a_question_too_short_to_have_a_language_has_that_of_its_turns(searcher: Searcher) -> None:
    assert searcher.search("E-1042", where=ALL, turns=["返品の期限は何日ですか"]).language == "ja"


def test_while_the_embedder_fails_a_fragment_follows_up_by_its_words(library: Library) -> None:
    found = Searcher(library.store, OutOfService(library.embedder)).search(
        "送料は？", where=ALL, turns=["返品の期限は何日ですか"]
    )
    assert found.degraded == ("dense",)
    assert found.understood is not None
    assert found.understood.relation is Relation.FOLLOW_UP


def test_an_earlier_question_without_words_is_the_users_error(searcher: Searcher) -> None:
    with pytest.raises(UserError, match="Earlier question 1"):
        searcher.search("送料は？", where=ALL, turns=["..."])
