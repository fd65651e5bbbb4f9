"""Tell whether two statements say the same, whatever document they stand in. Pure.

Near is not enough: "The Standard plan allows 60 requests" is near "The Pro plan allows 60 requests". So the facts
(numbers, dates, codes) must agree and so must negation, and of the words that carry meaning one statement must hold
all of the other's and little more. Across languages words cannot be compared, so only what has a telling fact in common
is the same: an amount, a date, a quantity.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.text.facts import Fact, FactKind, facts_in
from retrieval.text.folding import fold
from retrieval.text.lexical import analyze_query

__all__ = ["Saying", "same", "saying"]

_ENOUGH = 0.8  # share of the longer statement's words that the shorter one has
_TELLING = frozenset({FactKind.QUANTITY, FactKind.AMOUNT, FactKind.PERCENT, FactKind.DATE, FactKind.TIME})
_HIRAGANA = re.compile("[\u3041-\u3096\u309d\u309e]")
_NEGATION = re.compile(
    r"ない|ません|なかった|[ら-わさかたなばまがれけめせてべげえ]ず(?!つ)|不可|禁止|対象外|除[くきい]"
    r"|\b(?:not|no|never|none|cannot|without|except|unless|excluding)\b|n['’]t\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Saying:
    """What a statement comes to: its letters and digits alone, its words, its facts, and how often it denies."""

    letters: str
    words: frozenset[str]
    facts: frozenset[Fact]
    denials: int
    language: str


def saying(text: str, *, language: str) -> Saying:
    """Return what a statement in a language comes to."""
    folded = fold(text).text
    return Saying(
        letters="".join(char for char in folded if char.isalnum()),
        words=frozenset(word for word in analyze_query(text) if not _HIRAGANA.search(word)),
        facts=facts_in(text),
        denials=len(_NEGATION.findall(folded)),
        language=language,
    )


def same(one: Saying, other: Saying) -> bool:
    """Tell whether two statements say the same."""
    if one.letters == other.letters:
        return True
    if one.language != other.language:
        return _figures(one) == _figures(other) and any(fact.kind in _TELLING for fact in one.facts)
    if one.facts != other.facts:
        return False
    if one.denials != other.denials or not one.words or not other.words:
        return False
    shared = one.words & other.words
    fewer, more = sorted((len(one.words), len(other.words)))
    return len(shared) == fewer and fewer >= _ENOUGH * more


def _figures(said: Saying) -> frozenset[Fact]:
    """Return the facts that read the same in every language; a unit may be one in 2 years and none in 2年."""
    return frozenset(fact for fact in said.facts if fact.kind not in (FactKind.QUANTITY, FactKind.AMOUNT))
