"""How much of a question a text holds. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from retrieval.text.lexical import analyze
from retrieval.values import Passage, Term

__all__ = ["covered", "held_by", "share_of"]


def covered(terms: Sequence[Term], text: str) -> float:
    """Return the share, weighted by idf, of the question's terms that a text holds: 0 to 1, 0 without terms."""
    return share_of(terms, frozenset(analyze(text)))


def held_by(passage: Passage) -> frozenset[str]:
    """Return the terms that a passage holds with its title, its headings and what else it is matched by."""
    return frozenset(analyze(f"{passage.lexical_title}\n{passage.lexical_text}\n{passage.text}"))


def share_of(terms: Sequence[Term], held: AbstractSet[str]) -> float:
    """Return the share, weighted by idf, of terms that are among those held: 0 to 1, 0 without terms."""
    whole = sum(term.idf for term in terms)
    return sum(term.idf for term in terms if term.text in held) / whole if whole > 0 else 0.0
