"""The evidence rule reads absolute signals, and leans to not answering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from retrieval.answers.evidence import (
    ACROSS,
    WITHIN,
    Evidence,
    EvidenceModel,
    EvidenceRule,
    EvidenceSignals,
    Finding,
    Origin,
    Reason,
    kind_of_pair,
    measure,
)
from retrieval.answers.subjects import subjects
from retrieval.search.results import Signals
from retrieval.values import Passage, Term
from tests.unit.retrieval.answers.passages import passage

RULE = EvidenceRule()
STRONG = Evidence(
    found=10,
    pair=("en", "en"),
    signals=EvidenceSignals(
        cosine=0.9,
        cosine_margin=0.04,
        cosine_lead=0.08,
        share=0.6,
        share_margin=0.3,
        statement=1.05,
        statement_lead=0.1,
        coverage=0.95,
        subjects=0.95,
        agreement=1.0,
    ),
)
NONE = Evidence(
    found=10,
    pair=("en", "en"),
    signals=EvidenceSignals(cosine=0.8, cosine_margin=0.001, share=0.1, statement=0.8, statement_lead=0.02),
)


def terms(**weights: float) -> list[Term]:
    return [Term(text=text, idf=idf, known=True) for text, idf in weights.items()]


def weighed(
    found: Sequence[Passage],
    *,
    asked: Sequence[Term] = (),
    language: str = "en",
    lanes: Signals | None = None,
    statements: Sequence[tuple[float | None, frozenset[str]]] = (),
    question: str = "",
    unknown: Sequence[str] = (),
) -> Evidence:
    return measure(
        found,
        terms=asked,
        language=language,
        lanes=lanes or Signals(cosines=(0.9, 0.8), shares=(0.5, 0.2)),
        statements=statements,
        asked=subjects(question, language=language),
        unknown=unknown,
    )


def test_strong_evidence_is_answered_middling_shown_and_none_refused() -> None:
    model = RULE.models[WITHIN]
    share = (model.answer - 0.1 - model.strength(NONE.signals)) / (
        model.strength(STRONG.signals) - model.strength(NONE.signals)
    )
    mixed = (b + share * (a - b) for a, b in zip(STRONG.signals.vector, NONE.signals.vector, strict=True))
    between = replace(STRONG, signals=EvidenceSignals(**dict(zip(signal_names(), mixed, strict=True))))
    assert [Finding.ANSWER, Finding.SHOW, Finding.REFUSE] == [RULE.decide(e) for e in (STRONG, between, NONE)]


def signal_names() -> list[str]:
    return list(EvidenceSignals.__dataclass_fields__)


def test_the_margin_is_not_negative_exactly_when_the_rule_answers() -> None:
    for evidence in (STRONG, NONE, replace(STRONG, unknown=("E-7777",)), replace(STRONG, found=0)):
        assert (RULE.margin(evidence) >= 0) is (RULE.decide(evidence) is Finding.ANSWER)


def test_finding_nothing_is_refused_with_its_own_reason() -> None:
    nothing = weighed([], asked=terms(a=1.0))
    assert (Finding.REFUSE, Reason.NOTHING_FOUND) == (RULE.decide(nothing), RULE.reason(nothing))


def test_a_name_that_stands_nowhere_speaks_against_an_answer_and_is_the_reason_given() -> None:
    named = weighed([passage("a")], unknown=("Splunk",))
    assert (1.0, Reason.UNKNOWN_NAME) == (named.signals.unknown, RULE.reason(named))
    doubtful = replace(STRONG, signals=replace(STRONG.signals, unknown=1.0), unknown=("Splunk",))
    assert RULE.margin(doubtful) < RULE.margin(STRONG) - 2


def test_a_very_near_passage_answers_in_other_words_until_questions_have_taught_otherwise() -> None:
    """「返品の期限は」 is answered by 「14日以内に受け付けます」, which shares one word with it."""
    near = replace(NONE, signals=replace(NONE.signals, cosine=0.912, subjects=1.0))
    taught = replace(RULE.models[WITHIN], origin=Origin.QUESTIONS)
    assert [Finding.ANSWER, Finding.REFUSE] == [
        rule.decide(near) for rule in (RULE, EvidenceRule(models={**RULE.models, WITHIN: taught}))
    ]
    for less in ({"cosine": 0.9}, {"subjects": 0.5}, {"unknown": 1.0}):
        assert Finding.ANSWER is not RULE.decide(replace(near, signals=replace(near.signals, **less)))


def test_a_pair_of_languages_has_a_model_of_its_own_or_that_of_its_kind() -> None:
    own = EvidenceModel(weights=(0.0,) * 11, intercept=0.0, answer=1.0, refuse=0.0)
    rule = EvidenceRule(models={**RULE.models, "ja-en": own})
    assert own is rule.model(("ja", "en"))
    assert [RULE.models[kind] for kind in (ACROSS, WITHIN, WITHIN)] == [
        rule.model(pair) for pair in (("en", "ja"), ("ja", "ja"), ("und", "en"))
    ]


@pytest.mark.parametrize(
    ("pair", "kind"), [(("ja", "ja"), WITHIN), (("ja", "en"), ACROSS), (("und", "ja"), WITHIN), (("en", "und"), ACROSS)]
)
def test_a_question_without_a_language_is_asked_in_every_one(pair: tuple[str, str], kind: str) -> None:
    assert kind == kind_of_pair(pair)


def test_without_the_dense_lane_the_words_alone_decide() -> None:
    lexical = replace(STRONG, dense=False)
    assert [Finding.ANSWER, Finding.SHOW, Finding.REFUSE] == [
        RULE.decide(replace(lexical, signals=EvidenceSignals(coverage=coverage))) for coverage in (0.9, 0.5, 0.2)
    ]


def test_without_the_lexical_lane_the_model_that_goes_without_words_decides() -> None:
    bare = EvidenceModel(weights=(1.0,) + (0.0,) * 10, intercept=0.0, answer=0.88, refuse=0.8)
    rule = EvidenceRule(models={**RULE.models, ACROSS: bare})
    assert [Finding.ANSWER, Finding.SHOW, Finding.REFUSE] == [
        rule.decide(replace(STRONG, lexical=False, signals=EvidenceSignals(cosine=cosine)))
        for cosine in (0.9, 0.85, 0.7)
    ]


def test_a_code_that_stands_nowhere_is_refused_outright() -> None:
    """Passages about E-1042 do not help who asked about E-7777, however strong the rest."""
    stronger = replace(STRONG, signals=replace(STRONG.signals, statement_lead=0.9), unknown=("E-7777",))
    assert Finding.REFUSE is RULE.decide(stronger)


def test_bounds_can_be_set_for_all_pairs_at_once() -> None:
    assert [Finding.ANSWER] * 2 == [RULE.bounded(answer=-99, refuse=-99).decide(e) for e in (STRONG, NONE)]
    assert [Finding.SHOW] * 2 == [RULE.bounded(answer=99, refuse=-99).decide(e) for e in (STRONG, NONE)]


def test_coverage_weighs_terms_by_idf_and_is_that_of_the_first_passage() -> None:
    found = [passage("the blue widget"), passage("nothing here"), passage("a widget")]
    asked = terms(blue=3.0, widget=1.0, price=1.0)
    assert 0.8 == weighed(found, asked=asked).signals.coverage
    assert 0.2 == weighed(found[::-1], asked=asked).signals.coverage


def test_the_title_counts_as_held() -> None:
    assert 1.0 == weighed([passage("It takes 30 days.", title="Widget")], asked=terms(widget=1.0)).signals.coverage


def test_subjects_count_alike_and_the_best_of_three_passages_counts() -> None:
    """A rare word weighs no more here than a frequent one."""
    found = [passage("nothing"), passage("returns of a widget"), passage("nothing at all")]
    asked = terms(widget=9.0, decibel=1.0)
    signals = weighed(found, asked=asked, question="widget decibels").signals
    assert (0.0, 0.5) == (signals.coverage, signals.subjects)


def test_margins_are_those_of_the_lanes_and_the_cosine_is_the_best_of_three() -> None:
    found = [passage(f"p{n}", cosine=0.8 + n / 100) for n in range(5)]
    signals = weighed(found, lanes=Signals(cosines=(0.9, 0.85, 0.7), shares=(0.6,))).signals
    assert 0.82 == round(signals.cosine, 9)  # of the first three
    assert [0.05, 0.6, 0.6] == [round(s, 9) for s in (signals.cosine_margin, signals.share, signals.share_margin)]
    assert 0.0 == weighed(found, lanes=Signals(cosines=(0.9,))).signals.cosine_margin


def test_a_statement_counts_by_its_cosine_and_by_the_terms_it_holds() -> None:
    asked = terms(blue=1.0, widget=1.0)
    said = [(0.9, frozenset({"blue"})), (0.8, frozenset({"blue", "widget"})), (None, frozenset({"widget"}))]
    signals = weighed([passage("a")], asked=asked, statements=said).signals
    assert [0.975, 0.05] == [round(signals.statement, 9), round(signals.statement_lead, 9)]


def test_the_pair_names_the_question_s_own_language_when_one_of_three_passages_is_in_it() -> None:
    ja, en = passage("返品は30日以内です。", language="ja"), passage("Returns take 30 days.", language="en")
    assert ("ja", "ja") == weighed([en, en, ja], language="ja").pair
    assert ("ja", "en") == weighed([en, en, en, ja], language="ja").pair
    assert ("ja", "und") == weighed([], language="ja").pair


def test_agreement_is_whole_only_when_both_lanes_place_one_passage_first() -> None:
    ranks: list[tuple[int | None, int | None]] = [(1, 1), (1, 4), (None, 1)]
    assert [1.0, 0.5, round(101**-0.5, 9)] == [
        round(weighed([passage("a", ranks=two)]).signals.agreement, 9) for two in ranks
    ]


def test_asking_words_and_inflections_hardly_count_as_what_was_asked() -> None:
    """「何日」, 「すか」 and 「期限」 stand in few policies that answer 「返品の期限は何日ですか」."""
    asked = terms(返品=2.0, 期限=2.0, 限は=4.0, 何日=6.0, すか=4.0)
    signals = weighed([passage("返品期限: 14日", language="ja")], asked=asked, language="ja").signals
    assert signals.coverage == pytest.approx(2.2 / 3.0)
    english = terms(mani=3.0, day=1.0, return_=1.0)
    assert weighed([passage("14 days")], asked=english).signals.coverage == pytest.approx(0.5)


def test_a_question_of_nothing_but_hiragana_is_weighed_as_it_stands() -> None:
    asked = terms(でき=2.0, きる=2.0)
    assert 0.5 == weighed([passage("できない", language="ja")], asked=asked, language="ja").signals.coverage
