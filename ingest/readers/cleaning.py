"""What leaves a text at the rim, before any offset is counted: nothing that a person would see.

Line ends become line feeds. NUL, lone surrogates and control characters go, because stores and JSON refuse them.
Zero-width characters, bidirectional controls and Unicode tags go, because they hide instructions from the person
who reads the cited page (Unicode TR 36; "ASCII smuggling"). Characters that shape what is seen stay: joiners in
scripts and emoji that need them, variation selectors of ideographs (葛󠄀) and emoji. Nothing is normalised: a quote
keeps the width and the form of its original.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["clean", "is_cjk", "noise", "single_line", "width"]

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")

_NOISE = re.compile(
    "["
    "\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f"  # controls but tab and line ends
    "\xad"  # soft hyphen
    "\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\u206a-\u206f\u180e\ufeff"  # zero width, bidi
    "\ufff9-\ufffb\ufffe\uffff"  # annotation marks, non-characters
    "\ud800-\udfff"  # lone surrogates
    "\U000e0000-\U000e007f"  # tags
    "]"
    # Joiners stay inside Arabic, Syriac, Indic and emoji sequences only.
    "|(?<![\u0600-\u0fff\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]"
    # An ideographic variation selector stays directly behind an ideograph only; a row of them carries data.
    "|(?<![\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])[\U000e0100-\U000e01ef]"
)

_SPACES = re.compile(r"[ \t\n\xa0]+")

_CJK = re.compile(
    "[\u2e80-\u303f\u3041-\u33ff\u3400-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff9f\uffe0-\uffe6\U00020000-\U0003ffff]"
)


def clean(text: str) -> str:
    """Return the text as the module says. Idempotent; never longer than the input."""
    return _NOISE.sub("", _LINE_ENDS.sub("\n", text))


def noise(text: str) -> list[tuple[int, int]]:
    """Return the spans that `clean` removes, for a reader that keeps a place for every code point."""
    return [match.span() for match in _NOISE.finditer(text)]


def single_line(text: str) -> str:
    """Return a cleaned text on one line, runs of spaces and line ends as one space."""
    return _SPACES.sub(" ", clean(text)).strip()


def is_cjk(character: str) -> bool:
    """Tell whether a character is written without spaces around it: kana, ideographs, full-width forms."""
    return _CJK.match(character) is not None


def width(text: str) -> int:
    """Return how many columns a text takes in a fixed-width font: two for wide and full-width characters."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
