"""The evidence rule reads absolute signals, and leans to not answering."""

from __future__ import annotations

from dataclasses import replace

import pytest

from retrieval.answers.evidence import Evidence, EvidenceRule, Finding, Reason, measure
from retrieval.values import Term
from tests.unit.retrieval.answers.passages import passage

RULE = EvidenceRule()
STRONG = Evidence(found=10, cosine=0.9, lead=0.06, coverage=0.9, agreed=True, missing=(), crosslingual=False)
NONE = Evidence(found=10, cosine=0.78, lead=0.01, coverage=0.1, agreed=False, missing=(), crosslingual=False)


def terms(**weights: float) -> list[Term]:
    return [Term(text=text, idf=idf, known=True) for text, idf in weights.items()]


def test_strong_evidence_is_answered_middling_shown_and_none_refused() -> None:
    between = replace(STRONG, coverage=0.5, cosine=0.86, agreed=False)
    assert [RULE.decide(e) for e in (STRONG, between, NONE)] == [Finding.ANSWER, Finding.SHOW, Finding.REFUSE]


def test_finding_nothing_is_refused_with_its_own_reason() -> None:
    nothing = measure([], terms=terms(a=1.0), language="en")
    assert (RULE.decide(nothing), RULE.reason(nothing)) == (Finding.REFUSE, Reason.NOTHING_FOUND)


def test_an_identifier_that_stands_nowhere_refuses_whatever_else_speaks_for_an_answer() -> None:
    missing = replace(STRONG, missing=("e9999",))
    assert (RULE.decide(missing), RULE.reason(missing)) == (Finding.REFUSE, Reason.UNKNOWN_IDENTIFIER)


def test_across_languages_missing_words_do_not_count_and_the_bar_for_the_cosine_is_higher() -> None:
    """A Japanese question shares no word with the English page that answers it."""
    across = replace(STRONG, coverage=0.0, agreed=False, crosslingual=True)
    assert RULE.decide(across) is Finding.ANSWER
    assert RULE.decide(replace(across, cosine=0.83, lead=0.04)) is Finding.SHOW
    assert RULE.decide(replace(across, cosine=0.80, lead=0.02)) is Finding.REFUSE


def test_without_the_dense_lane_the_words_alone_decide() -> None:
    lexical = replace(STRONG, cosine=None, lead=0.0)
    assert RULE.decide(lexical) is Finding.ANSWER
    assert RULE.decide(replace(lexical, coverage=0.2)) is Finding.REFUSE


def test_coverage_weighs_terms_by_idf_and_is_that_of_the_best_of_three() -> None:
    found = [passage("nothing here"), passage("the blue widget"), passage("a widget")]
    evidence = measure(found, terms=terms(blue=3.0, widget=1.0, price=1.0), language="en")
    assert evidence.coverage == 0.8
    late = [*[passage(f"nothing {n}") for n in range(3)], passage("the blue widget price")]
    assert measure(late, terms=terms(blue=3.0, widget=1.0, price=1.0), language="en").coverage == 0.0


def test_the_title_counts_as_held() -> None:
    found = [passage("It takes 30 days.", title="Widget returns")]
    assert measure(found, terms=terms(widget=1.0), language="en").coverage == 1.0


def test_the_lead_is_measured_over_the_tenth_cosine_and_the_best_cosine_is_raw() -> None:
    found = [passage(f"p{n}", cosine=0.9 - n / 100) for n in range(12)]
    evidence = measure(found, terms=(), language="en")
    assert (evidence.cosine, round(evidence.lead, 9)) == (0.9, 0.09)


@pytest.mark.parametrize(
    ("term", "missing"), [("e9999", True), ("xr-200b", False), ("30", False), ("20th", False), ("fan", False)]
)
def test_only_letters_with_digits_are_identifiers(term: str, *, missing: bool) -> None:
    """A number or a word may be said in another way, a model number may not."""
    evidence = measure([passage("XR200B has a motor")], terms=terms(**{term.replace("-", ""): 1.0}), language="en")
    assert bool(evidence.missing) is missing


def test_only_passages_in_no_common_language_are_across_languages() -> None:
    ja, en = passage("返品は30日以内です。", language="ja"), passage("Returns take 30 days.", language="en")
    assert [measure([en, other], terms=(), language="ja").crosslingual for other in (ja, en)] == [False, True]
    assert measure([ja], terms=(), language="und").crosslingual is False


def test_agreement_needs_both_lanes_to_place_one_passage_first() -> None:
    both, dense_only = passage("a", ranks=(1, 1)), passage("a", ranks=(1, 2))
    alone = passage("a", cosine=None)
    assert [measure([p], terms=(), language="en").agreed for p in (both, dense_only, alone)] == [True, False, False]


def test_asking_words_and_inflections_hardly_count_as_what_was_asked() -> None:
    """「何日」 and 「すか」 stand in no policy that answers 「返品の期限は何日ですか」."""
    asked = terms(返品=2.0, 期限=2.0, 限は=4.0, 何日=6.0, すか=4.0)
    evidence = measure([passage("返品期限: 14日", language="ja")], terms=asked, language="ja")
    assert evidence.coverage == pytest.approx(4.0 / 4.8)
    english = terms(mani=3.0, day=1.0, return_=1.0)
    assert measure([passage("14 days")], terms=english, language="en").coverage == pytest.approx(0.5)


def test_a_question_of_nothing_but_hiragana_is_weighed_as_it_stands() -> None:
    asked = terms(でき=2.0, きる=2.0)
    assert measure([passage("できない", language="ja")], terms=asked, language="ja").coverage == 0.5


def test_a_very_near_passage_answers_in_other_words_unless_an_identifier_is_missing() -> None:
    near = replace(NONE, cosine=0.915)
    found = [RULE.decide(e) for e in (near, replace(near, missing=("e9",)), replace(near, cosine=0.90))]
    assert found == [Finding.ANSWER, Finding.REFUSE, Finding.REFUSE]
