"""Every measure against values reckoned by hand, in the groups it is told apart by."""

from __future__ import annotations

from functools import cache

import pytest

from retrieval.evaluation.bootstrap import Figure
from retrieval.evaluation.measures import MEASURES, groups, measured
from retrieval.evaluation.rows import Row
from tests.unit.retrieval.evaluation.making import deleted, ranked, row

ROWS: list[Row] = [
    row(
        "right", expects="answered", right=True, holds=True, span=True, found=True, confidence=0.9, citations=2,
        exact=2, retrieval=ranked(1.0), by_language={"ja": ranked(1.0), "en": ranked(0.0, 0.0)},
        deleted=deleted(answered=False, confidence=0.1), kind="lookup", latency_ms=10.0,
    ),
    row(
        "silent", expects="answered", right=True, holds=True, span=False, answered=False, found=True, confidence=0.4,
        retrieval=ranked(0.5), by_language={"ja": ranked(0.5)}, deleted=deleted(answered=True, confidence=0.5),
        kind="lookup", latency_ms=20.0,
    ),
    row(
        "lost", expects="answered", right=False, holds=False, span=False, found=False, confidence=0.6, citations=2,
        exact=1, retrieval=ranked(0.0, 0.0), by_language={"en": ranked(0.0, 0.0)}, language="en", kind="table",
        latency_ms=30.0, cost=0.5,
    ),
    row("none", expects="not_found", answered=False, confidence=0.2, latency_ms=40.0, language="en"),
    row("false", expects="not_found", confidence=0.7, latency_ms=50.0),
    row("which", expects="needs_detail", status="needs_detail", answered=False, confidence=0.3, latency_ms=60.0),
]  # fmt: skip


@cache
def values(group: str = "all") -> dict[str, float | None]:
    return {name: figure.value for name, figure in measured(ROWS, seed=1)[group].items()}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ndcg@10", 0.5),
        ("recall@10", 2 / 3),
        ("answer_holds", 2 / 3),
        ("span_holds", 1 / 3),
        ("answered", 2 / 3),
        ("wrong", 2 / 3),  # lost and false, of right, lost, false
        ("coverage@5", 1 / 6),  # right, then comes false
        ("joint", 0.5 * 0.5),
        ("answered_found", 0.5),
        ("refused_deleted", 0.5),
        ("separation", 0.75),  # 0.9 over both, 0.4 over 0.1 only
        ("false_answers", 0.5),
        ("needs_detail", 1.0),
        ("citations_exact", 0.75),
        ("latency_p50", 30.0),
        ("latency_p95", 60.0),
        ("cost", 0.5 / 6),
    ],
)
def test_a_measure_is_what_its_page_says(name: str, expected: float) -> None:
    assert pytest.approx(expected) == values()[name]


def test_no_measure_is_without_its_test() -> None:
    marks = test_a_measure_is_what_its_page_says.pytestmark  # type: ignore[attr-defined]  # set by the decorator
    assert [measure.name for measure in MEASURES] == [case[0] for case in marks[0].args[1]]


def test_questions_are_told_apart_by_language_pair_and_kind() -> None:
    names = {group: [one.id for one in rows] for group, rows in groups(ROWS).items()}
    assert {
        "all": ["right", "silent", "lost", "none", "false", "which"],
        "en": ["lost", "none"],
        "ja": ["right", "silent", "false", "which"],
        "en-en": ["lost"],
        "ja-en": ["right"],
        "ja-ja": ["right", "silent"],
        "kind:lookup": ["right", "silent"],
        "kind:table": ["lost"],
    } == names


def test_a_pair_is_judged_by_the_relevant_documents_in_its_language() -> None:
    assert (0.75, 0.0) == (values("ja-ja")["ndcg@10"], values("ja-en")["ndcg@10"])


def test_one_kind_alone_is_no_group() -> None:
    assert ["all", "ja"] == list(groups([row(kind="lookup")]))


def test_what_unlabelled_questions_cannot_measure_is_left_empty() -> None:
    measurable = {"citations_exact", "latency_p50", "latency_p95", "cost"}
    found = measured([row("free", citations=1, exact=1)], seed=1)["all"]
    assert measurable == {name for name, figure in found.items() if figure.value is not None}
    assert Figure(value=None, low=None, high=None, n=0) == found["recall@10"]
