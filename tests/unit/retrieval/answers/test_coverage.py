"""How much of a question a text says, in the question's own words or in others that say the same."""

from __future__ import annotations

import pytest

from retrieval.answers.coverage import held_share, share_of
from retrieval.text.lexical import analyze
from retrieval.values import Alternative, Term

LEAVE = Term(
    text="有休",
    idf=3.0,
    known=True,
    alternatives=(
        Alternative(tokens=("年次", "次有", "有給", "給休", "休暇")),
        Alternative(tokens=("pto",), weight=0.5),
    ),
)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("有休の申請", 1.0),
        ("年次有給休暇の申請", 1.0),
        ("PTO requests", 0.5),
        ("PTO（年次有給休暇）", 1.0),
        ("夏季休暇の申請", 0.0),
        ("", 0.0),
    ],
)
def test_a_term_is_held_when_one_of_its_wordings_is_held_whole(text: str, share: float) -> None:
    assert held_share(LEAVE, frozenset(analyze(text))) == share


def test_coverage_counts_other_wordings_by_their_weight() -> None:
    terms = [LEAVE, Term(text="申請", idf=1.0, known=True)]
    assert share_of(terms, frozenset(analyze("年次有給休暇の申請"))) == 1.0
    assert share_of(terms, frozenset(analyze("PTO の届け"))) == 0.375
    assert share_of(terms, frozenset(analyze("夏季休暇の申請"))) == 0.25
