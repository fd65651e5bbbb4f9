"""Understand a question among what the same user asked before it, and blend the two. Pure.

A question that follows up is searched for as a blend: what it says itself, plus as much of what it says together with
the turns before it. Its vector is the sum of both vectors, its lexical query weighs the terms of both likewise; so
every absolute signal (cosine, lexical share, coverage of the terms) is that of the question as understood. A question
that stands alone is never blended, and one that turns to something else drops what came before.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from operator import mul
from struct import pack, unpack

from retrieval.errors import UserError
from retrieval.search.question import normalised
from retrieval.search.references import Form, form_of
from retrieval.values import LexicalQuery, Relation, Understood, Vector

__all__ = ["MOST_TURNS", "ConversationRule", "blended_query", "blended_vector", "closeness", "earlier", "understand"]

MOST_TURNS = 20
"""How many earlier turns may come with a question."""

_READ = 400  # code points of an earlier turn that count: its subject stands in them, and a pasted letter is cut


@dataclass(frozen=True, kw_only=True, slots=True)
class ConversationRule:
    """When a question follows up, and how much the turns before it count.

    ``reach`` is how many earlier turns are taken, ``weight`` how much the question with them counts beside the question
    alone. A question that names up to ``few`` things and has no word that points back follows up when its cosine to
    one of the turns in reach is at least ``related`` (one thing named) or ``related_more``; these two are the
    embedder's, for multilingual-e5-small.
    """

    reach: int = 2
    weight: float = 1.0
    few: int = 2
    few_opened: int = 3
    related: float = 0.77
    related_more: float = 0.805


def earlier(turns: Sequence[str]) -> tuple[str, ...]:
    """Return earlier turns made fit to be searched for. Raises `UserError` for too many, naming one that cannot."""
    if len(turns) > MOST_TURNS:
        raise UserError(f"{len(turns)} earlier questions were given, {MOST_TURNS} are allowed: give the last ones.")
    kept = []
    for number, turn in enumerate(turns, start=1):
        try:
            kept.append(normalised(turn))
        except UserError as error:
            raise UserError(f"Earlier question {number}: {error}") from None
    return tuple(kept)


def understand(
    question: str, turns: Sequence[str], *, related: Callable[[Sequence[str]], float | None], rule: ConversationRule
) -> Understood:
    """Return what a question is understood as after ``turns``, oldest first.

    ``related`` gives the highest cosine of the question to some turns, None where there is none to be had; it is called
    only where the words leave it open.
    """
    if not turns:
        return Understood(text=question)
    reached = _of_one_topic(turns)[-rule.reach :]
    relation = _relation(form_of(question), related=lambda: related(reached), rule=rule)
    if relation is not Relation.FOLLOW_UP:
        return Understood(text=question, relation=relation)
    whole = " ".join((*(turn[:_READ] for turn in reached), question))
    return Understood(text=whole, relation=relation, turns=tuple(reached))


def _of_one_topic(turns: Sequence[str]) -> Sequence[str]:
    """Return the turns from the last one on that turned to something else."""
    for at in range(len(turns) - 1, 0, -1):
        form = form_of(turns[at])
        if form.breaks or (form.aside and not form.points):
            return turns[at:]
    return turns


def _relation(form: Form, *, related: Callable[[], float | None], rule: ConversationRule) -> Relation:
    if form.breaks or (form.aside and not form.points):
        return Relation.NEW_TOPIC
    if form.points or form.named == 0:
        return Relation.FOLLOW_UP
    if form.identifier:
        asks_for_another = form.named == 1 and (form.bare or form.opens)
        return Relation.FOLLOW_UP if asks_for_another else Relation.ALONE
    if form.opens and form.named <= rule.few_opened:
        return Relation.FOLLOW_UP
    if form.named > rule.few:
        return Relation.ALONE
    cosine = related()
    bound = rule.related if form.named == 1 else rule.related_more
    return Relation.FOLLOW_UP if cosine is None or cosine >= bound else Relation.NEW_TOPIC


def closeness(vector: Vector, others: Sequence[Vector]) -> float:
    """Return the highest cosine of a unit vector to others, which are at least one."""
    own = _floats(vector)
    return max(math.fsum(map(mul, own, _floats(other))) for other in others)


def blended_vector(alone: Vector, whole: Vector, *, weight: float) -> Vector:
    """Return the unit vector along ``alone + weight * whole``: it ranks as the weighted sum of both cosines does."""
    mixed = [own + weight * other for own, other in zip(_floats(alone), _floats(whole), strict=True)]
    length = math.sqrt(sum(map(mul, mixed, mixed))) or 1.0
    return pack(f"<{len(mixed)}f", *(value / length for value in mixed))


def blended_query(alone: LexicalQuery, whole: LexicalQuery, *, weight: float) -> LexicalQuery:
    """Return the groups of both queries, each once; those of ``whole`` alone weigh less.

    ``share(alone) + weight * share(whole)`` is a sum over the groups, in which one of both counts
    ``1 / n + weight / m`` and one of the longer query ``weight / m``, for n and m groups; the weights here are in that
    ratio, with 1 for what the question says itself. Earlier turns, however long, thus have at most
    ``weight / (1 + weight)`` of the ideal score.
    """
    own = set(alone.groups)
    less = weight * len(own) / (len(whole.groups) + weight * len(own)) if own else 1.0
    added = (replace(group, weight=group.weight * less) for group in whole.groups if group not in own)
    return LexicalQuery(groups=(*alone.groups, *added))


def _floats(vector: Vector) -> tuple[float, ...]:
    return unpack(f"<{len(vector) // 4}f", vector)
