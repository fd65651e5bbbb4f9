"""Make a lexical query in the other language from a question: a group for each word, its glosses as alternatives."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from retrieval.gloss.segmenting import Morpheme
from retrieval.text.folding import nfkc
from retrieval.text.lexical import STOP_WORDS, analyze_query, asked, lexical_form
from retrieval.text.wording import Expansion
from retrieval.values import Alternative, LexicalQuery, TermGroup

__all__ = ["Gloss", "Glossed"]

_COMPOUND = 5  # units or words looked up together
_GLOSSES = 8  # alternatives of one word
_LONGEST = 4  # tokens of a gloss; longer ones explain rather than translate
_QUESTION = 400  # code points of a question that are looked at
_JAPANESE = re.compile("[\u3041-\u30ff\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z][A-Za-z'’-]*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Glossed:
    """A question's query in another language, and what stands for which of its words."""

    language: str
    query: LexicalQuery
    expansions: tuple[Expansion, ...]


class Segments(Protocol):
    """What cuts Japanese: `retrieval.gloss.segmenting.Segmenter`."""

    def morphemes(self, text: str) -> list[Morpheme]:
        """Return the morphemes of a text, in order."""
        ...


class Looks(Protocol):
    """What translates words: `retrieval.gloss.dictionary.Dictionary`."""

    def english(self, word: str) -> tuple[tuple[int, str], ...]:
        """Return English wordings with the number of their sense, the likeliest first."""
        ...

    def japanese(self, wordings: tuple[str, ...]) -> tuple[str, ...]:
        """Return Japanese words that mean one of these, the likeliest first."""
        ...


class Gloss:
    """Glosses questions between Japanese and English. May be used by several threads."""

    def __init__(self, segmenter: Callable[[], Segments], dictionary: Callable[[], Looks]) -> None:
        self._open_segmenter = segmenter
        self._open_dictionary = dictionary
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return "Gloss()"

    @cached_property
    def _segmenter(self) -> Segments:
        return self._open_segmenter()

    @cached_property
    def _dictionary(self) -> Looks:
        return self._open_dictionary()

    def glossed(self, question: str, *, language: str) -> Glossed | None:
        """Return the query of a Japanese question in English, or the other way; None when no word has a gloss."""
        text = nfkc(question[:_QUESTION])
        with self._lock:
            found = list(self._to_english(text) if language == "ja" else self._to_japanese(text))
        if not found:
            return None
        groups = [TermGroup(alternatives=alternatives) for _, _, alternatives in found]
        if language == "ja":
            groups += [TermGroup(tokens=(token,)) for token in _as_typed(text)]
        return Glossed(
            language="en" if language == "ja" else "ja",
            query=LexicalQuery(groups=tuple(groups)),
            expansions=tuple(Expansion(text=word, wordings=said, origin="gloss") for word, said, _ in found),
        )

    def _to_english(self, text: str) -> Iterator[tuple[str, tuple[str, ...], tuple[Alternative, ...]]]:
        units = self._segmenter.morphemes(text)
        at, seen = 0, set()
        while at < len(units):
            size, glosses = self._longest(units, at)
            word = "".join(unit.surface for unit in units[at : at + size])
            at += size
            alternatives, said = _alternatives([(0.9**sense, text) for sense, text in glosses])
            if alternatives and alternatives not in seen:
                seen.add(alternatives)
                yield word, said, alternatives

    def _longest(self, units: Sequence[Morpheme], at: int) -> tuple[int, Sequence[tuple[int, str]]]:
        """Return how many units from a place on are a word of the dictionary, at least one, and its glosses."""
        if not units[at].content or not _JAPANESE.search(units[at].surface):
            return 1, []
        for size in range(min(_COMPOUND, len(units) - at), 1, -1):
            part = units[at : at + size]
            if all(unit.content for unit in part):
                start = "".join(unit.surface for unit in part[:-1])
                for last in dict.fromkeys((part[-1].surface, part[-1].plain, part[-1].usual)):
                    if glosses := self._dictionary.english(start + last):
                        return size, glosses
        unit = units[at]
        if unit.attached:
            return 1, []
        for spelling in dict.fromkeys((unit.surface, unit.plain, unit.usual, unit.surface.removesuffix("ー"))):
            if glosses := self._dictionary.english(spelling):
                return 1, glosses
        return 1, []

    def _to_japanese(self, text: str) -> Iterator[tuple[str, tuple[str, ...], tuple[Alternative, ...]]]:
        words = [found.group().replace("’", "'") for found in _LATIN.finditer(text)]
        at, seen = 0, set()
        while at < len(words):
            size, found = 1, tuple[str, ...]()
            for size in range(min(3, len(words) - at), 0, -1):
                part = words[at : at + size]
                if part[0].casefold() not in STOP_WORDS and part[-1].casefold() not in STOP_WORDS:
                    found = self._dictionary.japanese(_as_glosses(" ".join(part)))
                if found:
                    break
            word = " ".join(words[at : at + size])
            at += size
            alternatives, said = _alternatives([(0.9**rank, word) for rank, word in enumerate(found)])
            if alternatives and alternatives not in seen:
                seen.add(alternatives)
                yield word, said, alternatives


def _alternatives(wordings: Sequence[tuple[float, str]]) -> tuple[tuple[Alternative, ...], tuple[str, ...]]:
    """Return the first wordings that are short enough, each bag of tokens once, and how they read."""
    kept: dict[frozenset[str], tuple[Alternative, str]] = {}
    for weight, text in wordings:
        tokens = tuple(dict.fromkeys(analyze_query(text)))
        limit = _LONGEST if text.isascii() else 4 * _LONGEST
        if tokens and len(tokens) <= limit and len(kept) < _GLOSSES:
            kept.setdefault(frozenset(tokens), (Alternative(tokens=tokens, weight=weight), text))
    return tuple(one for one, _ in kept.values()), tuple(text for _, text in kept.values())


def _as_typed(text: str) -> list[str]:
    """Return the tokens of a Japanese question that are the same in English: names, codes, numbers, quantities."""
    return [t for t in dict.fromkeys(token.text for token in asked(lexical_form(text))) if not _JAPANESE.search(t)]


def _as_glosses(words: str) -> tuple[str, ...]:
    """Return how the dictionary may write an English word or phrase: singular, uninflected, with ``to`` for verbs."""
    forms = [words, words.casefold()]
    *start, last = words.casefold().split(" ")
    for end, new in (("ies", "y"), ("es", ""), ("s", ""), ("ing", ""), ("ing", "e"), ("ed", ""), ("ed", "e")):
        if last.endswith(end) and len(last) - len(end) >= 3:
            forms.append(" ".join([*start, last.removesuffix(end) + new]))
    return tuple(form for one in dict.fromkeys(forms) for form in (one, f"to {one}"))
