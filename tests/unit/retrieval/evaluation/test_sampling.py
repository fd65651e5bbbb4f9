"""Halves and samples: repeatable, and independent of what else is in the file."""

from __future__ import annotations

from retrieval.evaluation.questions import Question
from retrieval.evaluation.sampling import half_of, sample

MANY = tuple(Question(id=f"q{n}", text="?") for n in range(400))


def ids(questions: tuple[Question, ...]) -> list[str]:
    return [question.id for question in questions]


def test_the_halves_part_a_set_about_evenly_and_leave_nothing_out() -> None:
    a, b = ids(sample(MANY, half="a")), ids(sample(MANY, half="b"))
    assert sorted(ids(MANY)) == sorted(a + b)
    assert 150 < len(a) < 250


def test_the_half_of_a_question_never_changes() -> None:
    assert ["a", "b", "b", "b", "b", "a"] == [half_of(f"ja-{n:03}") for n in range(6)]
    assert ids(sample(MANY[:50], half="a")) == [one for one in ids(sample(MANY, half="a")) if one in ids(MANY[:50])]


def test_a_sample_is_chosen_by_its_seed_and_keeps_the_order_of_the_file() -> None:
    ten = ids(sample(MANY, limit=10, seed=1))
    assert ten == ids(sample(MANY, limit=10, seed=1)) != ids(sample(MANY, limit=10, seed=2))
    assert ten == [one for one in ids(MANY) if one in ten]
    assert len(ten) == 10
    assert set(ten) <= set(ids(sample(MANY, limit=20, seed=1)))
    assert ids(MANY) == ids(sample(MANY, limit=4000))
