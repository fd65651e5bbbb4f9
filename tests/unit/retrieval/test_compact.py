"""Compact vectors: a quarter of the bytes, hardly another direction."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from retrieval.compact import compact, compact_size, cosines, expand
from retrieval.values import Vector


def unit(values: npt.NDArray[np.float64]) -> Vector:
    vector: Vector = (values / np.linalg.norm(values)).astype("<f4").tobytes()
    return vector


def exact(one: Vector, other: Vector) -> float:
    a, b = (np.frombuffer(raw, dtype="<f4").astype(np.float64) for raw in (one, other))
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def gaussian(seed: int, count: int) -> list[Vector]:
    drawn = np.random.default_rng(seed).normal(size=(count, 384))
    return [unit(row) for row in drawn]


def test_a_compact_vector_has_a_byte_a_dimension_and_a_scale() -> None:
    (one,) = gaussian(1, 1)
    assert compact_size(384) == 388 == len(compact(one))


def test_cosines_are_those_of_the_full_vectors_to_the_third_digit() -> None:
    (question, *others) = gaussian(2, 300)
    found = cosines(question, [compact(other) for other in others])
    assert max(abs(a - exact(question, b)) for a, b in zip(found, others, strict=True)) < 0.0015
    assert all(exact(one, expand(compact(one))) > 0.9998 for one in others)


@given(arrays(np.float64, st.integers(1, 40), elements=st.floats(-1, 1).filter(lambda x: x == 0 or abs(x) > 1e-6)))
def test_a_compact_vector_has_length_1_and_is_its_own_compact_form(values: npt.NDArray[np.float64]) -> None:
    if not values.any():
        return
    vector = unit(values)
    kept = expand(compact(vector))
    assert math.isclose(float(np.linalg.norm(np.frombuffer(kept, "<f4"))), 1.0, rel_tol=1e-6)
    assert cosines(vector, [compact(vector)])[0] == pytest.approx(exact(vector, kept), abs=1e-5)
    assert compact(kept) == compact(vector)


@pytest.mark.parametrize("value", [0.0, math.nan, math.inf])
def test_what_has_no_direction_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="direction"):
        compact(np.full(4, value, dtype="<f4").tobytes())


def test_a_cosine_does_not_depend_on_what_is_compared_with_it() -> None:
    (question, *others) = gaussian(4, 60)
    kept = [compact(other) for other in others]
    assert cosines(question, kept) == [cosines(question, [one])[0] for one in kept]
    assert cosines(question, kept[::-1]) == cosines(question, kept)[::-1]


def test_no_vectors_have_no_cosines() -> None:
    assert cosines(gaussian(3, 1)[0], []) == []
