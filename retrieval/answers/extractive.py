"""Choose the statements that answer a question best. Pure: vectors come in, nothing is embedded here.

A statement's score is a sum of what was measured to help (docs/decisions/0093-choosing-sentences.md): how near it is to
the question, the share of the question's telling terms in it and over it (title and headings), the same with what is
said directly before it, from where a pronoun takes its subject, the score of its passage, and whether it has the kind
of words that are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import inf

from retrieval.answers.answer_types import fits, wanted
from retrieval.answers.coverage import held_in, is_identifier, share_of, telling
from retrieval.answers.sameness import same, saying
from retrieval.answers.statements import Statement
from retrieval.values import Passage, Span, Term

__all__ = ["Asked", "Selected", "SelectionRule", "choose", "naming", "scores"]

_FOLDED = 12  # best statements among which those that say the same are looked for


@dataclass(frozen=True, kw_only=True, slots=True)
class SelectionRule:
    """Weights of a statement's signals. One that scores ``slack`` less than the best is left out.

    A row of a table that scores ``row_slack`` less than the best row of that table is left out as well: all of them
    profit from their header. A statement may be the translation of another when their cosine is at least
    ``translated``.
    """

    headed_weight: float = 0.15
    continued_weight: float = 0.2
    passage_weight: float = 0.7
    type_bonus: float = 0.05
    slack: float = 0.22
    row_slack: float = 0.06
    translated: float = 0.85


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A question as statements are chosen for it.

    ``meant`` is the question with the earlier ones that it goes on from, ``day`` when it is asked.
    """

    question: str
    meant: str
    language: str
    terms: Sequence[Term]
    day: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Selected:
    """A statement to quote; ``also`` are those of other documents that say the same. Indices of what was found."""

    index: int
    also: tuple[int, ...] = ()


def naming(found: Sequence[Statement], *, terms: Sequence[Term]) -> list[Statement]:
    """Leave out rows of tables that name none of the question's identifiers, where a statement names one.

    The row of E-1055 says nothing about E-1042, a sentence without the code may well go on about it.
    """
    named = {term.text for term in terms if is_identifier(term.text)}
    naming = {index for index, statement in enumerate(found) if named & held_in(statement.text)}
    return [s for index, s in enumerate(found) if not naming or index in naming or s.header is None]


def scores(
    found: Sequence[Statement],
    *,
    passages: Sequence[Passage],
    asked: Asked,
    cosines: Mapping[int, float],
    rule: SelectionRule,
) -> list[float]:
    """Return the score of every statement.

    ``cosines`` maps a statement's index to its cosine with the question; one without (too long for the model, or no
    model at hand) takes the mean of the others.
    """
    usual = sum(cosines.values()) / len(cosines) if cosines else 0.0
    near = [cosines.get(index, usual) for index in range(len(found))]
    types = wanted(asked.question)
    covered = _covered(found, passages=passages, asked=asked, rule=rule)
    return [
        near[index]
        + covered[index]
        + rule.passage_weight * passages[statement.passage].score
        + (rule.type_bonus if fits(types, statement.text) else 0.0)
        for index, statement in enumerate(found)
    ]


def _covered(
    found: Sequence[Statement], *, passages: Sequence[Passage], asked: Asked, rule: SelectionRule
) -> list[float]:
    """Return what the words of every statement earn; one in another language than the question takes the mean.

    It can earn nothing by the question's words, which does not tell against it.
    """
    terms = telling(asked.terms)
    heads = [held_in("\n".join((passage.title, *passage.heading_path))) for passage in passages]
    earned = []
    for statement in found:
        held = held_in(statement.text)
        headed = share_of(terms, held | heads[statement.passage])
        continued = share_of(terms, held | held_in(statement.before))
        earned.append(rule.headed_weight * headed + rule.continued_weight * continued)
    own = [index for index, one in enumerate(found) if passages[one.passage].language == asked.language]
    usual = sum(earned[index] for index in own) / len(own) if own else 0.0
    for index in set(range(len(found))) - set(own):
        earned[index] = max(earned[index], usual)
    return earned


def choose(
    found: Sequence[Statement],
    *,
    passages: Sequence[Passage],
    asked: Asked,
    scored: Sequence[float],
    rule: SelectionRule,
    limit: int,
    nearness: Callable[[int, int], float],
) -> list[Selected]:
    """Return the best ``limit`` statements in reading order: by the rank of their document, then by place.

    ``scored`` are their `scores`, ``nearness`` gives the cosine of two. Ties go to the better passage, then to the
    earlier place. Statements that say the same are one: of several documents the newest that is in force speaks, in the
    question's language if one is. One that stands whole within another, as a sentence does in the answer of a FAQ, is
    left out.
    """
    if not found:
        return []
    ranked = sorted(range(len(found)), key=lambda index: (-scored[index], found[index].passage, found[index].span))
    least = _least(found, passages=passages, scored=scored, rule=rule)
    near = [index for index in ranked if scored[index] >= max(scored[ranked[0]] - rule.slack, least[index])]
    said = {i: saying(found[i].text, language=passages[found[i].passage].language) for i in near[:_FOLDED]}

    def repeats(one: int, other: int) -> bool:
        translated = said[one].language == said[other].language or nearness(one, other) >= rule.translated
        return translated and same(said[one], said[other])

    chosen: list[Selected] = []
    for group in _grouped(near[:_FOLDED], repeats=repeats):
        spoken = _spoken(group, found=found, passages=passages, asked=asked)
        letters = said[spoken.index].letters
        if len(chosen) < limit and not any(letters in said[one.index].letters for one in chosen):
            chosen = [*(one for one in chosen if said[one.index].letters not in letters), spoken]
    ranks: dict[str, int] = {}
    for passage in passages:
        ranks.setdefault(passage.document_id, len(ranks))
    return sorted(
        chosen,
        key=lambda choice: (ranks[passages[found[choice.index].passage].document_id], found[choice.index].span),
    )


def _least(
    found: Sequence[Statement], *, passages: Sequence[Passage], scored: Sequence[float], rule: SelectionRule
) -> list[float]:
    """Return what each statement must score beside the other rows of its table; minus infinity where it is no row."""
    tables = [(passages[one.passage].document_id, one.header) if one.header else None for one in found]
    best: dict[tuple[str, Span] | None, float] = {}
    for table, score in zip(tables, scored, strict=True):
        if table is not None:
            best[table] = max(best.get(table, score), score)
    return [-inf if table is None else best[table] - rule.row_slack for table in tables]


def _grouped(ranked: Sequence[int], *, repeats: Callable[[int, int], bool]) -> list[list[int]]:
    """Return statements by what they say, the best first in every group and the best groups first."""
    groups: list[list[int]] = []
    for index in ranked:
        group = next((one for one in groups if repeats(one[0], index)), None)
        if group is None:
            groups.append([index])
        else:
            group.append(index)
    return groups


def _spoken(group: Sequence[int], *, found: Sequence[Statement], passages: Sequence[Passage], asked: Asked) -> Selected:
    """Return who speaks for a group, and one statement of every other document in it."""

    def standing(index: int) -> tuple[bool, bool, date, int]:
        passage = passages[found[index].passage]
        since = passage.effective_from or date.min
        current = not passage.superseded and since <= asked.day
        return current, passage.language == asked.language, since, -group.index(index)

    speaker = max(group, key=standing)
    others: dict[str, int] = {passages[found[speaker].passage].document_id: speaker}
    for index in group:
        others.setdefault(passages[found[index].passage].document_id, index)
    return Selected(index=speaker, also=tuple(index for index in others.values() if index != speaker))
