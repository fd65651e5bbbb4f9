"""Documents that are put first, or never shown, for questions of a pattern. Pure.

A pattern is words of a question in any width, case and kana variant; ``*`` stands for anything, also for nothing. It
may stand anywhere in the question, a Latin word or a katakana word only whole unless ``*`` goes on from it. Matching
looks for each part once from the left: no pattern takes longer than its question is long.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from retrieval.ids import fingerprint
from retrieval.search.naming import ids_of
from retrieval.text.wordbook import key_of, parted
from retrieval.values import LaneScore, Passage

__all__ = ["Pin", "Pins", "Ruling", "by_merit", "matches", "put_first"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pin:
    """What holds for questions of one of the patterns: documents ``first``, in order, and those ``never`` shown."""

    questions: tuple[str, ...]
    first: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Ruling:
    """What holds for one question, as ids of documents. What is never shown is not admitted, so a ban wins."""

    first: tuple[str, ...] = ()
    never: frozenset[str] = frozenset()


class Pins:
    """All pins, in the order in which they put documents first."""

    def __init__(self, pins: Iterable[Pin]) -> None:
        self._pins = tuple(pins)

    def __repr__(self) -> str:
        return f"Pins({fingerprint(*map(repr, self._pins))})"

    def ruling(self, question: str, *, roots: Mapping[str, str]) -> Ruling:
        """Return what holds for a question; ``roots`` are the store's sources by name."""
        key = key_of(question)
        holding = [pin for pin in self._pins if any(matches(pattern, key) for pattern in pin.questions)]
        never = frozenset(one for pin in holding for name in pin.never for one in ids_of(name, roots))
        first = dict.fromkeys(one for pin in holding for name in pin.first for one in ids_of(name, roots))
        return Ruling(first=tuple(first), never=never)


def put_first(pinned: Sequence[Passage], passages: Sequence[Passage]) -> list[Passage]:
    """Return passages with the best one of each pinned document before all others.

    ``pinned`` holds a passage of each pinned document, in order; one that the ranking has as well stands for it there.
    """
    best = {passage.document_id: passage for passage in reversed(passages)}
    first = [best.get(passage.document_id, passage) for passage in pinned]
    kept = {passage.chunk_id for passage in first}
    return [
        *(
            replace(passage, lanes={**passage.lanes, "pinned": LaneScore(rank=rank, score=passage.score)})
            for rank, passage in enumerate(first, start=1)
        ),
        *(passage for passage in passages if passage.chunk_id not in kept),
    ]


def by_merit(passages: Sequence[Passage]) -> list[Passage]:
    """Return passages in the order that they have without pins: a pin is no evidence."""
    if not any("pinned" in passage.lanes for passage in passages):
        return list(passages)
    return sorted(passages, key=lambda passage: (-passage.score, passage.chunk_id))


def matches(pattern: str, key: str) -> bool:
    """Tell whether a pattern fits a question, given as its `key_of`; one without a word fits none."""
    parts = [key_of(part) for part in pattern.split("*")]
    wanted = [part for part in parts if part]
    at = 0
    for number, part in enumerate(wanted):
        begins = number == 0 and bool(parts[0])
        ends = number == len(wanted) - 1 and bool(parts[-1])
        at = key.find(part, at)
        while at >= 0 and not ((not begins or parted(key, at)) and (not ends or parted(key, at + len(part)))):
            at = key.find(part, at + 1)
        if at < 0:
            return False
        at += len(part)
    return bool(wanted)
