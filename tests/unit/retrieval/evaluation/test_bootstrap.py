"""Intervals: repeatable, around the figure, and as wide as theory says."""

from __future__ import annotations

import numpy as np
import pytest

from retrieval.evaluation.bootstrap import Figure, figures, resamples
from retrieval.evaluation.statistics import mean


def test_a_resample_draws_as_many_questions_as_there_are() -> None:
    weights = np.concatenate(list(resamples(7, count=50, seed=1)))
    assert (50, 7) == weights.shape
    assert [7.0] == sorted(set(weights.sum(axis=1)))


def test_the_same_seed_gives_the_same_interval_and_another_seed_another() -> None:
    values = [n * n / 3600 for n in range(60)]
    first, again, other = (figures({"x": mean(values)}, questions=60, seed=seed)["x"] for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_the_interval_of_a_share_is_that_of_the_binomial() -> None:
    values = [float(n < 300) for n in range(400)]
    figure = figures({"x": mean(values)}, questions=400, seed=1)["x"]
    assert (0.75, 400) == (figure.value, figure.n)
    assert figure.low is not None
    assert figure.high is not None
    spread = 1.96 * (0.75 * 0.25 / 400) ** 0.5
    assert pytest.approx(0.75 - spread, abs=0.01) == figure.low
    assert pytest.approx(0.75 + spread, abs=0.01) == figure.high


def test_many_questions_are_resampled_in_blocks_with_the_same_law() -> None:
    blocks = list(resamples(400_000, count=5, seed=1))
    assert [2, 2, 1] == [len(block) for block in blocks]


def test_nothing_measured_is_said_and_not_made_up() -> None:
    nothing = Figure(value=None, low=None, high=None, n=0)
    assert {"x": nothing} == figures({"x": mean([None, None])}, questions=2, seed=1)
    assert {"x": nothing} == figures({"x": mean([])}, questions=0, seed=1)


def test_a_figure_that_few_questions_have_a_say_in_is_taken_from_the_resamples_that_hold_them() -> None:
    figure = figures({"x": mean([1.0, None, None])}, questions=3, seed=1)["x"]
    assert Figure(value=1.0, low=1.0, high=1.0, n=1) == figure
