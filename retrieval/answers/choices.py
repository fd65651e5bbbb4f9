"""Tell when a question needs detail: the best passages tie and differ in what the question leaves open. Pure.

Where products, versions or years have each its own answer, blending them or taking one in silence is wrong. The question
is handed back with what it may mean instead; not when it names one of them or has a word that only one of their titles
has, when a filter chose, when a general document is as good, or when all of them say the same anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from retrieval.answers.coverage import held_by, share_of, telling
from retrieval.answers.extractive import Asked
from retrieval.answers.marks import marks
from retrieval.answers.sameness import same, saying
from retrieval.answers.statements import Statement
from retrieval.text.lexical import analyze
from retrieval.values import Passage

__all__ = ["AmbiguityRule", "Open", "left_open"]


@dataclass(frozen=True, kw_only=True, slots=True)
class AmbiguityRule:
    """When passages tie: those that score at most ``tie`` less than the best, of the ``read`` best.

    Each must hold at least ``covered`` of the question's telling terms, or be in another language. At most ``offered``
    choices are given.
    """

    tie: float = 0.06
    read: int = 5
    covered: float = 0.5
    offered: int = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Open:
    """One thing that a question may mean: the value of the field, and the statement, by index, that says it best."""

    field: str
    value: str
    index: int


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

    ``passages`` are the best ones, best first; ``chosen`` are fields that a filter decides.
    """
    tied = _tied(passages, asked=asked, rule=rule)
    if len(tied) < 2:
        return []
    words = frozenset(analyze(asked.question))
    marked = {number: marks(passages[number]) for number in tied}
    for field in sorted(marked[tied[0]]):
        if field in chosen or not all(len(marked[number].get(field, ())) == 1 for number in tied):
            continue
        by_value: dict[str, list[int]] = {}
        for number in tied:
            by_value.setdefault(min(marked[number][field]), []).append(number)
        if len(by_value) < 2 or _named(by_value, passages=passages, words=words, asked=asked):
            continue
        options = [
            Open(field=field, value=value, index=best)
            for value, numbers in by_value.items()
            if (best := _best(numbers, found=found, scored=scored)) is not None
        ]
        if len(options) > 1 and not _agree(options, found=found, passages=passages):
            return options[: rule.offered]
    return []


def _tied(passages: Sequence[Passage], *, asked: Asked, rule: AmbiguityRule) -> list[int]:
    """Return the passages in force that tie with the best one."""
    terms = telling(asked.terms)
    tied = []
    for number, passage in enumerate(passages[: rule.read]):
        if passage.superseded or (passage.effective_from is not None and passage.effective_from > asked.day):
            continue
        foreign = passage.language != asked.language
        if passages[0].score - passage.score <= rule.tie and (
            foreign or share_of(terms, held_by(passage)) >= rule.covered
        ):
            tied.append(number)
    return tied if tied[:1] == [0] else []


def _named(by_value: dict[str, list[int]], *, passages: Sequence[Passage], words: frozenset[str], asked: Asked) -> bool:
    """Tell whether the question names a value, or has a telling word that only some of the titles have."""
    if any(frozenset(analyze(value)) & words for value in by_value):
        return True
    weights = {term.text: term.idf for term in telling(asked.terms)}
    heaviest = max(weights.values(), default=0.0)
    titles = [
        frozenset(analyze("\n".join(text for n in numbers for text in (passages[n].title, *passages[n].heading_path))))
        for numbers in by_value.values()
    ]
    return any(
        weights.get(word, 0.0) * 2 > heaviest and 0 < sum(word in title for title in titles) < len(titles)
        for word in words
    )


def _best(numbers: Sequence[int], *, found: Sequence[Statement], scored: Sequence[float]) -> int | None:
    own = [index for index, statement in enumerate(found) if statement.passage in numbers]
    return max(own, key=lambda index: (scored[index], -index), default=None)


def _agree(options: Sequence[Open], *, found: Sequence[Statement], passages: Sequence[Passage]) -> bool:
    said = [
        saying(found[option.index].text, language=passages[found[option.index].passage].language) for option in options
    ]
    return all(same(said[0], other) for other in said[1:])
