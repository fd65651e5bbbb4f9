"""An answerer over a test library, for tests of answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import count

from retrieval.access import OPERATOR, filter_for
from retrieval.answers.answerer import Answerer
from retrieval.answers.evidence import EvidenceRule
from retrieval.ports import Embedder
from retrieval.search.searcher import Searcher
from retrieval.values import (
    Answer,
    Attributes,
    Condition,
    Labels,
    Principal,
)
from tests.fakes.knowledge_base import NOON, Library

__all__ = ["ALL", "ANSWERING", "LIST", "REFUSING", "SHOWING", "Ask", "asking", "labelled"]

ALL = filter_for(OPERATOR)
ANSWERING = EvidenceRule().bounded(answer=-99, refuse=-99)
SHOWING = EvidenceRule().bounded(answer=99, refuse=-99)
REFUSING = EvidenceRule().bounded(answer=99, refuse=99)
LIST = "返品の手順は次のとおりです。\n1. マイページを開く。\n2. 返品を選ぶ。\n3. 荷物を送る。"

Ask = Callable[..., Answer]


def labelled(*labels: str, **others: object) -> Attributes:
    return Attributes(labels=Labels(allow=frozenset(labels)), **others)  # type: ignore[arg-type] # plain passing on


def asking(library: Library, rule: EvidenceRule, *, embedder: Embedder | None = None) -> Ask:
    numbers = count(1)
    answerer = Answerer(
        Searcher(library.store, embedder or library.embedder),
        library.store,
        clock=lambda: NOON,
        new_id=lambda: f"answer-{next(numbers)}",
        evidence=rule,
    )

    def ask(
        question: str,
        *,
        principal: Principal = OPERATOR,
        as_of: date | None = None,
        record: bool = True,
        turns: Sequence[str] = (),
        conditions: tuple[Condition, ...] = (),
    ) -> Answer:
        where = filter_for(principal, as_of=as_of, conditions=conditions)
        return answerer.ask(question, principal=principal, where=where, record=record, turns=turns)

    return ask
