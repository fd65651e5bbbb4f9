"""Find current documents that disagree: the same subject, another value. Pure.

Deterministic and shy: a false alarm teaches readers to overlook the true one. Two statements of different documents in
force disagree when both stand near the top for the question, speak of the same thing, and give one value each of the
same kind (days, yen, percent, a date, a time) that differ, while neither passage gives the other's value as well: two
cases of one rule (14 days, faulty ones 30) are no disagreement.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from retrieval.answers.coverage import share_of, telling
from retrieval.answers.extractive import Asked
from retrieval.answers.marks import apart
from retrieval.answers.statements import Statement
from retrieval.text.facts import FactKind, find_facts
from retrieval.text.lexical import analyze, analyze_query
from retrieval.values import Passage

__all__ = ["Disagreement", "DisagreementRule", "disagreements"]

_HIRAGANA = re.compile("[\u3041-\u3096\u309d\u309e]")
_COMPARED = frozenset({FactKind.QUANTITY, FactKind.AMOUNT, FactKind.PERCENT, FactKind.DATE, FactKind.TIME})

Dimension = tuple[FactKind, str]
Values = dict[Dimension, dict[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class DisagreementRule:
    """When two statements are about the same thing.

    ``covered`` is the share of the question's telling terms that each must hold, ``shared`` the share of the words of
    the one with fewer that the other must have; across languages ``near`` is the cosine that both must have with each
    other. ``slack`` is how much less than the best a statement may score.
    """

    covered: float = 0.6
    shared: float = 0.6
    near: float = 0.92
    slack: float = 0.35


@dataclass(frozen=True, kw_only=True, slots=True)
class Disagreement:
    """Two statements, by index, and the values that differ, as they are written."""

    one: int
    other: int
    values: tuple[str, str]


def disagreements(
    spoken: Sequence[int],
    *,
    found: Sequence[Statement],
    passages: Sequence[Passage],
    scored: Sequence[float],
    asked: Asked,
    rule: DisagreementRule,
    nearness: Callable[[int, int], float],
) -> list[Disagreement]:
    """Return where another document disagrees with what is to be said, one for each pair of documents.

    ``nearness`` gives the cosine of two statements; it is asked only for those in two languages that differ in
    nothing else.
    """
    if not spoken:
        return []
    least = max(scored) - rule.slack
    terms = telling(asked.terms)
    candidates = [
        index
        for index, statement in enumerate(found)
        if scored[index] >= least and _in_force(passages[statement.passage], asked)
    ]
    values = {index: _values(found[index].text) for index in {*candidates, *spoken}}
    told: dict[tuple[str, str], Disagreement] = {}
    for one in spoken:
        mine = passages[found[one].passage]
        if not values[one] or not _in_force(mine, asked):
            continue
        for other in sorted(candidates, key=lambda index: (-scored[index], index)):
            theirs = passages[found[other].passage]
            pair = (mine.document_id, theirs.document_id)
            if mine.document_id == theirs.document_id or pair in told or pair[::-1] in told or apart(mine, theirs):
                continue
            differing = _differing(values[one], values[other], mine=mine, theirs=theirs)
            if differing is None or _codes(found[one].text) != _codes(found[other].text):
                continue
            if mine.language != theirs.language:
                alike = nearness(one, other) >= rule.near
            else:
                alike = _alike(found[one].text, found[other].text, terms=terms, rule=rule)
            if alike:
                told[pair] = Disagreement(one=one, other=other, values=differing)
    return list(told.values())


def _in_force(passage: Passage, asked: Asked) -> bool:
    return not passage.superseded and (passage.effective_from is None or passage.effective_from <= asked.day)


def _values(text: str) -> Values:
    """Return the values of a text by kind and unit, each with the words it is written in."""
    by_place: dict[tuple[int, int], list[tuple[FactKind, str]]] = defaultdict(list)
    for found in find_facts(text):
        by_place[found.span.start, found.span.end].append((found.fact.kind, found.fact.value))
    values: Values = defaultdict(dict)
    for (start, end), facts in by_place.items():
        kind, value = max(facts, key=lambda fact: (fact[0] in _COMPARED, len(fact[1])))  # a date with all its parts
        if kind in _COMPARED:
            unit = value.partition(" ")[2] if kind in (FactKind.QUANTITY, FactKind.AMOUNT) else f"{len(value)}"
            values[kind, unit if kind is not FactKind.PERCENT else "%"][value] = text[start:end]
    return values


def _differing(one: Values, other: Values, *, mine: Passage, theirs: Passage) -> tuple[str, str] | None:
    """Return two values of one kind that differ, where each text has one of it and neither passage both."""
    for dimension in sorted(one.keys() & other.keys()):
        if len(one[dimension]) != 1 or len(other[dimension]) != 1:
            continue
        (value, written), (rival, rewritten) = *one[dimension].items(), *other[dimension].items()
        both = rival in _values(mine.text).get(dimension, {}) or value in _values(theirs.text).get(dimension, {})
        if value != rival and not both:
            return written, rewritten
    return None


def _codes(text: str) -> frozenset[str]:
    return frozenset(found.fact.value for found in find_facts(text) if found.fact.kind is FactKind.CODE)


def _alike(one: str, other: str, *, terms: Sequence, rule: DisagreementRule) -> bool:  # type: ignore[type-arg]
    covered = min(share_of(terms, frozenset(analyze(text))) for text in (one, other))
    words = [
        frozenset(word for word in analyze_query(text) if not _HIRAGANA.search(word) and not word[0].isdigit())
        for text in (one, other)
    ]
    fewest = min(map(len, words))
    return covered >= rule.covered and fewest > 0 and len(words[0] & words[1]) >= rule.shared * fewest
