"""Judge what was said and what was cited by the words that were wanted. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from retrieval.text.folding import find_folded, fold
from retrieval.values import Citation, Passage, Span

__all__ = ["first_of_each", "holds_any", "joined", "languages_restricted"]

_GAP = 4  # code points between two cited places that a reader sees as one: a line break, a bullet, a cell's border


def holds_any(wanted: Iterable[str], text: str) -> bool:
    """Tell whether a text holds one of the wanted ones, written in another width, case or spacing maybe."""
    folded = fold(text)
    return any(find_folded(one, folded) is not None for one in wanted if one.strip())


def joined(citations: Iterable[Citation]) -> dict[tuple[str, str], list[Span]]:
    """Return the cited places by document and extraction, those next to each other as one, in text order.

    Evidence of two sentences is cited when both are, one by one.
    """
    places: dict[tuple[str, str], list[Span]] = {}
    for citation in sorted(citations, key=lambda one: (one.document_id, one.extraction_id, one.start, one.end)):
        spans = places.setdefault((citation.document_id, citation.extraction_id), [])
        if spans and citation.start <= spans[-1].end + _GAP:
            spans[-1] = Span(start=spans[-1].start, end=max(spans[-1].end, citation.end))
        else:
            spans.append(Span(start=citation.start, end=citation.end))
    return places


def first_of_each(passages: Iterable[Passage]) -> dict[str, Passage]:
    """Return the best passage of every document by its id, best first."""
    best: dict[str, Passage] = {}
    for passage in passages:
        best.setdefault(passage.document_id, passage)
    return best


def languages_restricted(
    ranked: Sequence[str], languages: dict[str, str]
) -> dict[str, tuple[list[str], Collection[str]]]:
    """Return, for every language of relevant documents, the ranking and the relevant ones in that language alone.

    ``languages`` maps the relevant documents' ids to their language. The relevant documents in other languages are
    taken out of the ranking: they are no mistake, and no merit either.
    """
    pairs: dict[str, tuple[list[str], Collection[str]]] = {}
    for language in sorted(set(languages.values())):
        own = frozenset(name for name, one in languages.items() if one == language)
        pairs[language] = [name for name in ranked if name in own or name not in languages], own
    return pairs
