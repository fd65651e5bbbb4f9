"""Choosing sentences: near in meaning, holding the question's words, from the better passages, in reading order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from retrieval.answers.extractive import Asked, Selected, SelectionRule, choose, naming, scores
from retrieval.answers.statements import Statement, statements
from retrieval.values import ChunkKind, Passage, Term
from tests.unit.retrieval.answers.passages import passage

FIRST = passage("One apple here. Two pears there. Three plums.", key="a", score=1.0)
SECOND = passage("Four apples fell. Nothing more.", key="b", score=0.9)
PASSAGES = [FIRST, SECOND]
FOUND = statements(PASSAGES, question="?")
APPLE = [Term(text="appl", idf=2.0, known=True)]
RULE = SelectionRule(slack=1.0)
TODAY = date(2026, 4, 1)


def asked(question: str = "?", *, language: str = "en", terms: list[Term] | None = None) -> Asked:
    return Asked(question=question, meant=question, language=language, terms=terms or [], day=TODAY)


def scored(
    found: list[Statement], passages: list[Passage], cosines: dict[int, float], *, of: Asked, rule: SelectionRule = RULE
) -> list[float]:
    return scores(found, passages=passages, asked=of, cosines=cosines, rule=rule)


def picked(
    found: list[Statement],
    passages: list[Passage],
    *,
    of: Asked | None = None,
    near: float = 0.9,
    values: list[float] | None = None,
) -> list[Selected]:
    return choose(
        found,
        passages=passages,
        asked=of or asked(),
        scored=values or [1.0] * len(found),
        rule=RULE,
        limit=3,
        nearness=lambda _one, _other: near,
    )


def chosen(
    cosines: list[float], *, limit: int = 3, rule: SelectionRule = RULE, terms: list[Term] | None = None
) -> list[str]:
    of = asked(terms=terms)
    values = scored(FOUND, PASSAGES, dict(enumerate(cosines)), of=of, rule=rule)
    selected = choose(
        FOUND,
        passages=PASSAGES,
        asked=of,
        scored=values,
        rule=rule,
        limit=limit,
        nearness=lambda _one, _other: 0.0,
    )
    return [FOUND[one.index].text for one in selected]


def test_the_nearest_sentences_are_given_in_reading_order() -> None:
    assert chosen([0.5, 0.9, 0.8, 0.95, 0.1]) == ["Two pears there.", "Three plums.", "Four apples fell."]


def test_the_questions_words_and_the_passage_decide_between_equally_near_sentences() -> None:
    assert chosen([0.5] * 5, limit=2, terms=APPLE) == ["One apple here.", "Four apples fell."]
    assert chosen([0.5] * 5, limit=1) == ["One apple here."]


def test_a_sentence_far_behind_the_best_is_left_out() -> None:
    assert chosen([0.95, 0.5, 0.9, 0.2, 0.2], rule=SelectionRule(slack=0.1)) == ["One apple here.", "Three plums."]


def test_a_sentence_without_a_vector_takes_the_mean_of_the_others() -> None:
    cosines = {0: 0.9, 1: 0.1, 3: 0.2, 4: 0.3}
    rule = SelectionRule(passage_weight=0.0)
    assert [0.9, 0.1, 0.375, 0.2, 0.3] == pytest.approx(scored(FOUND, PASSAGES, cosines, of=asked(), rule=rule))


def test_nothing_to_choose_from_gives_nothing() -> None:
    assert picked([], []) == []


@pytest.mark.parametrize(
    ("text", "title", "term", "language"),
    [
        ("The fee is set. It is paid monthly.", "Guide", "fee", "en"),
        ("料金は定額です。これは毎月払います。", "案内", "料金", "ja"),
    ],
)
def test_a_sentence_takes_its_subject_from_the_one_before_it(text: str, title: str, term: str, language: str) -> None:
    place = passage(text, title=title, language=language)
    found = statements([place], question="?")
    of = asked(language=language, terms=[Term(text=term, idf=2.0, known=True)])
    rule = SelectionRule(headed_weight=0.0, passage_weight=0.0)
    assert [0.2, 0.2] == pytest.approx(scored(found, [place], {0: 0.0, 1: 0.0}, of=of, rule=rule))
    alone = SelectionRule(headed_weight=0.0, passage_weight=0.0, continued_weight=0.0)
    assert [0.0, 0.0] == pytest.approx(scored(found, [place], {0: 0.0, 1: 0.0}, of=of, rule=alone))


def test_words_of_title_and_headings_count_as_said() -> None:
    terms = [Term(text="fee", idf=2.0, known=True)]
    for place in (passage("Paid monthly.", title="Fees"), passage("Paid monthly.", headings=("Fees",))):
        found = statements([place], question="?")
        rule = SelectionRule(continued_weight=0.0, passage_weight=0.0)
        assert [0.15] == pytest.approx(scored(found, [place], {0: 0.0}, of=asked(terms=terms), rule=rule))


def test_a_figure_is_worth_something_to_who_asks_how_many() -> None:
    place = passage("It has pears. It has 12 pears.")
    found = statements([place], question="?")
    rule = SelectionRule(passage_weight=0.0)
    values = scored(found, [place], {0: 0.5, 1: 0.5}, of=asked("How many pears are there"), rule=rule)
    assert [0.5, 0.55] == pytest.approx(values)


def test_the_question_in_another_language_tells_nothing_against_a_sentence() -> None:
    places = [passage("料金は千円です。送料は無料です。", key="ja", language="ja"), passage("The fee.", key="en")]
    found = statements(places, question="?")
    of = asked(language="ja", terms=[Term(text="料金", idf=2.0, known=True)])
    rule = SelectionRule(headed_weight=0.0, continued_weight=0.2, passage_weight=0.0)
    own_first, own_second, foreign = scored(found, places, {0: 0.0, 1: 0.0, 2: 0.0}, of=of, rule=rule)
    assert (own_first + own_second) / 2 == pytest.approx(foreign)


def test_what_several_documents_say_is_said_once_and_the_others_are_named() -> None:
    places = [passage(text, key=key) for key, text in (("a", "Returns take 14 days."), ("b", "Returns take 14 days"))]
    assert [Selected(index=0, also=(1,))] == picked(statements(places, question="?"), places)


def test_of_those_that_say_the_same_the_newest_in_force_speaks() -> None:
    texts = ["返品は14日以内です。"] * 4
    old, new, planned, gone = (passage(text, key=key, language="ja") for key, text in zip("abcd", texts, strict=True))
    places = [
        replace(old, effective_from=date(2023, 4, 1)),
        replace(new, effective_from=date(2025, 4, 1)),
        replace(planned, effective_from=date(2027, 4, 1)),
        replace(gone, effective_from=date(2026, 3, 1), superseded=True),
    ]
    (one,) = picked(statements(places, question="?"), places, of=asked(language="ja"))
    assert Selected(index=1, also=(0, 2, 3)) == one


def test_a_translation_is_folded_and_the_questions_language_speaks() -> None:
    places = [
        passage("You may return it within 14 days of delivery.", key="en"),
        passage("到着後14日以内に返品できます。", key="ja", language="ja"),
    ]
    found = statements(places, question="?")
    assert [Selected(index=1, also=(0,))] == picked(found, places, of=asked(language="ja"))
    assert [Selected(index=0, also=(1,))] == picked(found, places, of=asked(language="en"))
    assert [Selected(index=0), Selected(index=1)] == picked(found, places, near=0.5)


def test_nearly_the_same_words_do_not_take_all_the_places() -> None:
    place = passage("Doors open at 9 o'clock. The doors open at 9 o'clock! Cats sleep. Dogs bark.")
    found = statements([place], question="?")
    said = [found[one.index].text for one in picked(found, [place], values=[0.9, 0.8, 0.7, 0.6])]
    assert ["Doors open at 9 o'clock.", "Cats sleep.", "Dogs bark."] == said


@pytest.mark.parametrize("whole_first", [True, False])
def test_a_sentence_that_stands_in_a_whole_answer_is_not_said_again(*, whole_first: bool) -> None:
    """Whichever of them is the better one: the whole answer of a record holds it already."""
    answer = "Open the login page. The link is valid for 24 hours."
    record = passage(answer, key="faq", kind=ChunkKind.ANSWER)
    page = passage("Open the login page.", key="portal")
    passages = [record, page] if whole_first else [page, record]
    found = statements(passages, question="?")
    values = [1.0, 0.99] if whole_first else [0.99, 1.0]
    assert [answer] == [found[one.index].text for one in picked(found, passages, values=values)]


def test_rows_do_not_follow_the_best_of_their_table_for_the_sake_of_its_header() -> None:
    places = [passage("a | b\n1 | 2\n3 | 4\n5 | 6", kind=ChunkKind.TABLE), passage("A sentence.", key="b")]
    found = statements(places, question="?")
    said = [found[one.index].text for one in picked(found, places, values=[0.9, 0.88, 0.8, 0.7])]
    assert ["1 | 2", "3 | 4", "A sentence."] == said


def test_rows_of_other_codes_are_left_out_when_one_row_is_of_the_code_asked_for() -> None:
    table = passage("Code | Meaning\nE-1042 | no network\nE-1055 | no power", kind=ChunkKind.TABLE)
    found = statements([table], question="?")
    asked = [Term(text="e1042", idf=3.0, known=True)]
    assert [statement.text for statement in naming(found, terms=asked)] == ["E-1042 | no network"]
    assert naming(found, terms=[Term(text="e7777", idf=3.0, known=False)]) == found
