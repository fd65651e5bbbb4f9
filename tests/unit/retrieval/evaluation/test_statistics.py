"""Figures over questions against values reckoned by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.evaluation.statistics import (
    Statistic,
    coverage_at,
    curve,
    mean,
    percentile,
    product,
    ratio,
    separation,
)

VALUES = st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=1, max_size=30)


def value(statistic: Statistic, *weights: float, of: int = 0) -> float:
    return float(statistic.of(np.array([weights or (1.0,) * of]))[0])


def test_a_mean_is_of_the_values_that_are_there() -> None:
    made = mean([1.0, None, 0.5, False])
    assert (3, 0.5) == (made.n, value(made, of=4))


def test_a_question_drawn_twice_counts_twice() -> None:
    assert pytest.approx(2 / 3) == value(mean([1.0, 0.0]), 2, 1)


def test_a_figure_over_nothing_is_not_a_number() -> None:
    for made in (mean([None]), percentile([], 0.5), coverage_at([0.1], [None], risk=0.05), separation([0.1], [None])):
        assert math.isnan(value(made, of=1))


def test_a_ratio_is_of_sums_and_not_the_mean_of_ratios() -> None:
    assert pytest.approx(3 / 11) == value(ratio([1.0, 2.0, None], [1.0, 10.0, 5.0]), of=3)


def test_a_product_multiplies_two_figures() -> None:
    assert 0.375 == value(product(mean([True, True, True, False]), mean([True, False, True, False])), of=4)


@pytest.mark.parametrize(("share", "expected"), [(0.5, 20.0), (0.51, 30.0), (0.95, 40.0), (0.0, 10.0), (1.0, 40.0)])
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(share: float, expected: float) -> None:
    assert expected == value(percentile([40.0, 10.0, 30.0, 20.0], share), of=4)


def test_coverage_takes_the_most_confident_as_long_as_few_are_wrong() -> None:
    confidences = [0.9, 0.8, 0.7, 0.6, 0.5]
    wrong = [False, False, True, False, False]
    assert 0.4 == value(coverage_at(confidences, wrong, risk=0.05), of=5)
    assert 1.0 == value(coverage_at(confidences, wrong, risk=0.2), of=5)
    assert 0.0 == value(coverage_at(confidences, [True] * 5, risk=0.05), of=5)


def test_coverage_may_pass_through_a_bad_stretch_when_the_whole_is_good_enough() -> None:
    wrong = [True, *[False] * 19]
    assert 1.0 == value(coverage_at([20.0 - n for n in range(20)], wrong, risk=0.05), of=20)


def test_equal_confidences_are_answered_together_or_not_at_all() -> None:
    assert 0.0 == value(coverage_at([0.5, 0.5], [False, True], risk=0.05), of=2)
    assert [(1.0, 0.5)] == curve([0.5, 0.5], [False, True])


def test_unjudged_questions_are_no_part_of_coverage() -> None:
    made = coverage_at([0.9, 0.8, 0.7], [False, None, True], risk=0.05)
    assert (2, 0.5) == (made.n, value(made, of=3))


def test_the_curve_goes_from_the_most_confident_to_all() -> None:
    assert [(1 / 3, 0.0), (2 / 3, 0.5), (1.0, pytest.approx(1 / 3))] == curve([3.0, 1.0, 2.0], [False, False, True])
    assert [] == curve([1.0], [None])


def test_separation_is_the_share_of_pairs_in_the_right_order() -> None:
    # pairs: 3>2, 3>1, 1<2, 1=1
    assert (1 + 1 + 0 + 0.5) / 4 == value(separation([3.0, 1.0], [2.0, 1.0]), of=2)


@settings(max_examples=40)
@given(present=VALUES, seed=st.integers(0, 99))
def test_separation_agrees_with_counting_pairs_under_any_weights(present: list[float | None], seed: int) -> None:
    generator = np.random.default_rng(seed)
    gone = [None if one is None else float(round(generator.random(), 1)) for one in present]
    rounded = [None if one is None else round(one, 1) for one in present]
    weights = generator.integers(0, 3, size=len(present))
    won = whole = 0.0
    for a, wa in zip(rounded, weights, strict=True):
        for b, wb in zip(gone, weights, strict=True):
            if a is not None and b is not None:
                won += wa * wb * (1.0 if a > b else 0.5 if a == b else 0.0)
                whole += wa * wb
    made = value(separation(rounded, gone), *map(float, weights))
    assert math.isnan(made) if not whole else pytest.approx(won / whole) == made


@settings(max_examples=40)
@given(values=VALUES)
def test_weights_are_the_same_as_repeating_questions(values: list[float | None]) -> None:
    twice = mean([*values, *values]), mean(values)
    wrong = [None if one is None else one > 0.5 for one in values]
    confidences = [one or 0.0 for one in values]
    covered = coverage_at(confidences * 2, wrong * 2, risk=0.05), coverage_at(confidences, wrong, risk=0.05)
    for repeated, weighted in (twice, covered):
        assert pytest.approx(value(repeated, of=2 * len(values)), nan_ok=True) == value(weighted, *[2.0] * len(values))


@settings(max_examples=40)
@given(values=st.lists(st.booleans(), min_size=1, max_size=20), low=st.floats(0, 0.5), more=st.floats(0, 0.5))
def test_allowing_more_wrong_never_covers_less(values: list[bool], low: float, more: float) -> None:
    confidences = [float(len(values) - n) for n in range(len(values))]
    less, greater = (coverage_at(confidences, values, risk=risk) for risk in (low, low + more))
    assert value(less, of=len(values)) <= value(greater, of=len(values))
