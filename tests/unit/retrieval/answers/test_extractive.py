"""Choosing sentences: near in meaning, holding the question's words, from the better passages, in reading order."""

from __future__ import annotations

from retrieval.answers.extractive import SelectionRule, choose, naming
from retrieval.answers.statements import statements
from retrieval.values import ChunkKind, Term
from tests.unit.retrieval.answers.passages import passage

FIRST = passage("One apple here. Two pears there. Three plums.", key="a", score=1.0)
SECOND = passage("Four apples fell. Nothing more.", key="b", score=0.9)
PASSAGES = [FIRST, SECOND]
FOUND = statements(PASSAGES, question="?")
APPLE = [Term(text="appl", idf=2.0, known=True)]
RULE = SelectionRule(slack=1.0)


def chosen(
    cosines: list[float], *, limit: int = 3, rule: SelectionRule = RULE, terms: list[Term] | None = None
) -> list[str]:
    picked = choose(
        FOUND, passages=PASSAGES, terms=terms or [], cosines=dict(enumerate(cosines)), rule=rule, limit=limit
    )
    return [statement.text for statement in picked]


def test_the_nearest_sentences_are_given_in_reading_order() -> None:
    assert chosen([0.5, 0.9, 0.8, 0.95, 0.1]) == ["Two pears there.", "Three plums.", "Four apples fell."]


def test_the_questions_words_and_the_passage_decide_between_equally_near_sentences() -> None:
    assert chosen([0.5] * 5, limit=2, terms=APPLE) == ["One apple here.", "Four apples fell."]
    assert chosen([0.5] * 5, limit=1) == ["One apple here."]


def test_a_sentence_far_behind_the_best_is_left_out() -> None:
    assert chosen([0.95, 0.5, 0.9, 0.2, 0.2], rule=SelectionRule(slack=0.1)) == ["One apple here.", "Three plums."]


def test_a_sentence_without_a_vector_takes_the_mean_of_the_others() -> None:
    cosines = {0: 0.9, 1: 0.1, 3: 0.2, 4: 0.2}
    picked = choose(FOUND, passages=PASSAGES, terms=[], cosines=cosines, rule=RULE, limit=2)
    assert [statement.text for statement in picked] == ["One apple here.", "Three plums."]


def test_nothing_to_choose_from_gives_nothing() -> None:
    assert choose([], passages=[], terms=[], cosines={}, rule=RULE, limit=3) == []


def test_rows_of_other_codes_are_left_out_when_one_row_is_of_the_code_asked_for() -> None:
    table = passage("Code | Meaning\nE-1042 | no network\nE-1055 | no power", kind=ChunkKind.TABLE)
    found = statements([table], question="?")
    asked = [Term(text="e1042", idf=3.0, known=True)]
    assert [statement.text for statement in naming(found, terms=asked)] == ["E-1042 | no network"]
    assert naming(found, terms=[Term(text="e7777", idf=3.0, known=False)]) == found
