"""nDCG and recall against values reckoned by hand, and what holds for all rankings."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.evaluation.ranking import ndcg, recall

NAMES = st.lists(st.sampled_from("abcdefghijklmnopqrst"), unique=True, max_size=20)
RELEVANT = st.frozensets(st.sampled_from("abcdefghijklmnopqrst"), min_size=1)


@pytest.mark.parametrize(
    ("ranked", "relevant", "expected"),
    [
        ("abc", "a", 1.0),
        ("abc", "b", 1 / math.log2(3)),
        ("abc", "x", 0.0),
        ("axb", "ab", (1 + 1 / math.log2(4)) / (1 + 1 / math.log2(3))),
        ("0123456789a", "a", 0.0),
        ("", "a", 0.0),
    ],
)
def test_ndcg_is_discounted_by_rank_and_measured_by_the_ideal(ranked: str, relevant: str, expected: float) -> None:
    assert pytest.approx(expected) == ndcg(list(ranked), frozenset(relevant))


def test_recall_is_the_share_of_relevant_documents_in_the_first_ten() -> None:
    assert 0.5 == recall(list("a123456789b"), frozenset("ab"))


@given(ranked=NAMES, relevant=RELEVANT)
def test_both_lie_between_zero_and_one_and_vanish_together(ranked: list[str], relevant: frozenset[str]) -> None:
    gain, share = ndcg(ranked, relevant), recall(ranked, relevant)
    assert 0 <= gain <= 1 + 1e-12
    assert 0 <= share <= 1
    assert (gain == 0) == (share == 0)


@given(relevant=RELEVANT)
def test_the_ideal_ranking_has_ndcg_one(relevant: frozenset[str]) -> None:
    assert pytest.approx(1.0) == ndcg(sorted(relevant), relevant)
