"""Tokens for the lexical index: the same text always gives the same tokens.

Text is NFKC-folded, and forms of one character are united (`retrieval.text.characters`). Japanese, Chinese and Korean
become overlapping bigrams, and single kanji besides, so that a word of one character is found. Latin words are stemmed
(Snowball English, snowballstem.org). Identifiers, error codes, model numbers, versions and telephone numbers give one
token as a whole, the same with or without hyphens, and their parts. Documents keep every word; a question drops English
stop words unless nothing else is left. Hiragana stays in questions: leaving it out was measured and lost (see
docs/decisions/0010).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from retrieval.text.characters import united
from retrieval.text.folding import nfkc
from retrieval.text.quantities import quantities_in
from retrieval.values import LexicalQuery, TermGroup

__all__ = [
    "ANALYZER",
    "STOP_WORDS",
    "Token",
    "analyze",
    "analyze_query",
    "asked",
    "lexical_form",
    "plain_query",
    "tokens_of",
]

ANALYZER = "tenkyo-bigram-2+snowball-en-3"
"""Name and version of this analysis; the last number is the major version of the stemmer."""

_LONGEST = 64
"""Code points of a token; what is longer is cut, in documents and questions alike."""

_HAN = "\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_CJK = rf"{_HAN}\u3041-\u3096\u309d\u309e\u30a1-\u30fa\u30fc-\u30fe\uac00-\ud7a3"
_KANJI = re.compile(f"[{_HAN}]")
_LONG_KATAKANA = re.compile(
    "(?<![\u30a1-\u30fa\u30fc-\u30fe])([\u30a1-\u30fa\u30fc-\u30fe]{3,})\u30fc(?![\u30a1-\u30fa\u30fc-\u30fe])"
)
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")
_WORD = rf"(?:(?![{_CJK}_])\w)"
_RUNS = re.compile(rf"(?P<cjk>[{_CJK}]+)|(?P<word>{_WORD}+(?:[-_.'’&@+]+{_WORD}+)*(?:\+\+|\#)?)")
_UNIT = re.compile(
    r"(\d++(?:\.\d++)?)\s?((?:[kmgt]i?b(?:ps)?|[kmg]?hz|[kmc]?m|mm|[mk]?g|[mµ]?s|ms|[mk]?w|[mk]?v|kwh|mah|dpi|px|bits?|bytes?)(?![A-Za-z0-9_]))",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[^-_.'’&@+#]+")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\dA-Z_]+|\d+")
_PIECES = re.compile(r"\d+|[^\W\d_]+")
_MODEL_APART = re.compile(r"(?<![A-Za-z0-9_.-])([A-Z]{1,5}) (\d{2,8}[A-Za-z]{0,3})(?![A-Za-z0-9_.-])")
_NUMERIC = re.compile(r"v?(\d+(?:\.\d+)+)")

_STOP_WORDS_TEXT = """
a am an and are as at be been being but by can could did do does doing for from had has have having he her here
hers herself him himself his how i if in is it its itself me my myself of on or our ours ourselves she should so
some such than that the their theirs them themselves then there these they this those to too very was we were
what when where which who whom why will with would you your yours yourself yourselves
"""
STOP_WORDS = frozenset(_STOP_WORDS_TEXT.split())
"""English words that a question is not asked by."""

_local = threading.local()


class Token(NamedTuple):
    """A token and the span of `lexical_form` that it was made of; ``telling`` tells that a question keeps it."""

    text: str
    telling: bool
    start: int
    end: int


def analyze(text: str) -> list[str]:
    """Return the tokens of a document's text, in order, with duplicates."""
    return [token.text for token in tokens_of(lexical_form(text))]


def analyze_query(text: str) -> list[str]:
    """Return the tokens of a question, in order, with duplicates; empty only when `analyze` is empty, too."""
    return [token.text for token in asked(lexical_form(text))]


def plain_query(text: str) -> LexicalQuery:
    """Return a question as it was asked: each of its distinct tokens a group of its own."""
    return LexicalQuery(groups=tuple(TermGroup(tokens=(token,)) for token in dict.fromkeys(analyze_query(text))))


def lexical_form(text: str) -> str:
    """Return the text as it is cut into tokens: NFKC, variants of characters united, digits without separators."""
    normal = _THOUSANDS.sub(lambda match: match.group().replace(",", ""), united(nfkc(text)).replace("’", "'"))
    return _LONG_KATAKANA.sub(r"\1", normal)


def asked(form: str) -> list[Token]:
    """Return the tokens of a question's `lexical_form` that it is asked by: the telling ones, or all if none is."""
    found = list(tokens_of(form))
    return [token for token in found if token.telling] or found


def tokens_of(form: str) -> Iterator[Token]:
    """Yield the tokens of a `lexical_form` with duplicates: those of words in order, then of what is more than words.

    That are model numbers typed apart (``AB 100S`` as ``ab100s``) and quantities.
    """
    yield from _words(form)
    for apart in _MODEL_APART.finditer(form):
        yield Token(f"{apart[1]}{apart[2]}".casefold(), True, *apart.span())
    for found in quantities_in(form):
        yield from (Token(token, True, found.start, found.end) for token in found.tokens)


def _words(form: str) -> Iterator[Token]:
    for match in _RUNS.finditer(form):
        start, end = match.span()
        if match.lastgroup == "cjk":
            yield from _bigrams(match.group(), start)
            continue
        unit = _UNIT.match(form, start)
        if unit is not None and unit.end() >= end:
            number, name = unit.group(1), unit.group(2).casefold()
            yield Token(number + name, True, start, unit.end())
            yield Token(number, True, start, unit.end(1))
            if unit.end() == end:
                yield Token(name, True, unit.start(2), end)
            continue
        yield from _word(match.group(), start)


def _bigrams(run: str, start: int) -> Iterator[Token]:
    if len(run) == 1:
        yield Token(run, True, start, start + 1)
        return
    for at, char in enumerate(run):
        if _KANJI.match(char):
            alone = not (at and _KANJI.match(run, at - 1)) and not _KANJI.match(run, at + 1)
            yield Token(char, alone, start + at, start + at + 1)
        if at + 1 < len(run):
            yield Token(run[at : at + 2], True, start + at, start + at + 2)


def _word(word: str, start: int) -> Iterator[Token]:
    """Yield a word's stem, or an identifier as a whole and by its parts."""
    small, end = word.casefold(), start + len(word)
    parts = _PARTS.findall(small)
    if small == parts[0] and small.isalpha():
        yield Token(_stem(small), small not in STOP_WORDS, start, end)
        if word not in (small, word.upper(), word.capitalize()):
            for part in _CAMEL.findall(word):
                if len(part) > 1:
                    yield Token(_stem(part.casefold()), True, start, end)
        return
    if "'" in small and len(parts) == 2 and all(part.isalpha() for part in parts):
        yield Token(_stem(small), small not in STOP_WORDS and parts[0] not in STOP_WORDS, start, end)
        return
    whole_parts = frozenset(parts)
    seen = {whole := re.sub("[-_]", "", small)[:_LONGEST]}
    yield Token(whole, True, start, end)
    for piece, begin, finish in _pieces(small, end - start):
        token = _stem(piece) if piece.isalpha() else piece[:_LONGEST]
        if token not in seen and (len(token) > 1 or piece in whole_parts):
            seen.add(token)
            yield Token(token, len(token) > 1 and piece not in STOP_WORDS, start + begin, start + finish)


def _pieces(small: str, length: int) -> Iterator[tuple[str, int, int]]:
    """Yield the pieces of an identifier with the span of the part they belong to, in a word of so many characters."""
    dotted = _NUMERIC.fullmatch(small)
    if dotted:
        numbers = dotted.group(1).split(".", _LONGEST // 2 + 1)[: _LONGEST // 2 + 1]  # more are cut off anyway
        yield from ((".".join(numbers[:size]), 0, length) for size in range(len(numbers), 1, -1))
        return
    for part in _PARTS.finditer(small):
        begin, end = part.span() if len(small) == length else (0, length)  # case folding may lengthen a word
        for piece in (part.group(), *_PIECES.findall(part.group())):
            yield piece, begin, end


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    """Return the English stem. The stemmer keeps state while it works, so each thread has its own."""
    if not word.isascii() or len(word) > _LONGEST:
        return word[:_LONGEST]
    stemmer = getattr(_local, "stemmer", None)
    if stemmer is None:
        import snowballstemmer  # not needed before the first word

        stemmer = _local.stemmer = snowballstemmer.stemmer("english")
    return str(stemmer.stemWord(word))
