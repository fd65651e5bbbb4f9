"""Asking after earlier questions: what the answer says it was understood as, and what is recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.access import OPERATOR, filter_for
from retrieval.answers.answerer import Answerer
from retrieval.answers.evidence import EvidenceRule
from retrieval.search.searcher import Searcher
from retrieval.values import Relation, Understood
from tests.fakes.embedder import HashEmbedder
from tests.fakes.knowledge_base import NOON, Library
from tests.unit.retrieval.answers.asking import REFUSING

ALL = filter_for(OPERATOR)


def asking(folder: Path, rule: EvidenceRule) -> tuple[Answerer, Library]:
    library = Library(folder, HashEmbedder(dimensions=256))
    library.add("ja", "返品の期限は商品到着後30日以内です。送料はお客様の負担です。", title="返品規程")
    library.add("en", "The return deadline is 30 days after delivery. Shipping is paid by you.", title="Return policy")
    searcher = Searcher(library.store, library.embedder)
    return Answerer(searcher, library.store, clock=lambda: NOON, new_id=lambda: "x", evidence=rule), library


@pytest.mark.parametrize(
    ("turn", "question"),
    [("返品の期限は何日ですか", "それの送料は？"), ("What is the return deadline?", "And for it?")],
)
def test_a_follow_up_says_what_it_was_understood_as_and_its_gap_is_one_that_others_can_read(
    tmp_path: Path, turn: str, question: str
) -> None:
    answerer, library = asking(tmp_path, REFUSING)
    answer = answerer.ask(question, principal=OPERATOR, where=ALL, turns=[turn])
    assert answer.understood == Understood(text=f"{turn} {question}", relation=Relation.FOLLOW_UP, turns=(turn,))
    assert answer.question == question
    assert [gap.question for gap in library.store.gaps()] == [f"{turn} {question}"]
    assert library.store.answer(answer.id) == answer
