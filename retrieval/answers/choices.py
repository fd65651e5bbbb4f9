"""Tell when a question needs detail: the best statements tie and differ in what the question leaves open. Pure.

Where products, versions or years have each its own answer, blending them or taking one in silence is wrong. The
question is handed back with what it may mean instead; not when it names one of them or has a word that only one of
their titles has, when a filter chose, when a general document is as good, or when all of them say the same anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations

from retrieval.answers.coverage import held_in, telling
from retrieval.answers.extractive import Asked
from retrieval.answers.marks import apart, marks
from retrieval.answers.sameness import same, saying
from retrieval.answers.statements import Statement
from retrieval.values import Passage

__all__ = ["AmbiguityRule", "Open", "distinguished", "left_open"]


@dataclass(frozen=True, kw_only=True, slots=True)
class AmbiguityRule:
    """When statements tie: those that score at most ``tie`` less than the best and hold the same of the question.

    That is the same telling terms, with title, headings and what is said before, at least ``covered`` of them by idf;
    so they are in the question's language. At most ``offered`` choices are given.
    """

    tie: float = 0.1
    covered: float = 0.3
    offered: int = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Open:
    """One thing that a question may mean: the value of the field, and the statement, by index, that says it best.

    ``declared`` tells that the document declares the field itself.
    """

    field: str
    value: str
    index: int
    declared: bool


def distinguished(passages: Sequence[Passage]) -> bool:
    """Tell whether any two passages are about different products, versions or dates: else nothing can be left open."""
    return any(apart(one, other) for one, other in combinations(passages, 2))


def left_open(
    found: Sequence[Statement],
    *,
    passages: Sequence[Passage],
    scored: Sequence[float],
    asked: Asked,
    chosen: AbstractSet[str],
    rule: AmbiguityRule,
) -> list[Open]:
    """Return what a question may mean, the best first; nothing when it is clear enough.

    ``chosen`` are fields that a filter decides.
    """
    tied = _tied(found, passages=passages, scored=scored, asked=asked, rule=rule)
    if not tied:
        return []
    marked = {index: marks(passages[found[index].passage]) for index in tied}
    for field in marked[tied[0]]:
        if field in chosen or any(len(marked[index].get(field, ())) != 1 for index in tied):
            continue
        best: dict[str, int] = {}
        for index in tied:
            best.setdefault(min(marked[index][field]), index)
        if len(best) < 2 or _named(best, found=found, passages=passages, asked=asked):
            continue
        if not _agree(list(best.values()), found=found, passages=passages):
            options = [
                Open(
                    field=field,
                    value=marked[index][field][value],
                    index=index,
                    declared=field in passages[found[index].passage].metadata,
                )
                for value, index in best.items()
            ]
            return options[: rule.offered]
    return []


def _tied(
    found: Sequence[Statement],
    *,
    passages: Sequence[Passage],
    scored: Sequence[float],
    asked: Asked,
    rule: AmbiguityRule,
) -> list[int]:
    """Return the statements in force that tie, the best first; none when the best of all is not among them."""
    ranked = sorted(range(len(found)), key=lambda index: (-scored[index], index))
    terms = {term.text: term.idf for term in telling(asked.terms)}
    if not ranked or not any(terms.values()):
        return []
    held = {
        index: _held(found[index], passages[found[index].passage]) & terms.keys()
        for index in ranked
        if scored[index] >= scored[ranked[0]] - rule.tie and _in_force(passages[found[index].passage], asked)
    }
    shared = held.get(ranked[0], frozenset())
    if sum(terms[word] for word in shared) < rule.covered * sum(terms.values()):
        return []
    return [index for index in held if held[index] == shared]


def _in_force(passage: Passage, asked: Asked) -> bool:
    return not passage.superseded and (passage.effective_from is None or passage.effective_from <= asked.day)


def _held(statement: Statement, passage: Passage) -> frozenset[str]:
    over = (passage.title, *passage.heading_path, statement.before, statement.text)
    return held_in("\n".join(over))


def _named(best: dict[str, int], *, found: Sequence[Statement], passages: Sequence[Passage], asked: Asked) -> bool:
    """Tell whether the question names a value, or has a telling word that only some of the titles have."""
    words = held_in(asked.meant)
    if any(held_in(value) & words for value in best):
        return True
    weights = {term.text: term.idf for term in telling(asked.terms)}
    heaviest = max(weights.values(), default=0.0)
    over = [passages[found[index].passage] for index in best.values()]
    titles = [held_in("\n".join((passage.title, *passage.heading_path))) for passage in over]
    return any(
        weights.get(word, 0.0) * 2 > heaviest and 0 < sum(word in title for title in titles) < len(titles)
        for word in words
    )


def _agree(options: Sequence[int], *, found: Sequence[Statement], passages: Sequence[Passage]) -> bool:
    """Tell whether all options say the same, but for the very words that tell them apart."""
    said = [saying(found[index].text, language=passages[found[index].passage].language) for index in options]
    return all(same(said[0], other) for other in said[1:])
