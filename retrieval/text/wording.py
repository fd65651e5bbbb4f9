"""Make the query of the lexical lane from a question: its words as asked, and what else they may be written as.

In this order, the earlier keeping its place: words of the glossary; spellings; quantities; versions and model numbers.
A question without any of them gives exactly its plain query.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from retrieval.text.lexical import STOP_WORDS, Token, analyze_query, asked, lexical_form
from retrieval.text.quantities import quantities_in
from retrieval.text.spellings import spelled
from retrieval.text.wordbook import Match, Saying, Wordbook, key_of
from retrieval.values import Alternative, LexicalQuery, TermGroup

__all__ = ["Expansion", "Worded", "worded"]

_VERSION = re.compile(r"(?<![a-z0-9])(?:v|ver\.?|version|バージヨン)[ .]?(\d{1,4}(?:\.\d{1,4}){0,4})(?![a-z0-9])")
_MODEL = re.compile(r"(?<![a-z0-9.])([a-z]{1,4}) (\d{1,8}[a-z]{0,3})(?![a-z0-9.])")
_NO_MODEL = "jan feb mar apr may jun jul aug sep oct nov dec ver no page pp step part day days top next last over some"
_SHORT_WORDS = frozenset(_NO_MODEL.split()) | STOP_WORDS
_MOST = 24
"""Alternatives of one group, and groups with alternatives in one query: a pasted letter must not take seconds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Expansion:
    """What was looked for besides a part of the question; ``origin`` says why: glossary, spelling, number, gloss."""

    text: str
    wordings: tuple[str, ...]
    origin: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Worded:
    """The lexical query of a question and the expansions in it, in the order of the question."""

    query: LexicalQuery
    expansions: tuple[Expansion, ...] = ()


class _Part(NamedTuple):
    """A span of the question that may be said otherwise."""

    start: int
    end: int
    alternatives: tuple[Alternative, ...]
    expansion: Expansion | None


def worded(question: str, *, glossary: Wordbook | None = None) -> Worded:
    """Return the lexical query of a question, with what the glossary, if there is one, and spellings add to it."""
    form = lexical_form(question).strip()
    key = key_of(form)
    tokens = asked(form)
    parts: list[_Part] = []
    if len(key) == len(form):  # else a letter grew when its case was folded, and no place is sure
        for origin, matches in (("glossary", glossary.matches(key) if glossary else ()), ("spelling", spelled(key))):
            parts += _free(parts, (_part(form, match, origin) for match in matches))
        amounts = (_Part(q.start, q.end, (Alternative(tokens=q.tokens[:1]),), None) for q in quantities_in(form))
        parts += _free(parts, amounts)
        parts += _free(parts, (_part(form, match, "number") for match in _numbers(key)))
    parts = sorted(parts)[:_MOST]
    return Worded(query=_query(tokens, parts), expansions=tuple(part.expansion for part in parts if part.expansion))


def _part(form: str, match: Match, origin: str) -> _Part:
    sayings = match.sayings[:_MOST]
    said = form[match.start : match.end]
    others = tuple(s.text for s in sayings if key_of(s.text) != key_of(said))
    return _Part(
        match.start,
        match.end,
        tuple(Alternative(tokens=tokens, weight=s.weight) for s in sayings if (tokens := _bag(s.text))),
        Expansion(text=said, wordings=others, origin=origin),
    )


def _bag(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(analyze_query(text)))


def _free(taken: Sequence[_Part], offered: Iterator[_Part]) -> list[_Part]:
    """Return those offered that say something and overlap none taken, nor one another."""
    free: list[_Part] = []
    for part in offered:
        if part.alternatives and all(part.end <= t.start or t.end <= part.start for t in (*taken, *free)):
            free.append(part)
    return free


def _numbers(key: str) -> Iterator[Match]:
    """Yield versions (``ver. 2``, ``v2``) and model numbers typed apart (``ab 100s``, which is ``AB-100S``)."""
    for found in _VERSION.finditer(key):
        number = found[1]
        yield Match(*found.span(), tuple(Saying(f"{name}{number}") for name in ("v", "version ", "ver ", "バージョン")))
    for found in _MODEL.finditer(key):
        letters, digits = found.groups()
        if letters not in _SHORT_WORDS and len(letters) + len(digits) > 2:
            yield Match(*found.span(), (Saying(f"{letters}{digits}"),))


def _query(tokens: Sequence[Token], parts: Sequence[_Part]) -> LexicalQuery:
    """Return the groups in the order of the question; a token belongs to the first part that holds it whole."""
    within: dict[str, int] = {}
    for place, part in enumerate(parts):
        for token in tokens:
            if part.start <= token.start and token.end <= part.end:
                within.setdefault(token.text, place)
    groups: list[TermGroup] = []
    places: dict[int, int] = {}
    seen: set[str] = set()
    for token in tokens:
        if token.text in seen:
            continue
        seen.add(token.text)
        if (number := within.get(token.text)) is None:
            groups.append(TermGroup(tokens=(token.text,)))
        elif number in places:
            group = groups[places[number]]
            groups[places[number]] = replace(group, tokens=(*group.tokens, token.text))
        else:
            places[number] = len(groups)
            groups.append(TermGroup(tokens=(token.text,), alternatives=parts[number].alternatives))
    groups += [TermGroup(alternatives=p.alternatives) for n, p in enumerate(parts) if n not in places]
    return LexicalQuery(groups=tuple(groups))
