"""How much of a question a text holds. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import lru_cache

from retrieval.text.lexical import analyze
from retrieval.values import Passage, Term

__all__ = ["covered", "held_by", "held_in", "held_share", "is_identifier", "share_of", "telling"]

_INFLECTION = 0.1  # share of its idf that a term with hiragana keeps
_HIRAGANA = re.compile("[\u3041-\u3096\u309d\u309e]")
_ASKING = re.compile("[何誰幾]")
_ASKING_WORDS = frozenset({"long", "mani", "much"})  # stems, after "how"
ASKED_FOR = frozenset({"期限", "締切", "deadlin"})
"""Terms that name the kind of answer: a rule says "within 14 days" and seldom "deadline"."""

_IDENTIFIER = re.compile(r"[^\W\d_](?=\w*\d)[\w.+#]{2,}")  # a number with a unit begins with its digits


def is_identifier(term: str) -> bool:
    """Tell whether a term is a code or a model number: a letter first, and digits, so that it has no other wording."""
    return _IDENTIFIER.fullmatch(term) is not None


def telling(terms: Sequence[Term]) -> tuple[Term, ...]:
    """Return a question's terms weighed by what they tell: who asks for 何日 or "how many" wants it said otherwise.

    Interrogatives are dropped; terms with hiragana (particles, inflections and what straddles them) and terms that name
    the kind of answer keep a tenth of their idf. They are returned as they were when nothing else is left.
    """
    kept = tuple(
        replace(term, idf=term.idf * _INFLECTION) if _HIRAGANA.search(term.text) or term.text in ASKED_FOR else term
        for term in terms
        if not _ASKING.search(term.text) and term.text not in _ASKING_WORDS
    )
    return kept if any(not _HIRAGANA.search(term.text) for term in kept) else tuple(terms)


def covered(terms: Sequence[Term], text: str) -> float:
    """Return the share, weighted by idf, of the question's terms that a text holds: 0 to 1, 0 without terms."""
    return share_of(terms, held_in(text))


@lru_cache(maxsize=4096)
def held_in(text: str) -> frozenset[str]:
    """Return the distinct terms of a text. The last few thousand are kept: one question asks for each several times."""
    return frozenset(analyze(text))


def held_by(passage: Passage) -> frozenset[str]:
    """Return the terms that a passage holds with its title, its headings and what else it is matched by."""
    return held_in(f"{passage.lexical_title}\n{passage.lexical_text}\n{passage.text}")


def share_of(terms: Sequence[Term], held: AbstractSet[str]) -> float:
    """Return the share, weighted by idf, of terms that are among those held: 0 to 1, 0 without terms."""
    whole = sum(term.idf for term in terms)
    return sum(term.idf * held_share(term, held) for term in terms) / whole if whole > 0 else 0.0


def held_share(term: Term, held: AbstractSet[str]) -> float:
    """Return how far the tokens held say a term: 1 by itself, else the weight of the best wording held whole, or 0."""
    if term.text in held:
        return 1.0
    return max(
        (other.weight for other in term.alternatives if all(token in held for token in other.tokens)), default=0.0
    )
