"""Two runs side by side: paired intervals, and the questions that changed, both ways."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.evaluation.comparison import compare
from tests.unit.retrieval.evaluation.making import ranked, row

FIRST = [row(f"q{n}", expects="answered", right=n % 2 == 0, retrieval=ranked(0.5)) for n in range(40)]


def test_a_run_compared_with_itself_shows_nothing() -> None:
    found = compare(FIRST, FIRST, seed=1)
    assert (40, (), ()) == (found.common, found.better, found.worse)
    gain = found.differences["all"]["ndcg@10"].gain
    assert (0.0, 0.0, 0.0) == (gain.value, gain.low, gain.high)
    assert not any(one.clear for one in found.differences["all"].values())


def test_what_changed_is_named_both_ways_and_by_what_changed() -> None:
    second = [replace(FIRST[0], right=False), replace(FIRST[1], right=True), *FIRST[2:]]
    second[2] = replace(FIRST[2], retrieval=ranked(0.9))
    second[3] = replace(FIRST[3], retrieval=ranked(0.1))
    found = compare(FIRST, second, seed=1)
    assert [("q1", "answer"), ("q2", "retrieval")] == [(c.first.id, c.of) for c in found.better]
    assert [("q0", "answer"), ("q3", "retrieval")] == [(c.first.id, c.of) for c in found.worse]


def test_a_small_gain_on_every_question_is_clear_because_runs_are_paired() -> None:
    spread = [replace(one, retrieval=ranked(n / 40)) for n, one in enumerate(FIRST)]
    better = [replace(one, retrieval=ranked(n / 40 + 0.01)) for n, one in enumerate(FIRST)]
    one = compare(spread, better, seed=1).differences["all"]["ndcg@10"]
    assert one.clear
    assert one.gain.value is not None
    assert abs(one.gain.value - 0.01) < 1e-9


def test_a_gain_on_one_question_of_forty_is_not_clear() -> None:
    second = [replace(FIRST[0], retrieval=ranked(1.0)), *FIRST[1:]]
    assert not compare(FIRST, second, seed=1).differences["all"]["ndcg@10"].clear


def test_questions_of_one_run_only_or_edited_in_between_are_named_and_not_counted() -> None:
    second = [replace(FIRST[1], digest="edited"), *FIRST[2:], row("new")]
    found = compare(FIRST, second, seed=1)
    assert (38, ("q0",), ("new",), ("q1",)) == (found.common, found.only_first, found.only_second, found.edited)


def test_what_only_one_run_could_measure_has_no_gain() -> None:
    second = [replace(one, retrieval=None) for one in FIRST]
    assert compare(FIRST, second, seed=1).differences["all"]["ndcg@10"].gain.value is None


@settings(max_examples=10)
@given(rights=st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=12))
def test_turning_the_runs_round_turns_everything_round(rights: list[tuple[bool, bool]]) -> None:
    a = [row(f"q{n}", expects="answered", right=one) for n, (one, _) in enumerate(rights)]
    b = [row(f"q{n}", expects="answered", right=other) for n, (_, other) in enumerate(rights)]
    there, back = compare(a, b, seed=1), compare(b, a, seed=1)
    assert [c.first.id for c in there.better] == [c.first.id for c in back.worse]
    gains = [run.differences["all"]["wrong"].gain for run in (there, back)]
    assert gains[0].value is not None
    assert gains[1].value is not None
    assert abs(gains[0].value + gains[1].value) < 1e-9
