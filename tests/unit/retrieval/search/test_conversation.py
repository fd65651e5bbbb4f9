"""Which questions go on from earlier ones, and how the two are blended, in Japanese as in English."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from struct import pack, unpack

import pytest

from retrieval.errors import UserError
from retrieval.ports import Embedder
from retrieval.search.conversation import (
    MOST_TURNS,
    ConversationRule,
    blended_query,
    blended_vector,
    closeness,
    earlier,
    understand,
)
from retrieval.search.references import form_of
from retrieval.text.lexical import plain_query
from retrieval.values import Relation, TermGroup, Understood
from tests.fakes.local_model import shared_embedder

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
RULE = ConversationRule()
NEAR, FAR = 1.0, 0.0

MISTAKEN = {
    "ja-c32": Relation.FOLLOW_UP,
    "ja-c39": Relation.FOLLOW_UP,
    "ja-c41": Relation.NEW_TOPIC,
    "ja-c47": Relation.FOLLOW_UP,
    "ja-c49": Relation.FOLLOW_UP,
    "en-c13": Relation.ALONE,
    "en-c25": Relation.ALONE,
    "en-c26": Relation.NEW_TOPIC,
    "en-c51": Relation.FOLLOW_UP,
}
"""Conversations that the rule takes for something else, as what (docs/decisions/0098)."""


def understood(question: str, *turns: str, cosine: float | None = NEAR) -> Understood:
    return understand(question, turns, related=lambda _: cosine, rule=RULE)


def nearest(embedder: Embedder, question: str, turns: Sequence[str]) -> float:
    return closeness(embedder.embed_query(question), [embedder.embed_query(turn) for turn in turns])


def test_every_conversation_is_understood_as_written_down_but_for_those_known_to_fail(model_cache: Path) -> None:
    """With the local model; 111 conversations, half of them Japanese."""
    embedder = shared_embedder(model_cache)
    wrong = {}
    for line in (FIXTURES / "conversations.jsonl").read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        asked = one["question"]
        found = understand(asked, one["turns"], related=partial(nearest, embedder, asked), rule=RULE)
        if found.relation != one["expects"]:
            wrong[one["id"]] = found.relation
    assert wrong == MISTAKEN


@pytest.mark.parametrize(
    "question",
    [
        *("それは延長できますか", "その場合の費用は", "さっきの休みは有給ですか", "受注生産品も同じですか", "なぜ"),
        *("Can it be extended?", "Who has to approve that?", "same for Pro?", "What about opened boxes?"),
        "もっと詳しく",
        *("じゃあ開封済みの場合は？", "では年払いだと？", "いくらですか", "AB-500Gは？", "P2なら？"),
        *("and resellers?", "Why?", "Tell me more", "AB-500G?", "What about the AB-500G?"),
        *("ところで、それは延長できますか", "By the way, can it be extended?"),
    ],
)  # fmt: skip
def test_what_points_back_follows_up_however_far_it_seems(question: str) -> None:
    assert understood(question, "一時コードの有効期間は", cosine=FAR).relation is Relation.FOLLOW_UP


@pytest.mark.parametrize(
    "question",
    [
        *("AB-300の保証は何年ですか", "E-3005の意味は何ですか", "退職した社員の合鍵を無効にするには？"),
        "ロックを含むとき、その接続台数の上限はゲートウェイあたり何台ですか",
        "プランに関係なく使える監査ログの保存期間は",
        *("How long is the warranty of the AB-300?", "What does E-1055 mean?"),
        "Which devices need IPv4 on the network?",
        "Is it possible to merge Google and Microsoft calendars on one panel?",
        "Can someone return a lock that is already on the door because it is broken?",
        "Are there customs duties on orders to Singapore?",
    ],
)  # fmt: skip
def test_a_question_that_says_all_it_means_is_left_alone_however_near(question: str) -> None:
    assert understood(question, "返品の期限は何日ですか") == Understood(text=question, relation=Relation.ALONE)


@pytest.mark.parametrize(
    "question",
    [
        *("別の質問ですが、送料は？", "話は変わりますが送料は？", "ところで送料は？", "それとは別に、送料について"),
        *("Another question: shipping?", "By the way, who ships?", "On a different note, shipping"),
        "Unrelated: shipping",
    ],
)  # fmt: skip
def test_an_announced_change_of_topic_drops_what_came_before(question: str) -> None:
    assert understood(question, "返品の期限は何日ですか") == Understood(text=question, relation=Relation.NEW_TOPIC)


@pytest.mark.parametrize("question", ["送料は？", "shipping costs?"])
def test_a_fragment_follows_up_when_it_is_near_and_turns_to_something_else_when_it_is_not(question: str) -> None:
    turn = "返品の期限は何日ですか"
    assert understood(question, turn) == Understood(
        text=f"{turn} {question}", relation=Relation.FOLLOW_UP, turns=(turn,)
    )
    assert understood(question, turn, cosine=FAR) == Understood(text=question, relation=Relation.NEW_TOPIC)
    assert understood(question, turn, cosine=None).relation is Relation.FOLLOW_UP


def test_two_turns_are_taken_oldest_first_and_none_from_before_a_change_of_topic() -> None:
    assert understood("沖縄は？", "一", "返品", "送料は？").turns == ("返品", "送料は？")
    assert understood("Hokkaido?", "Warranty?", "By the way, shipping costs?").turns == ("By the way, shipping costs?",)
    assert understood("沖縄は？", "保証は？", "別の質問ですが送料は？", "北海道は？").turns == (
        "別の質問ですが送料は？",
        "北海道は？",
    )


def test_without_turns_nothing_is_compared() -> None:
    def never(_: Sequence[str]) -> float:
        raise AssertionError

    assert understand("送料は？", (), related=never, rule=RULE) == Understood(text="送料は？")


def test_a_long_turn_is_cut_and_the_question_is_not() -> None:
    found = understood("それは？", "あ" * 10_000)
    assert found.text.endswith(" それは？")
    assert len(found.text) < 1000


def test_turns_are_cleaned_and_one_that_cannot_be_asked_is_named() -> None:
    assert earlier(["  返品の\n期限は ", "How long?"]) == ("返品の 期限は", "How long?")
    with pytest.raises(UserError, match="Earlier question 2: The question is empty"):
        earlier(["返品", "？"])
    with pytest.raises(UserError, match=f"{MOST_TURNS + 1} earlier questions were given, {MOST_TURNS} are allowed"):
        earlier(["返品"] * (MOST_TURNS + 1))


def test_the_blended_vector_is_a_unit_that_ranks_as_the_sum_of_both_cosines() -> None:
    one, other = pack("<3f", 1, 0, 0), pack("<3f", 0.6, 0.8, 0)
    assert unpack("<3f", blended_vector(one, other, weight=0.0)) == (1, 0, 0)
    mixed = unpack("<3f", blended_vector(one, other, weight=0.5))
    assert mixed == pytest.approx((1.3 / math.sqrt(1.85), 0.4 / math.sqrt(1.85), 0))


def test_what_the_question_says_counts_full_and_its_turns_never_more_than_their_share() -> None:
    """However long they are: half of the whole, for a weight of one."""
    alone = plain_query("送料")
    for turn in ("返品", "初期不良の返品について教えてください。商品はAB-300です。"):
        groups = blended_query(alone, plain_query(f"{turn} 送料"), weight=1.0).groups
        assert groups[: len(alone.groups)] == alone.groups
        added = [group.weight for group in groups if group not in alone.groups]
        assert len(set(added)) == 1
        assert 0 < sum(added) < len(alone.groups)
    assert blended_query(alone, alone, weight=1.0) == alone
    assert TermGroup(tokens=("送料",)) in alone.groups


@pytest.mark.parametrize(
    ("question", "named"),
    [
        *(("送料は？", 1), ("データはいつ消えますか", 1), ("何日以内ですか", 0)),
        *(("Why twice?", 1), ("for how long?", 0), ("customs duties to Singapore", 3)),
    ],
)  # fmt: skip
def test_words_that_name_something_are_counted(question: str, named: int) -> None:
    assert form_of(question).named == named
