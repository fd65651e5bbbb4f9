"""Complete a chosen statement: the whole list that it is part of, the exceptions next to it, the rule before one. Pure.

"Shipping is free" misleads where the next sentence reads "Except to Okinawa.", and that sentence alone says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.answers.lists import whole_list, without_headings
from retrieval.answers.tables import columns, flowing_sentences
from retrieval.values import Span

__all__ = ["completed", "touches_edge"]

_EXCEPTIONS = 2  # sentences taken along on either side
_LONGEST = 300  # code points of such a sentence
_OPENS = re.compile(  # how a sentence begins that limits the one before it
    r"[（(]?(?:ただし|但し|例外)|[(]?(?:However|Except|Exceptions?|Excluding)\b|[(]?Provided that\b|[(]?Only if\b"
)
_LIMITING_IF = re.compile(r"[（(]?(?:なお|もっとも|※)|[(]?(?:But|Note)\b")  # or goes on in another way
_UNLESS = re.compile(r"Unless\b")  # a whole sentence by itself, that limits all the same
_EXCLUDES = re.compile(
    r"除[くきい]|対象外|この限り|限り(?:ま|で|と)|に限る|例外|適用(?:しな|され?ま?せん|しません)"
    r"|\b(?:except|unless|excluding|exclude[sd]?|only if|(?:does|do) not apply)\b",
    re.IGNORECASE,
)
_TAKES_BACK = re.compile(  # a sentence that is nothing but an exception to what was said before it
    r"この限りでは?な|この限りではありません|(?:は|を)(?:除きます|除く|除外します)。?\s*\Z"
    r"|\b(?:this|these|it|that|they) (?:does|do) not apply\b",
    re.IGNORECASE,
)


def completed(text: str, span: Span) -> Span:
    """Return the place of a statement with what belongs to it, within one text; the place as it was mostly."""
    found = flowing_sentences(text, columns(text))
    flowing = without_headings(found, text)
    listed = whole_list(flowing, text, span)
    whole = Span(start=min(span.start, listed.start), end=max(span.end, listed.end)) if listed else span
    kept = set(flowing)
    before = [one for one in found if one.end <= whole.start]
    after = [one for one in found if one.start >= whole.end]
    start = _rule_before(before, kept, text, whole)
    end = _exceptions_after(after, kept, text, whole)
    return Span(start=start, end=end)


def touches_edge(text: str, span: Span) -> bool:
    """Tell whether nothing stands before or nothing after a place: it may go on in the chunk next to this one."""
    return not text[: span.start].strip() or not text[span.end :].strip()


def _exceptions_after(after: Sequence[Span], kept: set[Span], text: str, whole: Span) -> int:
    """Return where a statement ends with the sentences that limit it."""
    end = whole.end
    for one in after[:_EXCEPTIONS]:
        words = text[one.start : one.end]
        if one not in kept or len(words) > _LONGEST or not _limits(words):
            break
        end = one.end
    return end


def _rule_before(before: Sequence[Span], kept: set[Span], text: str, whole: Span) -> int:
    """Return where a statement begins with the rule that it is the exception to."""
    start = whole.start
    for one in reversed(before[-_EXCEPTIONS:]):
        words = text[start : whole.end]
        if one not in kept or one.end - one.start > _LONGEST or not _limits_before(words):
            break
        start = one.start
    return start


def _limits(words: str) -> bool:
    weakly = _LIMITING_IF.match(words) is not None and _EXCLUDES.search(words) is not None
    return weakly or any(
        pattern.search(words) if pattern is _TAKES_BACK else pattern.match(words)
        for pattern in (_OPENS, _UNLESS, _TAKES_BACK)
    )


def _limits_before(words: str) -> bool:
    weakly = _LIMITING_IF.match(words) is not None and _EXCLUDES.search(words.split("\n", maxsplit=1)[0]) is not None
    return weakly or _OPENS.match(words) is not None
