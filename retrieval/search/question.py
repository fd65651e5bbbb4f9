"""Make a question fit to be searched for. Pure."""

from __future__ import annotations

import unicodedata

from retrieval.errors import UserError

__all__ = ["LONGEST", "normalised"]

LONGEST = 20_000
"""The longest question, in code points: a long letter pasted whole still passes, a book does not."""

_JOINERS = frozenset("\u200c\u200d")  # they shape letters of some scripts and emoji, and mean nothing to a search


def normalised(question: str) -> str:
    """Return the question on one line in NFC, without control, format and surrogate characters.

    Width and case stay as they were typed: the lanes fold them. Raises `UserError` when nothing visible is left or
    more than `LONGEST` code points are.
    """
    kept = "".join(
        " " if unicodedata.category(char) in {"Cc", "Cs"} else char
        for char in question
        if char in _JOINERS or unicodedata.category(char) != "Cf"
    )
    text = " ".join(unicodedata.normalize("NFC", kept).split())
    if not any(char.isalnum() or unicodedata.category(char).startswith("S") for char in text):
        raise UserError("The question is empty: ask in words.")
    if len(text) > LONGEST:
        raise UserError(f"The question has {len(text)} characters, {LONGEST} are allowed: ask for its core.")
    return text
