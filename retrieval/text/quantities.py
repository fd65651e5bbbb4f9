"""Quantities, amounts, dates and times as tokens: the same one however it is written, in Japanese as in English.

``三十日``, ``30日`` and ``thirty days`` are all ``=30day``; ``令和8年4月1日`` and ``April 1, 2026`` are both
``=2026-04-01``. What counts as one of them is said in `retrieval.text.facts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from retrieval.text.fact_patterns import FACT
from retrieval.text.facts import FactKind, facts_of

__all__ = ["QUANTITY", "Quantity", "quantities_in"]

QUANTITY = "="
"""What the token of a quantity begins with, and no other."""

_KINDS = frozenset({FactKind.QUANTITY, FactKind.AMOUNT, FactKind.PERCENT, FactKind.DATE, FactKind.TIME})
_YEAR = re.compile(r"\d{4}")  # alone it is found as the number that it is
_BEGINS = re.compile(  # where one may begin; the patterns themselves are too many to be tried at every character
    r"(?:[0-9〇一二三四五六七八九十百千万¥$€£]|明治|大正|昭和|平成|令和|午前|午後"
    r"|(?<![a-z0-9_])(?:[mtshr]\d|usd|jpy|eur|gbp|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|one|two|three|four|five"
    r"|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty"
    r"|thirty|forty|fifty|sixty|ninety|hundred))"
)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")


class Quantity(NamedTuple):
    """A quantity's tokens, the most telling first, and the span of the text that says it."""

    tokens: tuple[str, ...]
    start: int
    end: int


def quantities_in(form: str) -> Iterator[Quantity]:
    """Yield the quantities of an NFKC text in order. Linear."""
    small = "".join(low if len(low := char.lower()) == 1 else char for char in form).translate(_DASHES)
    at = 0
    while (begins := _BEGINS.search(small, at)) is not None:
        found = FACT.match(small, begins.start())
        if found is None or found.end() == found.start():
            at = begins.start() + 1
            continue
        at = found.end()
        said = dict.fromkeys(
            f"{QUANTITY}{fact.value.replace(' ', '').lower()}"
            for fact in facts_of(found)
            if fact.kind in _KINDS and not (fact.kind is FactKind.DATE and _YEAR.fullmatch(fact.value))
        )
        if said:
            yield Quantity(tuple(sorted(said, key=len, reverse=True)), found.start(), found.end())
