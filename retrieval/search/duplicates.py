"""Fold passages that say the same, and keep the best passage of a document. Pure."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Hashable, Iterable

from retrieval.values import Passage

__all__ = ["best_per_document", "distinct_texts", "distinct_within_documents", "repeating"]


def best_per_document(passages: Iterable[Passage]) -> list[Passage]:
    """Return the first, that is the best, passage of every document, in order."""
    return _first_of(passages, lambda passage: passage.document_id)


def distinct_within_documents(passages: Iterable[Passage]) -> list[Passage]:
    """Return passages without those that repeat the text of a better one of the same document."""
    return _first_of(passages, lambda passage: (passage.document_id, _said(passage)))


def distinct_texts(passages: Iterable[Passage]) -> list[Passage]:
    """Return passages without those that repeat the text of a better one, whatever the document.

    Width, case and white space make no difference; a sign or a comma does, it may turn a number into another.
    """
    return _first_of(passages, _said)


def repeating(passages: Iterable[Passage], kept: Iterable[Passage]) -> list[Passage]:
    """Return the passages of other documents that repeat the text of one that was kept, in order."""
    first = {_said(passage): passage.document_id for passage in kept}
    return [p for p in passages if first.get(_said(p), p.document_id) != p.document_id]


def _first_of(passages: Iterable[Passage], key: Callable[[Passage], Hashable]) -> list[Passage]:
    seen: set[Hashable] = set()
    kept = []
    for passage in passages:
        mark = key(passage)
        if mark not in seen:
            seen.add(mark)
            kept.append(passage)
    return kept


def _said(passage: Passage) -> bytes:
    folded = unicodedata.normalize("NFKC", passage.text).casefold()
    return hashlib.sha256("".join(folded.split()).encode()).digest()
