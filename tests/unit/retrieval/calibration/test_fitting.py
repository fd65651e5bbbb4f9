"""Calibration keeps to its error rate, learns what tells, and leaves alone what it knows too little about."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from retrieval.answers.evidence import ACROSS, SIGNALS, WITHIN, Evidence, EvidenceRule, EvidenceSignals, Finding, Origin
from retrieval.calibration.fitting import CAUTION, ENOUGH, LEAST, Case, calibrated, default_rule

DEFAULT = EvidenceRule()
CAUTIOUS = default_rule(0.1 * CAUTION)
COVERAGE = SIGNALS.index("coverage")


def cases(
    count: int, *, seed: int = 1, pair: tuple[str, str] = ("ja", "ja"), made_up: bool = False, first: int = 0
) -> list[Case]:
    """Return ``count`` questions, each answerable and not: coverage tells them apart, all else is noise."""
    drawn = random.Random(seed)

    def signals(coverage: float) -> EvidenceSignals:
        return EvidenceSignals(
            cosine=drawn.gauss(0.86, 0.02),
            share=drawn.gauss(0.4, 0.1),
            statement=drawn.gauss(0.95, 0.05),
            coverage=min(1.0, max(0.0, coverage)),
            subjects=drawn.random(),
            agreement=drawn.random(),
        )

    return [
        Case(
            id=f"q{first + number}",
            evidence=Evidence(found=10, pair=pair, signals=signals(drawn.gauss(0.8 if answerable else 0.4, 0.15))),
            answerable=answerable,
            made_up=made_up,
        )
        for number in range(count)
        for answerable in (True, False)
    ]


def answered(rule: EvidenceRule, some: list[Case], *, answerable: bool) -> float:
    """Return the share answered among the answerable cases, or the others."""
    chosen = [case for case in some if case.answerable is answerable]
    return sum(rule.decide(case.evidence) is Finding.ANSWER for case in chosen) / len(chosen)


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.3])
def test_fresh_unanswerable_questions_are_answered_no_more_often_than_the_error_rate_says(rate: float) -> None:
    """The mean over twelve draws, whose standard error is about 0.01; each alone may lie further off by chance."""
    shares = []
    for seed in range(12):
        rule = calibrated(cases(100, seed=seed), error_rate=rate)
        shares.append(answered(rule, cases(300, seed=seed + 1000), answerable=False))
    assert sum(shares) / len(shares) <= rate + 0.02
    assert sum(shares) / len(shares) >= rate / 3


def test_what_tells_questions_apart_in_this_index_gains_weight() -> None:
    rule = calibrated(cases(200), error_rate=0.1)
    model = rule.models["ja-ja"]
    assert (model.origin, model.fitted, model.answerable, model.unanswerable) == (Origin.QUESTIONS, True, 200, 200)
    assert model.weights[COVERAGE] > 2 * DEFAULT.models[WITHIN].weights[COVERAGE]
    fresh = cases(300, seed=7)
    unfitted = replace(model, weights=DEFAULT.models[WITHIN].weights, intercept=DEFAULT.models[WITHIN].intercept)
    assert answered(rule, fresh, answerable=True) > 0.8
    bounded = EvidenceRule(models={**rule.models, "ja-ja": unfitted})
    kept = [
        answered(one, fresh, answerable=True) * (1 - answered(one, fresh, answerable=False)) for one in (bounded, rule)
    ]
    assert kept[0] < kept[1]


def test_at_most_so_many_answerable_questions_are_told_that_nothing_was_found() -> None:
    rule = calibrated(cases(200), error_rate=0.1)
    fresh = [case for case in cases(400, seed=9) if case.answerable]
    refused = sum(rule.decide(case.evidence) is Finding.REFUSE for case in fresh) / len(fresh)
    assert refused <= 0.14


def test_few_questions_move_the_bounds_and_not_the_weights() -> None:
    model = calibrated(cases(ENOUGH - 1), error_rate=0.3).models["ja-ja"]
    assert (model.fitted, model.weights) == (False, DEFAULT.models[WITHIN].weights)
    assert model.answer != default_rule(0.3 * CAUTION).models[WITHIN].answer


def test_too_few_questions_change_nothing() -> None:
    assert calibrated(cases(LEAST - 1), error_rate=0.1) == CAUTIOUS
    assert calibrated([], error_rate=0.1) == CAUTIOUS


def test_a_pair_of_languages_that_nobody_asked_in_keeps_what_it_had() -> None:
    rule = calibrated(cases(50, pair=("ja", "ja")), error_rate=0.1)
    assert rule.model(("ja", "en")) == CAUTIOUS.model(("ja", "en"))
    assert rule.model(("en", "en")).origin is Origin.QUESTIONS  # what holds for all pairs of one language


def test_made_up_questions_move_bounds_alone_and_asked_ones_go_before_them() -> None:
    made = cases(100, made_up=True)
    alone = calibrated(made, error_rate=0.1).models["ja-ja"]
    assert (alone.origin, alone.fitted) == (Origin.PSEUDO_QUESTIONS, False)
    both = calibrated([*made, *cases(100, first=500)], error_rate=0.1).models["ja-ja"]
    assert both.origin is Origin.QUESTIONS


def test_a_list_of_what_must_not_be_answered_lowers_no_bound() -> None:
    """Questions about something else altogether are easily refused, and tell nothing about those that are near."""
    easy = [
        replace(case, evidence=replace(case.evidence, signals=EvidenceSignals(cosine=0.7)))
        for case in cases(60)
        if not case.answerable
    ]
    rule = calibrated(easy, error_rate=0.1)
    assert {kind: rule.models[kind].answer for kind in (WITHIN, "ja-ja")} == dict.fromkeys(
        (WITHIN, "ja-ja"), CAUTIOUS.models[WITHIN].answer
    )


@pytest.mark.parametrize("seed", range(20))
def test_on_the_questions_it_was_calibrated_with_the_error_rate_holds_to_the_last_one(seed: int) -> None:
    some = cases(39, seed=seed)
    rule = calibrated(some, error_rate=0.1)
    wrong = sum(rule.decide(case.evidence) is Finding.ANSWER for case in some if not case.answerable)
    assert wrong <= 3


def test_questions_that_find_nothing_count_as_refused() -> None:
    nothing = [
        Case(id=f"n{n}", evidence=Evidence(found=0, pair=("ja", "ja"), dense=False, lexical=False), answerable=False)
        for n in range(200)
    ]
    some = cases(60)
    bounds = [calibrated(one, error_rate=0.1).models["ja-ja"].answer for one in (some, [*some, *nothing])]
    assert bounds[1] < bounds[0]


def test_made_up_questions_never_lower_the_bound() -> None:
    """An index whose made-up questions are easily refused is not told to answer more."""
    weak = [
        replace(
            case, evidence=replace(case.evidence, signals=replace(case.evidence.signals, coverage=0.0, subjects=0.0))
        )
        for case in cases(60, made_up=True)
    ]
    assert calibrated(weak, error_rate=0.1).models["ja-ja"].answer == CAUTIOUS.models[WITHIN].answer


def test_a_pair_with_few_questions_takes_the_weights_that_its_kind_has_learned() -> None:
    some = [*cases(60, pair=("ja", "ja")), *cases(25, pair=("en", "en"), first=500)]
    rule = calibrated(some, error_rate=0.3)
    assert rule.models["en-en"].weights == rule.models[WITHIN].weights != DEFAULT.models[WITHIN].weights


def test_few_questions_hardly_change_what_an_unknown_name_means() -> None:
    named = [
        replace(
            case, evidence=replace(case.evidence, signals=replace(case.evidence.signals, unknown=float(n % 6 == 0)))
        )
        for n, case in enumerate(cases(60))  # every third answerable question, as if names told the other way
    ]
    model = calibrated(named, error_rate=0.1).models["ja-ja"]
    assert -3.0 < model.weights[SIGNALS.index("unknown")] < -1.5


@pytest.mark.parametrize("kind", [WITHIN, ACROSS])
def test_the_default_bounds_rise_as_the_error_rate_falls(kind: str) -> None:
    bounds = [default_rule(rate).models[kind].answer for rate in (0.001, 0.01, 0.05, 0.1, 0.3, 0.5)]
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[0] > bounds[-1]


def test_a_stricter_error_rate_never_answers_more() -> None:
    fresh = cases(200, seed=3)
    shares = [
        answered(calibrated(cases(100), error_rate=rate), fresh, answerable=True) for rate in (0.01, 0.05, 0.2, 0.5)
    ]
    assert shares == sorted(shares)
    assert shares[0] < shares[-1]


def test_unknown_codes_count_as_refused_whatever_their_strength() -> None:
    """Half of the unanswerable questions name what nobody has: the bound for the others may be lower."""
    some = cases(100)
    barred = [
        replace(case, evidence=replace(case.evidence, unknown=("X-1",)))
        if not case.answerable and number % 4 == 1
        else case
        for number, case in enumerate(some)
    ]
    assert (
        calibrated(barred, error_rate=0.1).models["ja-ja"].answer
        < calibrated(some, error_rate=0.1).models["ja-ja"].answer
    )


def test_the_same_cases_in_any_order_give_the_same_rule() -> None:
    some = cases(60)
    first, second = (calibrated(order, error_rate=0.1).models["ja-ja"] for order in (some, some[::-1]))
    assert first.weights == pytest.approx(second.weights)
    assert (first.answer, first.refuse) == pytest.approx((second.answer, second.refuse))


def test_a_lane_that_failed_while_measuring_does_not_count() -> None:
    broken = [replace(case, evidence=replace(case.evidence, dense=False)) for case in cases(60)]
    assert calibrated(broken, error_rate=0.1) == CAUTIOUS


@pytest.mark.parametrize("rate", [0.0, -0.1, 0.6])
def test_an_error_rate_without_meaning_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="error rate"):
        calibrated(cases(30), error_rate=rate)
