"""What a question is about: its words of content, and the names among them that no document has. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from difflib import SequenceMatcher

from retrieval.answers.coverage import ASKED_FOR, held_share, is_identifier
from retrieval.text.folding import nfkc
from retrieval.text.lexical import analyze_query
from retrieval.values import Passage, Term

__all__ = ["Subject", "misspelt", "names", "subject_coverage", "subjects"]

_HAN = "\u3005-\u3007\u3400-\u9fff"
_WORDS = re.compile(
    rf"(?P<kana>[\u30a1-\u30fa\u30fc-\u30fe]{{2,}})|(?P<kanji>[{_HAN}]{{2,}})"
    r"|(?P<latin>[A-Za-z0-9](?:[A-Za-z0-9'_.+#-]*[A-Za-z0-9])?)"
)
_ASKING = re.compile("[何誰幾]")
_GENERAL = frozenset(
    [
        "how",
        "mani",
        "much",
        "long",
        "often",
        "mean",
        "what",
        "kind",
        "type",
        "name",
        "tell",
        "pleas",
        "want",
        "need",
        "get",
        "use",
        "ani",
        "may",
        "year",
        "day",
    ]
)  # stems that ask rather than name
_DAYS = frozenset(
    [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ]
)
_LETTERS = re.compile(r"[A-Za-z]{3,}")
_PLAIN = re.compile(r"[a-z]{4,}")
_RARE = 3  # pieces from which on a word is taken for a term of a trade: "formaldehyde", "decibels"
_ALIKE = 0.8  # ratio of Ratcliff and Obershelp from which on a word is taken for another one mistyped
_STEM = 5  # letters that two forms of a word have in common at least


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """A word of content in a question: ``text`` as folded, ``tokens`` of the lexical index that say it.

    ``named`` tells that it looks like a name where it stands: capital letters within an English question, Latin
    letters within a Japanese one, or a code of letters and digits.
    """

    text: str
    tokens: tuple[str, ...]
    named: bool


def subjects(question: str, *, language: str) -> tuple[Subject, ...]:
    """Return the words of content of a question, in order; runs of kanji and of katakana count as one word each."""
    folded = nfkc(question)
    telling = frozenset(analyze_query(folded))  # without stop words, unless there is nothing else
    found = []
    for match in _WORDS.finditer(folded):
        word, tokens = match.group(), analyze_query(match.group())
        if match.lastgroup == "latin":
            general = len(word) == 1 or word.isdigit() or tokens[0] in _GENERAL | ASKED_FOR
            if general or (word.isalpha() and tokens[0] not in telling):
                continue
            named = any(map(str.isdigit, word)) or language == "ja" or (word[0].isupper() and match.start() > 0)
            found.append(Subject(text=word, tokens=tuple(tokens[:1]), named=named))
        elif not _ASKING.search(word):
            pairs = tuple(dict.fromkeys(token for token in tokens if len(token) > 1))
            if pairs and not ASKED_FOR.issuperset(pairs):
                found.append(Subject(text=word, tokens=pairs, named=False))
    return tuple(found)


def subject_coverage(asked: Sequence[Subject], terms: Sequence[Term], held: AbstractSet[str]) -> float:
    """Return the mean share, 0 to 1, in which the tokens held say each subject; 0.5 for a question that names none."""
    if not asked:
        return 0.5
    known = {term.text: term for term in terms}
    shares = [
        sum(held_share(known[token], held) if token in known else float(token in held) for token in one.tokens)
        / len(one.tokens)
        for one in asked
    ]
    return sum(shares) / len(shares)


def names(asked: Iterable[Subject], terms: Sequence[Term], *, pieces: Mapping[str, int]) -> tuple[Subject, ...]:
    """Return the names and terms of a trade in a question: what has no other wording, and must stand in a document.

    Of words that are no names only those count that the embedder's vocabulary has to put together from at least three
    ``pieces`` (by word; one that is not given counts as common): "heavy" may be said as "weight", "formaldehyde" has
    no other word. A word that the question's query knows other wordings of is left out.
    """
    reworded = {term.text for term in terms if any(term.text not in other.tokens for other in term.alternatives)}
    found = {}
    for one in asked:
        if not one.text.isascii() or not reworded.isdisjoint(one.tokens):
            continue
        if any(map(str.isdigit, one.text)):
            if is_identifier(one.tokens[0]):
                found[one.text] = one
            continue
        lettered = _LETTERS.fullmatch(one.text) and one.text.casefold() not in _DAYS
        if lettered and (one.named or pieces.get(one.text, 1) >= _RARE):
            found[one.text] = one
    return tuple(found.values())


def misspelt(name: Subject, passages: Sequence[Passage]) -> bool:
    """Tell whether passages have a word of letters in another form: other ending, as a part, or a letter or two off."""
    return name.text.isalpha() and _near(name.text.casefold(), passages)


def _near(word: str, passages: Iterable[Passage]) -> bool:
    seen: set[str] = set()
    for passage in passages:
        text = " ".join((passage.title, *passage.heading_path, passage.text))
        seen.update(_PLAIN.findall(nfkc(text).casefold()))
    return any(_alike(word, other) for other in seen)


def _alike(word: str, other: str) -> bool:
    if len(other) >= _STEM and other in word:
        return True
    common = next(
        (at for at, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other))
    )
    if common >= _STEM and common >= 0.6 * max(len(word), len(other)):
        return True
    if len(word) < _STEM or abs(len(word) - len(other)) > 2:
        return False
    matcher = SequenceMatcher(None, word, other, autojunk=False)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE
