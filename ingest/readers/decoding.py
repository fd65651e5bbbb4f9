"""Bytes to text: byte order marks, Unicode, the Japanese encodings and Windows-1252, by evidence.

A declared encoding is evidence, not truth: pages that declare Shift_JIS and hold UTF-8 are common. The order is:
byte order mark, ISO-2022-JP escapes, UTF-16 by its zero bytes, UTF-8 (a few broken places allowed), what is declared,
then the best score of EUC-JP, CP932 and CP1252. Scores count how many bytes become characters that people write: real
text becomes kana and common kanji (JIS level 1), a wrong decoding becomes rare kanji, half-width kana in odd places and
symbols.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from ingest.readers.assembly import unreadable

__all__ = ["Decoded", "decode"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ISO_2022 = re.compile(rb"\x1b(?:\$[@B]|\$\([DOPQ]|\([IJ])")
_SAMPLE = 1 << 18
_WIDENED = {
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "sjis": "cp932",
    "windows-31j": "cp932",
    "ms932": "cp932",
    "x-euc-jp": "euc_jp",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}
_BAD_SHARE = 0.005  # undecodable bytes that a damaged but right decoding may have
_BROKEN = bytes(range(0x80)) + b"\x7f" * 0x80
_WHOLE_PER_BROKEN = 5  # well-formed characters beyond ASCII for each broken place of damaged UTF-8
_WESTERN_PAIR = re.compile(
    rb"[A-Za-z][\x80-\xff]{1,2}(?=[A-Za-z\s.,;:!?'\")-]|$)|(?<=[\s('\"])[\x80-\xff][A-Za-z]|(?<=\d)[\x80-\xff](?=\s|$)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Decoded:
    """A text, the Python name of its encoding, and how many places could not be decoded (U+FFFD in the text)."""

    text: str
    encoding: str
    undecodable: int = 0

    @property
    def missing(self) -> tuple[str, ...]:
        """Return what to report as missing."""
        if not self.undecodable:
            return ()
        return (f"{self.undecodable} places are not valid {self.encoding} and were replaced by U+FFFD",)


def decode(data: bytes, *, name: str, declared: str | None = None) -> Decoded:
    """Return the text of the bytes. Raises `DocumentError` (``binary`` or ``unknown_encoding``) when it is none."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _with(data[len(mark) :], encoding)
    if _ISO_2022.search(data) and _high(data) <= len(data) * _BAD_SHARE:
        return _seven_bit(data)
    wide = _utf16(data)
    if wide is not None:
        return wide
    if b"\0" in data:
        raise unreadable(f"{name!r} is no text: it holds NUL bytes", reason="binary", skipped=True)
    found = _strict(data, "utf-8") or _damaged_utf8(data) or _declared(data, declared) or _scored(data)
    if found is None:
        raise unreadable(f"the encoding of {name!r} is none that Tenkyo knows", reason="unknown_encoding")
    if _control_share(found.text) > 0.02:
        raise unreadable(f"{name!r} is no text: it holds control characters", reason="binary", skipped=True)
    return found


def _high(data: bytes) -> int:
    return len(data) - len(data.translate(None, delete=bytes(range(0x80, 0x100))))


def _strict(data: bytes, encoding: str) -> Decoded | None:
    try:
        return Decoded(text=data.decode(encoding), encoding=encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _with(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, "replace")
    return Decoded(text=text, encoding=encoding, undecodable=text.count("\ufffd"))


def _tolerant(data: bytes, encoding: str) -> Decoded | None:
    found = _strict(data, encoding)
    if found is None:
        found = _with(data, encoding)
        if found.undecodable > max(1, _high(data) * _BAD_SHARE):
            return None
    return found


def _seven_bit(data: bytes) -> Decoded:
    """Decode ISO-2022-JP; a byte over 0x7F has no place in it and is a broken one."""
    if not _high(data):
        for encoding in ("iso2022_jp_ext", "iso2022_jp_2004"):
            found = _strict(data, encoding)
            if found is not None:
                return found
    text = data.translate(_BROKEN).decode("iso2022_jp_ext", "replace").replace("\x7f", "\ufffd")
    return Decoded(text=text, encoding="iso2022_jp_ext", undecodable=text.count("\ufffd"))


def _damaged_utf8(data: bytes) -> Decoded | None:
    """Decode UTF-8 with a few broken places, as in a log that was cut within a character.

    Other encodings hardly ever form a valid sequence of UTF-8, so that a few of them are evidence enough.
    """
    found = _tolerant(data, "utf-8")
    if found is None or not found.undecodable:
        return found
    whole = sum(character > "\x7f" for character in found.text[:_SAMPLE]) - found.undecodable
    return found if whole >= _WHOLE_PER_BROKEN * found.undecodable else None


def _declared(data: bytes, declared: str | None) -> Decoded | None:
    if not declared:
        return None
    label = declared.strip().strip("\"'").lower()
    try:
        encoding = codecs.lookup(_WIDENED.get(label, label)).name
    except LookupError:
        return None
    if encoding.startswith(("utf-16", "utf-32")):  # then its zero bytes would have been seen
        return None
    if encoding == "euc_jp":
        return _euc(data)
    return _tolerant(data, encoding)


def _euc(data: bytes) -> Decoded | None:
    """Decode EUC-JP, with the vendor characters of row 13 (①, ㈱) that Python's ``euc_jp`` lacks."""
    for encoding in ("euc_jp", "euc_jis_2004"):
        found = _strict(data, encoding)
        if found is not None:
            return found
    return _tolerant(data, "euc_jis_2004")


def _scored(data: bytes) -> Decoded | None:
    sample = data[:_SAMPLE]
    high = _high(sample)
    western = sum(_high(match.group()) for match in _WESTERN_PAIR.finditer(sample))
    best: tuple[float, Decoded] | None = None
    for found in (_euc(data), _tolerant(data, "cp932")):
        if found is not None:
            score = _japanese(found.text[:_SAMPLE], high)
            if best is None or score > best[0]:
                best = (score, found)
    if best is not None and best[0] >= 0.35 and western < 0.5 * high:
        return best[1]
    text = _strict(data, "cp1252") or _tolerant(data, "cp1252")
    if text is not None and western >= 0.5 * high:
        return text
    return best[1] if best is not None and best[0] > 0.2 else text


def _japanese(text: str, high: int) -> float:
    """Return how much of the non-ASCII bytes became what people write, about 1 for kana text, 0 for noise."""
    total = 0.0
    for character in text:
        code = ord(character)
        if code < 0x80:
            continue
        if 0x3041 <= code <= 0x30FF:
            total += 3.0
        elif code in _COMMON_MARKS or 0xFF01 <= code <= 0xFF5E:
            total += 1.5
        elif 0x4E00 <= code <= 0x9FFF:
            total += 1.3 if _level_1(character) else 0.5
        elif 0xFF61 <= code <= 0xFF9F:
            total += 0.6
        elif 0xE000 <= code <= 0xF8FF or code == 0xFFFD:
            total -= 2.0
    return total / (2 * high) * 1.0 if high else 0.0


_COMMON_MARKS = frozenset(map(ord, "、。「」『』（）【】〈〉《》・ー〜～…※○●◎◇◆□■△▲▽▼→←↑↓々〇〒￥％　①②③④⑤⑥⑦⑧⑨㈱℡"))


def _level_1(character: str) -> bool:
    try:
        raw = character.encode("euc_jp")
    except UnicodeEncodeError:
        return False
    return len(raw) == 2 and 0xB0 <= raw[0] <= 0xCF


def _utf16(data: bytes) -> Decoded | None:
    """Decode UTF-16 without a mark: the byte order that gives what people write, if one clearly does.

    Zero bytes alone do not tell: 一 is U+4E00.
    """
    if len(data) < 2 or len(data) % 2 or b"\0" not in data[:_SAMPLE]:
        return None
    scored = []
    for encoding in ("utf-16-le", "utf-16-be"):
        found = _strict(data, encoding)
        if found is not None and "\0" not in found.text:
            sample = found.text[:_SAMPLE]
            scored.append((sum(map(_written, sample)) / len(sample), found))
    scored.sort(key=lambda pair: -pair[0])
    if not scored or scored[0][0] < 0.6 or (len(scored) == 2 and scored[0][0] - scored[1][0] < 0.15):
        return None
    return scored[0][1]


def _written(character: str) -> float:
    """Return how usual a character is in text, from 0 to 1."""
    code = ord(character)
    if 0x20 <= code < 0x7F or character in "\t\n\r" or 0x3041 <= code <= 0x30FF or code in _COMMON_MARKS:
        return 1.0
    if 0x4E00 <= code <= 0x9FFF:
        return 0.9 if _level_1(character) else 0.4
    if 0xA0 <= code < 0x250 or 0x370 <= code < 0x500 or 0xAC00 <= code < 0xD7A4 or 0xFF01 <= code <= 0xFF9F:
        return 0.7
    return 0.5 if 0x2010 <= code < 0x2700 or code >= 0x1F000 else 0.0


def _control_share(text: str) -> float:
    sample = text[:_SAMPLE]
    bad = sum(1 for character in sample if character < " " and character not in "\t\n\r\f\v\x1a\x1b")
    return bad / len(sample) if sample else 0.0
