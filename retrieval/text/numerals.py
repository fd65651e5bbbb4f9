"""Numbers as they are written in Japanese and English, as exact decimals; Japanese eras as years."""

from __future__ import annotations

import re
from decimal import Decimal

__all__ = ["ENGLISH_NUMBER", "ERA", "NUMBER", "decimal_of", "plain", "year_of_era"]

_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "億": 10**8, "兆": 10**12}
_WORDS_TEXT = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty
"""
_WORDS = {word: value for value, word in enumerate(_WORDS_TEXT.split())}
_WORDS |= {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90, "hundred": 100}

_ARABIC = r"(?:\d{1,3}(?:,\d{3})+|\d{1,30})(?:\.\d{1,20})?"
NUMBER = rf"(?:{_ARABIC}(?:[千万億兆](?:{_ARABIC})?){{0,6}}|[〇零一二三四五六七八九十百千万億兆]{{1,24}})"
"""Pattern of a number in NFKC-folded text: ``1,500``, ``1万5千``, ``三十``, ``三〇``, ``2.5``."""

ENGLISH_NUMBER = rf"(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})"
"""Pattern of a small number in words, lower case."""

_ERAS = {"明治": 1867, "m": 1867, "大正": 1911, "t": 1911, "昭和": 1925, "s": 1925, "平成": 1988, "h": 1988}
_ERAS |= {"令和": 2018, "r": 2018}
ERA = r"(?:明治|大正|昭和|平成|令和)"
"""Pattern of an era's name; its letter (``R8.4.1``) counts only in a date of numbers."""

_PART = re.compile(rf"{_ARABIC}|[〇零一二三四五六七八九]+|[十百千万億兆]")


def decimal_of(text: str) -> Decimal | None:
    """Return the value of what `NUMBER` or `ENGLISH_NUMBER` matches; None for a string of kanji that is no number."""
    if text in _WORDS:
        return Decimal(_WORDS[text])
    total = section = Decimal(0)
    current: Decimal | None = None
    for part in _PART.findall(text):
        if part in _SMALL:
            section += (Decimal(1) if current is None else current) * _SMALL[part]
            current = None
        elif part in _LARGE:
            section += current or 0
            if not section:
                return None
            total += section * _LARGE[part]
            section, current = Decimal(0), None
        elif part[0].isdigit() and part[0] not in _DIGITS:
            current = Decimal(part.replace(",", ""))
        else:
            current = Decimal("".join(str(_DIGITS[char]) for char in part))
    return total + section + (current or 0)


def plain(value: Decimal) -> str:
    """Return a decimal without exponent and without trailing zeros: ``1.50`` and ``1.5`` are the same."""
    shown = format(value, "f")
    return shown.rstrip("0").rstrip(".") or "0" if "." in shown else shown


def year_of_era(era: str, year: int) -> int:
    """Return the year of the common era; ``year`` counts from 1."""
    return _ERAS[era] + year
