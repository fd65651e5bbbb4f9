"""Lists within a text: items, the line that leads to them, headings that are no items. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from retrieval.values import Span

__all__ = ["LONGEST_PROCEDURE", "WHOLE_LIST", "item_at", "joined_lists", "whole_list", "without_headings"]

WHOLE_LIST = 700
"""Code points up to which a list with its introduction is one statement."""

LONGEST_PROCEDURE = 2000
"""Code points up to which numbered steps are given whole once one of them is chosen."""

_HEADING = 40  # code points up to which a line may be a heading
_ITEM = re.compile(
    r"[ \t\u3000]*(?:[-*+–]\s|[•●○◦▪■□◆・‣]|\(?[0-9]{1,2}[.)]\s|[（(]?[0-9０-９]{1,2}[．）、]|[①-⑳]|[a-z]\)\s)"
)
_STEP = re.compile(r"[ \t\u3000]*(?:\(?[0-9]{1,2}[.)]\s|[（(]?[0-9０-９]{1,2}[．）、]|[①-⑳])")
_LEADS = re.compile(  # a line that leads to a list: "as follows:", 次の手順で行います。
    r"(?:[:：]|(?:次|以下|下記)の(?:とおり|通り|手順|もの|場合|方法)[^\n]{0,20}"
    r"|as follows\.?|the following[^\n]{0,40})\s*\Z"
)
_MARKED = re.compile(r"[。．.!！?？:：;；、,|]\s*\Z|[:：|]|\n")  # what ends a sentence, or gives a value to a name
_NUMBERED = re.compile(r"[（(]?([0-9０-９]{1,2})[.．)）、]")


def item_at(text: str, span: Span) -> bool:
    """Tell whether a span begins with the mark of a list item, at the beginning of its line."""
    line = text.rfind("\n", 0, span.start) + 1
    return not text[line : span.start].strip() and _ITEM.match(text, line) is not None


def without_headings(found: Sequence[Span], text: str) -> list[Span]:
    """Leave out short lines without an end mark that stand apart above something else: headings within a passage."""
    numbers = [_number(text, span) for span in found]
    kept = []
    for index, span in enumerate(found):
        after = found[index + 1] if index + 1 < len(found) else None
        words = text[span.start : span.end]
        apart = text[: span.start].rstrip(" \t\u3000")[-2:] in ("", "\n\n") and text[span.end :].startswith("\n\n")
        number = numbers[index]
        bullet = number is None and item_at(text, span)
        counted = number is not None and _counted(number, numbers, index)
        if after is None or not apart or counted or bullet or len(words) > _HEADING or _MARKED.search(words):
            kept.append(span)
    return kept


def _counted(number: int, numbers: Sequence[int | None], index: int) -> bool:
    """Tell whether the line before or after goes on counting: a step, and no "3." over steps 1 and 2."""
    earlier = numbers[index - 1] if index else None
    later = numbers[index + 1] if index + 1 < len(numbers) else None
    return earlier == number - 1 or later == number + 1


def joined_lists(found: Iterable[Span], text: str) -> Iterator[Span]:
    """Yield sentences, but the items of one short list, with the line that leads to it, as one."""
    for group in _grouped(found, text):
        lead = group[0]
        led = _LEADS.search(text, lead.start, lead.end) is not None or item_at(text, lead)
        items = group if led else group[1:]
        if not led:
            yield lead
        if len(items) > 1 and items[-1].end - items[0].start <= WHOLE_LIST:
            yield Span(start=items[0].start, end=items[-1].end)
        else:
            yield from items


def whole_list(found: Sequence[Span], text: str, within: Span) -> Span | None:
    """Return the list that a statement is part of, with the line that leads to it; None when it is part of none.

    ``found`` are the sentences of the text without its headings. Numbered steps stay whole up to
    `LONGEST_PROCEDURE`, other items up to `WHOLE_LIST`: what is longer is None.
    """
    for group in _grouped(found, text):
        items = [span for span in group if item_at(text, span)]
        if len(items) < 2 or not any(span.start < within.end and within.start < span.end for span in items):
            continue
        led = item_at(text, group[0]) or _LEADS.search(text, group[0].start, group[0].end) is not None
        whole = Span(start=group[0].start if led else items[0].start, end=group[-1].end)
        steps = all(_STEP.match(text, text.rfind("\n", 0, span.start) + 1) for span in items)
        longest = LONGEST_PROCEDURE if steps else WHOLE_LIST
        return whole if whole.end - whole.start <= longest else None
    return None


def _grouped(found: Iterable[Span], text: str) -> Iterator[list[Span]]:
    """Yield every sentence with the items after it; a list that begins without a line of its own begins a group."""
    group: list[Span] = []
    listing = False
    for span in found:
        indented = span.start > 0 and text[span.start - 1] != "\n"
        goes_on = not group or not text[group[-1].end : span.start].strip()
        if goes_on and (item_at(text, span) or (listing and indented)):
            group.append(span)
            listing = True
            continue
        if group:
            yield group
        group, listing = [span], item_at(text, span)
    if group:
        yield group


def _number(text: str, span: Span) -> int | None:
    """Return the number that a list item or a numbered heading begins with."""
    match = _NUMBERED.match(text, span.start, span.end)
    return int(match.group(1)) if match else None
