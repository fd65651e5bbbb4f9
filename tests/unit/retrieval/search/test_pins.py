"""Pins put documents first and bans hide them, for the questions of a pattern and within what is admitted."""

from __future__ import annotations

import time

import pytest

from retrieval.access import OPERATOR, anonymous, filter_for
from retrieval.answers.answerer import Answerer
from retrieval.search.pins import Pin, Pins, by_merit, matches
from retrieval.search.searcher import LaneName, Searcher
from retrieval.text.wordbook import key_of
from retrieval.values import Attributes, Labels
from tests.fakes.embedder import HashEmbedder
from tests.fakes.knowledge_base import NOON, Library

ALL = filter_for(OPERATOR)


@pytest.mark.parametrize(
    ("pattern", "question", "fits"),
    [
        ("パスワード", "ﾊﾟｽﾜｰﾄﾞを忘れた", True),
        ("パスワード*忘れ", "パスワードを忘れました", True),
        ("忘れ*パスワード", "パスワードを忘れました", False),
        ("password", "I forgot my PASSWORD.", True),
        ("password", "the passwords", False),
        ("password*", "the passwords", True),
        ("pto", "my laptop", False),
        ("*pto*", "my laptop", True),
        ("pto", "laptop or PTO", True),
        ("sign on", "How does sign-on work?", True),
        ("ロール", "コントロール", False),
        ("*ロール", "コントロールの", True),
        ("*", "anything", False),
        ("", "anything", False),
        ("a*a", "a", False),
        ("サーバー", "サーバの再起動", True),
        ("取扱い", "取り扱い", False),
    ],
)
def test_a_pattern_fits_words_and_a_star_goes_on_from_them(pattern: str, question: str, *, fits: bool) -> None:
    assert matches(pattern, key_of(question)) is fits


def test_no_pattern_takes_long() -> None:
    begun = time.perf_counter()
    assert not matches("*a" * 200 + "*b", "a" * 20_000)
    assert not matches("a" * 200, "x" + "a" * 20_000)
    assert time.perf_counter() - begun < 2


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    made = Library(tmp_path_factory.mktemp("pins"), HashEmbedder(dimensions=256))
    made.add("returns", "返品は商品到着後30日以内です。", "返品の送料はお客様の負担です。", title="返品規程")
    made.add("old", "返品は商品到着後7日以内です。", title="返品規程（旧）")
    made.add("faq", "よくあるお問い合わせをまとめました。", title="FAQ")
    made.add("guide", "How the office is reached.", title="Guide")
    made.add(
        "secret",
        "返品の内部基準です。",
        title="秘",
        attributes=Attributes(labels=Labels(allow=frozenset({"hr"}))),
    )
    for number in range(30):
        made.add(f"more {number}", f"返品の記録 {number}", title="記録")
    return made


def searcher(library: Library, *pins: Pin) -> Searcher:
    return Searcher(library.store, library.embedder, pins=Pins(pins))


@pytest.mark.parametrize("lane", ["fused", "dense"])
def test_pinned_documents_come_first_in_order_and_are_named(library: Library, lane: LaneName) -> None:
    pin = Pin(questions=("返品*期限",), first=("guide", "test/faq", "absent"))
    plain = Searcher(library.store, library.embedder).search("返品の期限", where=ALL, lane=lane, limit=8)
    found = searcher(library, pin).search("返品の期限", where=ALL, lane=lane, limit=8)
    assert [p.record_id for p in found.passages[:2]] == ["guide", "faq"]
    assert [p.lanes["pinned"].rank for p in found.passages[:2]] == [1, 2]
    rest = [p for p in plain.passages if p.record_id not in {"guide", "faq"}]
    assert list(found.passages[2:]) == rest[:6]
    assert found.passages[0].score == found.passages[0].lanes["pinned"].score < plain.passages[0].score


def test_a_document_found_anyway_is_moved_and_not_doubled(library: Library) -> None:
    pin = Pin(questions=("返品",), first=("old",))
    found = searcher(library, pin).search("返品の期限", where=ALL, limit=40)
    plain = Searcher(library.store, library.embedder).search("返品の期限", where=ALL, limit=40)
    assert found.passages[0].record_id == "old"
    assert sorted(p.chunk_id for p in found.passages) == sorted(p.chunk_id for p in plain.passages)
    assert by_merit(found.passages)[0].chunk_id == plain.passages[0].chunk_id


def test_in_the_lane_of_words_a_pin_shows_only_what_holds_one_of_them(library: Library) -> None:
    pin = Pin(questions=("返品",), first=("guide", "old"))
    found = searcher(library, pin).search("返品", where=ALL, lane="lexical")
    assert found.passages[0].record_id == "old"
    assert "guide" not in {p.record_id for p in found.passages}


def test_a_pin_never_shows_what_the_filter_does_not_admit(library: Library) -> None:
    pins = searcher(library, Pin(questions=("返品",), first=("secret",)))
    everyone = pins.search("返品の基準", where=filter_for(anonymous()), limit=50)
    assert "secret" not in {p.record_id for p in everyone.passages}
    assert pins.search("返品の基準", where=ALL).passages[0].record_id == "secret"


@pytest.mark.parametrize("lane", ["fused", "dense", "lexical"])
def test_a_ban_leaves_the_answer_full(library: Library, lane: LaneName) -> None:
    """What is banned is excluded inside the query: ten others come, not ten less the banned."""
    banned = [f"more {number}" for number in range(25)]
    found = searcher(library, Pin(questions=("返品",), never=tuple(banned))).search(
        "返品の記録", where=ALL, lane=lane, limit=8
    )
    assert len(found.passages) == 8
    assert not {p.record_id for p in found.passages} & set(banned)


def test_a_ban_wins_over_a_pin_and_holds_for_its_pattern_only(library: Library) -> None:
    pins = searcher(
        library, Pin(questions=("返品",), first=("old",)), Pin(questions=("期限", "when*return"), never=("old",))
    )
    assert "old" not in {p.record_id for p in pins.search("返品の期限", where=ALL, limit=50).passages}
    assert pins.search("返品とは", where=ALL).passages[0].record_id == "old"


def test_a_document_may_be_named_by_its_id(library: Library) -> None:
    (faq,) = {
        p.document_id for p in Searcher(library.store, library.embedder).search("FAQ", where=ALL).passages
        if p.record_id == "faq"
    }  # fmt: skip
    found = searcher(library, Pin(questions=("返品",), first=(faq,))).search("返品", where=ALL)
    assert found.passages[0].record_id == "faq"


@pytest.mark.parametrize("question", ["火星の天気は何度ですか", "返品の送料はお客様の負担ですか"])
def test_a_pin_is_no_evidence_and_takes_none(library: Library, question: str) -> None:
    """Four pinned documents stand before all that was found, and the evidence weighs what it weighed."""
    pin = Pin(questions=("火星", "返品"), first=("guide", "faq", "more 1", "old"))

    def answerer(*pins: Pin) -> Answerer:
        return Answerer(searcher(library, *pins), library.store, clock=lambda: NOON, new_id=lambda: "1")

    plain, pinned = (one.weigh(question, where=ALL) for one in (answerer(), answerer(pin)))
    assert pinned == plain
    statuses = [
        one.ask(question, principal=OPERATOR, where=ALL, record=False).status for one in (answerer(), answerer(pin))
    ]
    assert statuses[0] is statuses[1]
