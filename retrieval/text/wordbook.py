"""Find the words of a list in a question, in whatever width, case and punctuation, with what else may be said for them.

The longest word that begins at a place counts, and words do not overlap. A Latin word begins and ends where words do
(``PTO`` is not in ``laptops``, but in ``PTOs`` it is), a katakana word where katakana does (ロール is not in
コントロール). Hyphens, underscores and spaces are one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from retrieval.ids import fingerprint
from retrieval.text.lexical import lexical_form

__all__ = ["Entry", "Match", "Saying", "Wordbook", "key_of", "parted", "with_spaces"]

_SEPARATOR = re.compile(r"(?<=\w)[-_]+(?=\w)")
_LATIN_ENDS = re.compile(r"[a-z]")
_PLURAL = re.compile(r"'?s|es")


class Saying(NamedTuple):
    """Another way to say a word; ``weight`` in (0, 1] is how well it says it."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """Words of which each may be asked for, and what each may be said as besides.

    Without ``to`` the words are said for each other, with it only ``to`` is said for them.
    """

    words: tuple[str, ...]
    to: tuple[str, ...] = ()
    weight: float = 1.0

    def pairs(self) -> Iterator[tuple[str, tuple[Saying, ...]]]:
        """Yield each word with its sayings, itself as it stands here among them."""
        for word in self.words:
            key, others = key_of(word), self.to or self.words
            sayings = [Saying(other, self.weight) for other in others if key_of(other) != key]
            if sayings:
                yield word, (Saying(word), *sayings)


class Match(NamedTuple):
    """A word found: its span in the `lexical_form` that was searched."""

    start: int
    end: int
    sayings: tuple[Saying, ...]


class Wordbook:
    """Words with their other sayings. A word that stands in several entries has the sayings of all.

    Its ``repr`` is the same for the same words, whatever their order.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        found: dict[str, dict[str, Saying]] = defaultdict(dict)
        for entry in entries:
            for word, sayings in entry.pairs():
                for saying in sayings:
                    known = found[key_of(word)].setdefault(key_of(saying.text), saying)
                    if known.weight < saying.weight:
                        found[key_of(word)][key_of(saying.text)] = saying
        self._sayings = {key: tuple(others.values()) for key, others in found.items()}
        lengths: dict[str, set[int]] = defaultdict(set)
        for key in self._sayings:
            lengths[key[:1]].add(len(key))
        self._lengths = {first: sorted(sizes, reverse=True) for first, sizes in lengths.items()}

    def __repr__(self) -> str:
        return f"Wordbook({fingerprint(*(f'{key}={sorted(said)}' for key, said in sorted(self._sayings.items())))})"

    def matches(self, key: str) -> Iterator[Match]:
        """Yield the words in a text's `key_of`, from the left, the longest at each place, without overlap."""
        at = 0
        while at < len(key):
            end = self._end_at(key, at)
            if end is None:
                at += 1
                continue
            yield Match(at, _with_plural(key, end), self._sayings[key[at:end]])
            at = end

    def _end_at(self, key: str, at: int) -> int | None:
        if not parted(key, at):
            return None
        for size in self._lengths.get(key[at], ()):
            end = at + size
            if end <= len(key) and key[at:end] in self._sayings and _ends(key, end):
                return end
        return None


def key_of(text: str) -> str:
    """Return what is compared: the `lexical_form` in lower case, position by position, separators as spaces."""
    return with_spaces("".join(low if len(low := char.lower()) == 1 else char for char in lexical_form(text).strip()))


def parted(key: str, at: int) -> bool:
    """Tell whether a word may end, or begin, before a position of a `key_of`."""
    return not 0 < at < len(key) or not _joined(key[at - 1], key[at])


def with_spaces(text: str) -> str:
    """Return a text with hyphens and underscores between letters as spaces, of the same length."""
    return _SEPARATOR.sub(lambda found: " " * len(found.group()), text)


def _ends(key: str, end: int) -> bool:
    return parted(key, end) or _with_plural(key, end) > end


def _with_plural(key: str, end: int) -> int:
    """Return where an English word ends with its plural or possessive s."""
    if _LATIN_ENDS.match(key, end - 1) is None or (plural := _PLURAL.match(key, end)) is None:
        return end
    finish = plural.end()
    return finish if parted(key, finish) else end


def _joined(before: str, after: str) -> bool:
    """Tell whether two characters belong to one word that cannot be cut between them."""
    return (_latin(before) and _latin(after)) or (_katakana(before) and _katakana(after))


def _latin(char: str) -> bool:
    return char.isalnum() and char < "\u3000"


def _katakana(char: str) -> bool:
    return "\u30a1" <= char <= "\u30fe" and char != "・"
