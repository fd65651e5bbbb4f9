"""Find current documents that disagree: the same subject, another value. Pure.

Deterministic and shy: a false alarm teaches readers to overlook the true one. Two statements of different documents in
force disagree when both stand near the top for the question, speak of the same thing, and give one value each of the
same kind (days, yen, percent, a date, a time) that differ, while neither passage gives the other's value as well: two
cases of one rule (14 days, faulty ones 30) are no disagreement.

That two speak of the same thing is told by their words. Across languages it is told by how near the two are, which
tells less: so both must then be the best of their language, and sentences.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from retrieval.answers.answer_types import AnswerType, wanted
from retrieval.answers.coverage import held_in, share_of, telling
from retrieval.answers.extractive import Asked
from retrieval.answers.marks import apart
from retrieval.answers.statements import Statement
from retrieval.text.facts import Fact, FactKind, facts_in, find_facts
from retrieval.text.lexical import analyze_query
from retrieval.text.quantities import QUANTITY
from retrieval.values import Passage

__all__ = ["Disagreement", "DisagreementRule", "disagreements"]

_HIRAGANA = re.compile("[\u3041-\u3096\u309d\u309e]")
_COMPARED = frozenset({FactKind.QUANTITY, FactKind.AMOUNT, FactKind.PERCENT, FactKind.DATE, FactKind.TIME})

Dimension = tuple[FactKind, str]
Values = dict[Dimension, dict[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class DisagreementRule:
    """When two statements are about the same thing.

    ``covered`` is the share of the question's telling terms that each in its language must hold, with what stands over
    and before it, ``shared`` the share of the words of both that both must have. Across languages each must score at
    most ``behind`` less than the best of its language, and ``near`` is their least cosine.
    """

    covered: float = 0.5
    shared: float = 0.5
    behind: float = 0.05
    near: float = 0.8


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

    ``spoken`` are the indices of what is to be said, ``nearness`` gives the cosine of two statements.
    """
    compared = _Compared(found=found, passages=passages, scored=scored, asked=asked, rule=rule, nearness=nearness)
    told: dict[frozenset[str], Disagreement] = {}
    for one in spoken:
        mine = passages[found[one].passage]
        for other in sorted(range(len(found)), key=lambda index: (-scored[index], index)):
            pair = frozenset({mine.document_id, passages[found[other].passage].document_id})
            if len(pair) > 1 and pair not in told:
                values = compared.differing(one, other)
                if values is not None:
                    told[pair] = Disagreement(one=one, other=other, values=values)
    return list(told.values())


class _Compared:
    """Compares statements, reading the values of each once."""

    def __init__(
        self,
        *,
        found: Sequence[Statement],
        passages: Sequence[Passage],
        scored: Sequence[float],
        asked: Asked,
        rule: DisagreementRule,
        nearness: Callable[[int, int], float],
    ) -> None:
        self._found = found
        self._passages = passages
        self._scored = scored
        self._asked = asked
        self._rule = rule
        self._nearness = nearness
        self._terms = telling(asked.terms)
        self._named = facts_in(asked.meant)
        self._dated = AnswerType.TIME in wanted(asked.question)
        self._values: dict[int, Values] = {}
        self._best: dict[str, float] = {}
        for index in range(len(found)):
            language = self._passage(index).language
            self._best[language] = max(self._best.get(language, scored[index]), scored[index])

    def differing(self, one: int, other: int) -> tuple[str, str] | None:
        """Return the two values that a statement and another disagree in, as written; None when they do not."""
        mine, theirs = self._passage(one), self._passage(other)
        if not self._valued(one) or not self._valued(other) or not (self._in_force(mine) and self._in_force(theirs)):
            return None
        values = self._differing(one, other)
        if values is None or apart(mine, theirs) or _codes(self._found[one].text) != _codes(self._found[other].text):
            return None
        own = [index for index in (one, other) if self._passage(index).language == self._asked.language]
        if not own or any(self._covers(index) < self._rule.covered for index in own):
            return None
        alike = self._alike(one, other) if mine.language == theirs.language else self._match(one, other)
        return values if alike else None

    def _differing(self, one: int, other: int) -> tuple[str, str] | None:
        """Return two values of one kind that differ, where each text has one of it and neither passage both.

        What the question names, it asks about: then the other value belongs to something else. Dates of two events
        differ everywhere, so dates are compared only when a time is asked for.
        """
        mine, theirs = self._valued(one), self._valued(other)
        for kind, unit in sorted(mine.keys() & theirs.keys()):
            dimension = kind, unit
            if len(mine[dimension]) != 1 or len(theirs[dimension]) != 1 or (kind is FactKind.DATE and not self._dated):
                continue
            (value, written), (rival, rewritten) = *mine[dimension].items(), *theirs[dimension].items()
            if value == rival or self._named & {Fact(kind, value), Fact(kind, rival)}:
                continue
            texts = [_values(self._passage(index).text).get(dimension, {}) for index in (one, other)]
            if rival not in texts[0] and value not in texts[1]:
                return written, rewritten
        return None

    def _alike(self, one: int, other: int) -> bool:
        mine, theirs = (_words(self._found[index].text) for index in (one, other))
        if not mine or len(mine & theirs) < self._rule.shared * len(mine | theirs):
            return False
        held = self._held(one) ^ self._held(other)
        heaviest = max((term.idf for term in self._terms), default=0.0)
        return not any(term.text in held and term.idf * 2 > heaviest for term in self._terms)  # a name of one of them

    def _match(self, one: int, other: int) -> bool:
        both = (one, other)
        rows = any(self._found[index].header is not None for index in both)
        leading = all(
            self._scored[index] >= self._best[self._passage(index).language] - self._rule.behind for index in both
        )
        return leading and not rows and self._nearness(one, other) >= self._rule.near

    def _covers(self, index: int) -> float:
        return share_of(self._terms, self._held(index))

    def _held(self, index: int) -> frozenset[str]:
        statement, passage = self._found[index], self._passage(index)
        over = (passage.title, *passage.heading_path, statement.before, statement.text)
        return held_in("\n".join(over))

    def _in_force(self, passage: Passage) -> bool:
        return not passage.superseded and (passage.effective_from is None or passage.effective_from <= self._asked.day)

    def _passage(self, index: int) -> Passage:
        return self._passages[self._found[index].passage]

    def _valued(self, index: int) -> Values:
        if index not in self._values:
            self._values[index] = _values(self._found[index].text)
        return self._values[index]


def _values(text: str) -> Values:
    """Return the values of a text by kind and unit, each with the words it is written in."""
    by_place: dict[tuple[int, int], list[tuple[FactKind, str]]] = defaultdict(list)
    for found in find_facts(text):
        by_place[found.span.start, found.span.end].append((found.fact.kind, found.fact.value))
    values: Values = defaultdict(dict)
    for (start, end), facts in by_place.items():
        kind, value = max(facts, key=lambda fact: (fact[0] in _COMPARED, len(fact[1])))  # a date with all its parts
        if kind in _COMPARED:
            values[kind, _unit(kind, value)][value] = text[start:end]
    return values


def _unit(kind: FactKind, value: str) -> str:
    """Return in what a value is given; dates compare when they name the same parts, as 2026-04 and 2027-01 do."""
    if kind in (FactKind.QUANTITY, FactKind.AMOUNT):
        return value.partition(" ")[2]
    return str(len(value)) if kind is FactKind.DATE else ""


def _codes(text: str) -> frozenset[str]:
    return frozenset(found.fact.value for found in find_facts(text) if found.fact.kind is FactKind.CODE)


def _words(text: str) -> frozenset[str]:
    """Return the words of a text that carry its subject: neither kana nor figures, as written or as a value."""
    words = (word for word in analyze_query(text) if not _HIRAGANA.search(word))
    return frozenset(word for word in words if not (word[0].isdigit() or word[0] == QUANTITY))
