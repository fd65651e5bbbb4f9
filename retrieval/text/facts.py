"""The facts that can be checked word for word: numbers, amounts, dates, times, codes, addresses.

The same fact has the same value however it is written: full or half width, ``1万5千`` or ``15,000``, 令和8年4月1日 or
``April 1, 2026``. A duration keeps its unit: ``3営業日`` is not ``3日間``, and neither is ``3か月``. A date also gives
its parts (``2026-04``, ``04-01``), a quantity also its bare number, so that a claim may say less than its source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from retrieval.text.fact_patterns import CURRENCY, FACT, MONTHS, UNITS
from retrieval.text.folding import fold
from retrieval.text.numerals import decimal_of, plain, year_of_era
from retrieval.values import Span

__all__ = ["Fact", "FactKind", "Found", "facts_in", "facts_of", "find_facts"]


class FactKind(StrEnum):
    """What a fact is."""

    NUMBER = "number"
    QUANTITY = "quantity"
    AMOUNT = "amount"
    PERCENT = "percent"
    DATE = "date"
    TIME = "time"
    CODE = "code"
    PHONE = "phone"
    EMAIL = "email"
    URL = "url"


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """A fact by its kind and its normalised value; shown as ``value``."""

    kind: FactKind
    value: str

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A fact where it stands: ``text[span.start:span.end]`` says it in its own characters."""

    fact: Fact
    span: Span


def facts_in(text: str) -> frozenset[Fact]:
    """Return the facts of a text, each once.

    Those of a claim less those of its source are what the source does not say.
    """
    return frozenset(found.fact for found in find_facts(text))


def find_facts(text: str) -> list[Found]:
    """Return the facts of a text in order with their places; a date or a quantity also gives its parts. Linear."""
    folded = fold(text, loose=True)
    found: list[Found] = []
    for match in FACT.finditer(folded.text):
        span = folded.original(match.start(), match.end())
        found.extend(Found(fact=fact, span=span) for fact in facts_of(match))
    return found


def facts_of(match: re.Match[str]) -> Iterator[Fact]:
    """Yield what a match of `FACT` says: a fact, and its parts."""
    return _READ[str(match.lastgroup)](match)


Match = re.Match[str]

_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9}


def _number(match: Match) -> Iterator[Fact]:
    text = match.group()
    value = decimal_of(text)
    # Kanji alone are a number only where they count in places or tens: 三十, 二〇二六; not 一 in 一般 or 万 in 万一.
    counts = text[0].isascii() or (len(text) > 1 and any(char in "〇二三四五六七八九" for char in text))
    if value is not None and counts:
        yield Fact(FactKind.NUMBER, plain(value))


def _ordinal(match: Match) -> Iterator[Fact]:
    yield Fact(FactKind.NUMBER, plain(Decimal(match["ov"])))


def _quantity(match: Match) -> Iterator[Fact]:
    value, unit = decimal_of(match["qv"]), match["qu"]
    if value is None or match.group() in ("十分", "一部", "一度", "一人", "一時", "十分間"):
        return
    if not (
        match["qv"][0] in "一千万"
        and len(match["qv"]) == 1
        and unit in ("度", "部", "点", "本", "個", "分", "回", "台")
    ):
        yield Fact(FactKind.QUANTITY, f"{plain(value)} {UNITS[unit]}")
        yield Fact(FactKind.NUMBER, plain(value))


def _amount(value: Decimal | None, currency: str) -> Iterator[Fact]:
    if value is not None:
        yield Fact(FactKind.AMOUNT, f"{plain(value)} {CURRENCY[currency]}")
        yield Fact(FactKind.NUMBER, plain(value))


def _money(match: Match) -> Iterator[Fact]:
    value, scale = decimal_of(match["mv"]), (match["mscale"] or "").strip()
    return _amount(value * _SCALES.get(scale, 1) if value is not None else None, match["m1"].strip())


def _priced(match: Match) -> Iterator[Fact]:
    return _amount(decimal_of(match["pv"]), match["pc"])


def _percent(match: Match) -> Iterator[Fact]:
    value = decimal_of(match["cv"])
    if value is not None:
        share = value * 10 if match["cu"] == "割" else value
        yield Fact(FactKind.PERCENT, f"{plain(share)}%")
        yield Fact(FactKind.NUMBER, plain(value))


def _day(year: int | None, month: int | None, day: int | None) -> Iterator[Fact]:
    """Yield a date and its parts, or nothing when there is no such day."""
    try:
        date(year or 2000, month or 1, day or 1)
    except ValueError:
        return
    if year is not None:
        yield Fact(FactKind.DATE, f"{year:04}")
    if month is not None and year is not None:
        yield Fact(FactKind.DATE, f"{year:04}-{month:02}")
    if month is not None and day is not None:
        yield Fact(FactKind.DATE, f"{month:02}-{day:02}")
        if year is not None:
            yield Fact(FactKind.DATE, f"{year:04}-{month:02}-{day:02}")


def _int(text: str | None) -> int | None:
    value = decimal_of(text) if text else None
    return None if value is None else int(value)


def _dates(year: str, month: str, day: str) -> Callable[[Match], Iterator[Fact]]:
    """Return a reader of a date from the groups of these names; an empty name is a part that is not there."""

    def read(match: Match) -> Iterator[Fact]:
        named = match[month] if month else None
        number = MONTHS.get(named[:3]) if named else None
        parts = (_int(match[year]) if year else None, number or _int(named), _int(match[day]) if day else None)
        facts = list(_day(*parts))
        yield from facts or _digits(match)

    return read


def _digits(match: Match) -> Iterator[Fact]:
    for digits in re.findall(r"\d+", match.group()):
        yield Fact(FactKind.NUMBER, plain(Decimal(digits)))


def _era(match: Match) -> Iterator[Fact]:
    year = year_of_era(match["en"], int(match["ey"]))
    yield from _day(year, int(match["em"]), int(match["ed"]))


def _japanese_date(match: Match) -> Iterator[Fact]:
    if match["je"]:
        count = 1 if match["jey"] == "元" else _int(match["jey"])
        year = None if count is None else year_of_era(match["je"], count)
    else:
        year = _int(match["jy"])
    yield from _day(year, _int(match["jm"]), _int(match["jd"]))


def _time(hour: int | None, minute: int, half_day: str) -> Iterator[Fact]:
    if hour is None or hour > 24 or minute > 59:
        return
    if half_day.startswith(("午後", "p")) and hour < 12:
        hour += 12
    elif half_day.startswith("a") and hour == 12:
        hour = 0
    yield Fact(FactKind.TIME, f"{hour:02}:{minute:02}")


def _clock(match: Match) -> Iterator[Fact]:
    return _time(int(match["ch"]), int(match["cm"]), match["cn"] or match["cp"] or "")


def _hour(match: Match) -> Iterator[Fact]:
    return _time(_int(match["hh"]), 30 if match["half"] else int(match["hm"] or 0), match["hn"] or "")


def _half_day(match: Match) -> Iterator[Fact]:
    return _time(int(match["ah"]), 0, match["ap"])


def _code(match: Match) -> Iterator[Fact]:
    yield Fact(FactKind.CODE, re.sub("[-_]", "", match.group()))


def _version(match: Match) -> Iterator[Fact]:
    yield Fact(FactKind.CODE, f"v{match.group()}")


def _phone(match: Match) -> Iterator[Fact]:
    yield Fact(FactKind.PHONE, re.sub(r"[^\d+]", "", match.group()))


def _as_is(kind: FactKind, cut: str = "") -> Callable[[Match], Iterator[Fact]]:
    def read(match: Match) -> Iterator[Fact]:
        yield Fact(kind, match.group().rstrip(cut) if cut else match.group())

    return read


_READ: dict[str, Callable[[Match], Iterator[Fact]]] = {
    "url": _as_is(FactKind.URL, ".,;:!?"),
    "email": _as_is(FactKind.EMAIL),
    "phone": _phone,
    "iso": _dates("iy", "im", "id"),
    "era": _era,
    "ja": _japanese_date,
    "md": _dates("", "mm", "mday"),
    "us": _dates("uy", "um", "ud"),
    "uk": _dates("ky", "km", "kd"),
    "my": _dates("myy", "mym", ""),
    "slash": _dates("", "sm", "sd"),
    "clock": _clock,
    "hour": _hour,
    "ampm": _half_day,
    "money": _money,
    "priced": _priced,
    "percent": _percent,
    "ordinal": _ordinal,
    "quantity": _quantity,
    "code": _code,
    "version": _version,
    "dashed": _code,
    "number": _number,
}
