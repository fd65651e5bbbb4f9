"""Questions made of documents, for an index that has no question set of its own. Pure.

Their words are the document's own, so they tell nothing about how people ask. But with the document taken away they
tell what the index looks like to a question that it does not answer, and that is all that is taken from them: first
sentences gave bounds near those of real questions on the sets measured (docs/decisions/0051-evidence-rule.md).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from retrieval.text.sentences import sentences

__all__ = ["pseudo_questions", "rank_of"]

_SHORTEST, _LONGEST = 15, 200  # code points of a sentence that makes a question
_SHORTEST_QUESTION = 6
_QUESTION = re.compile(r"[?？]\s*\Z")
_CELLS = " | "


def rank_of(document_id: str) -> bytes:
    """Return what documents are drawn by: the same ones every time, whatever was added beside them."""
    return hashlib.sha256(b"pseudo\0" + document_id.encode()).digest()


def pseudo_questions(title: str, texts: Iterable[str]) -> tuple[str, ...]:
    """Return a document's questions: its title if it asks something, else the first sentence of each of its texts.

    Sentences that ask go before those that state.
    """
    found = [title] if _QUESTION.search(title) and len(title) >= _SHORTEST_QUESTION else []
    for text in texts:
        said = [text[span.start : span.end] for span in sentences(text)]
        asking = [one for one in said if _QUESTION.search(one) and _SHORTEST_QUESTION <= len(one) <= _LONGEST]
        stating = [one for one in said if _SHORTEST <= len(one) <= _LONGEST and _CELLS not in one and one != title]
        found += (asking or stating)[:1]
    return tuple(dict.fromkeys(found))
