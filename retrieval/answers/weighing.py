"""Weigh what was found for a question: gather the evidence in the view that found it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.answers.coverage import held_in
from retrieval.answers.evidence import ACROSS, Evidence, kind_of_pair, measure, pair_of
from retrieval.answers.nearness import cosines_of, vectors_of
from retrieval.answers.statements import statements
from retrieval.answers.subjects import Subject, misspelt, names, subjects
from retrieval.errors import ServiceError
from retrieval.ports import Embedder, View
from retrieval.search.results import SearchResult
from retrieval.values import Filter, LexicalQuery, Passage, Term, TermGroup

__all__ = ["Weighed", "weigh"]

_READ = 5  # passages whose statements count
_NAMES = 8  # names looked up for one question


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighed:
    """The terms of a question and the evidence for an answer."""

    terms: tuple[Term, ...]
    evidence: Evidence


def weigh(
    view: View,
    result: SearchResult,
    passages: Sequence[Passage],
    *,
    where: Filter,
    embedder: Embedder,
) -> Weighed:
    """Return the evidence in passages, best first, that a search of the same view found.

    What a lane that is already known to have failed would add is left out; raises `ServiceError` when another part
    fails.
    """
    terms = _terms(view, result)
    asked = subjects(result.understood.text if result.understood else result.question, language=result.language)
    unknown = _unknown(view, asked, terms, passages, where=where, embedder=embedder)
    weighed, meant = terms, asked
    if result.gloss is not None and kind_of_pair(pair_of(passages, language=result.language)) == ACROSS:
        weighed = view.terms(result.gloss.query)  # what the question's words are called in the other language
        meant = tuple(Subject(text=term.text, tokens=(term.text,), named=False) for term in weighed)
    return Weighed(
        terms=terms,
        evidence=measure(
            passages,
            terms=weighed,
            language=result.language,
            lanes=result.signals,
            statements=_statements(view, result, passages[:_READ], where=where, embedder=embedder),
            asked=meant,
            unknown=unknown,
        ),
    )


def _terms(view: View, result: SearchResult) -> tuple[Term, ...]:
    """Return the question's terms; none when the index of words, already known to fail, fails here as well."""
    try:
        return view.terms(result.query)
    except ServiceError:
        if "lexical" not in result.degraded:
            raise
        return ()


def _statements(
    view: View, result: SearchResult, passages: Sequence[Passage], *, where: Filter, embedder: Embedder
) -> list[tuple[float | None, frozenset[str]]]:
    """Return the cosine and the terms of every statement; no cosines when the embedder, known to fail, fails again."""
    found = statements(passages, question=result.question)
    cosines: dict[int, float] = {}
    if result.signals.vector is not None:
        try:
            vectors = vectors_of(found, passages=passages, view=view, where=where, embedder=embedder)
            cosines = cosines_of(vectors, question=result.signals.vector)
        except ServiceError:
            cosines = {}
    return [(cosines.get(index), held_in(one.text)) for index, one in enumerate(found)]


def _unknown(
    view: View,
    asked: Sequence[Subject],
    terms: Sequence[Term],
    passages: Sequence[Passage],
    *,
    where: Filter,
    embedder: Embedder,
) -> list[str]:
    """Return the names that no document has, of those that whoever asks may see."""
    if not terms:
        return []
    words = [one.text for one in asked if one.text.isascii() and one.text.isalpha()]
    try:
        bare, *counts = embedder.count_tokens(["a", *words])
    except ServiceError:  # the model is away: words that are no names count as common
        bare, counts = 0, []
    pieces = {word: count - bare + 1 for word, count in zip(words, counts, strict=False)}
    found = []
    for name in names(asked, terms, pieces=pieces)[:_NAMES]:
        query = LexicalQuery(groups=(TermGroup(tokens=name.tokens),))
        if not view.lexical(query, k=1, where=where).hits and not misspelt(name, passages):
            found.append(name.text)
    return found
