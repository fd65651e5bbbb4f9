"""Tell the language of a question or a document by its scripts and its function words.

Made for Japanese and English, where a question may have two characters; other languages are named when their
script or their function words are obvious.
"""

from __future__ import annotations

import re

__all__ = ["UNDETERMINED", "detect"]

UNDETERMINED = "und"
"""ISO 639-2 for a text without a language: numbers, codes, an empty text, a script not told apart here."""

_SAMPLE = 6000
"""Code points looked at in each of three places of a long text."""

_KANA = re.compile("[\u3041-\u3096\u309d\u309e\u30a1-\u30fa\u30fc-\u30fe\u31f0-\u31ff\uff66-\uff9f]")
_HIRAGANA = re.compile("[\u3041-\u3096]")
_HAN = re.compile("[\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_LATIN_WORD = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ\u00c0-\u024f][\w'’.\-Ａ-Ｚａ-ｚ]*")
_CODE = re.compile(r"[\d_]")
_SCRIPTS = {
    "ko": re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]"),
    "ru": re.compile("[\u0400-\u052f]"),
    "el": re.compile("[\u0370-\u03ff]"),
    "ar": re.compile("[\u0600-\u06ff]"),
    "he": re.compile("[\u0590-\u05ff]"),
    "hi": re.compile("[\u0900-\u097f]"),
    "th": re.compile("[\u0e00-\u0e7f]"),
}
_OTHER_SCRIPTS = re.compile("|".join(pattern.pattern for pattern in _SCRIPTS.values()))
# Characters that Chinese uses all the time and Japanese hardly ever.
_CHINESE = re.compile("[这们说过还对时发问题样进现开关电话请谢让给从东车长门马书见风飞吗你您么這們說嗎麼沒為]")

_FUNCTION_WORDS = {
    "en": "a an and are as at be but by can do does for from has have how i if in is it may must my not of on or our "
    "should that the their there these they this to was we were what when where which who why will with you your",
    "de": "aber auch auf aus bei das dass dem den der des die ein eine einen einer für ist mit nach nicht oder "
    "sich sind über und von werden wie wird zu zum zur",
    "es": "al como con cuando de del el en es está esta este la las lo los más no para pero por que qué se ser si sin "
    "son su sus un una y",
    "fr": "au aux avec ce ces cette comment dans de des du elle en est et il la le les leur mais ne nous ou où par pas "
    "pour qu que qui sont sur un une vous",
    "it": "al alla che come con da dal dei del della di e è gli il in la le lo ma nel nella non per più si sono su un "
    "una",
    "pt": "ao as com como da das de do dos é em entre mais mas na não nas no nos o os para pela pelo por que se são "
    "sem um uma",
}
_WORDS = {code: frozenset(words.split()) for code, words in _FUNCTION_WORDS.items()}


def detect(text: str) -> str:
    """Return the ISO 639-1 code of a text's language, ``und`` when nothing tells it.

    Kana or kanji make a text Japanese unless Latin words outweigh them; a question of kanji only is Japanese,
    unless its characters are plainly Chinese. Latin words make it English unless function words of another
    language prevail. Numbers, codes and model numbers alone (``E-1042``) have no language. Linear; of a long text
    the beginning, the middle and the end are looked at.
    """
    sample = _sampled(text)
    kana, han = len(_KANA.findall(sample)), len(_HAN.findall(sample))
    words = [word.lower().rstrip("'’.-") for word in _LATIN_WORD.findall(sample)]
    plain = [word for word in words if not _CODE.search(word)]
    others = "".join(_OTHER_SCRIPTS.findall(sample))
    scripts = {code: len(pattern.findall(others)) for code, pattern in _SCRIPTS.items()}
    other = max(sorted(scripts), key=scripts.__getitem__)
    # One Latin word weighs as much as two characters of a script without spaces.
    if scripts[other] > max(kana + han, 2 * len(plain)):
        return other
    if kana + han and (kana + han >= 2 * len(plain) or _asks_in_japanese(sample, plain)):
        return _japanese_or_chinese(sample, kana=kana, han=han)
    if len("".join(plain)) > 1:
        return _latin(plain)
    return UNDETERMINED


def _sampled(text: str) -> str:
    if len(text) <= 3 * _SAMPLE:
        return text
    middle = len(text) // 2 - _SAMPLE // 2
    return "\n".join((text[:_SAMPLE], text[middle : middle + _SAMPLE], text[-_SAMPLE:]))


def _asks_in_japanese(sample: str, words: list[str]) -> bool:
    """Tell whether foreign names are held together by Japanese grammar: ``AWS Lambda Timeout Error とは``."""
    return len(sample) <= 200 and bool(_HIRAGANA.search(sample)) and not any(word in _WORDS["en"] for word in words)


def _japanese_or_chinese(sample: str, *, kana: int, han: int) -> str:
    chinese = len(_CHINESE.findall(sample))
    return "zh" if chinese and kana * 10 < han and chinese * 20 >= han else "ja"


def _latin(words: list[str]) -> str:
    counts = {code: sum(word in known for word in words) for code, known in _WORDS.items()}
    best = max(sorted(counts), key=lambda code: (counts[code], code == "en"))
    return best if counts[best] >= 2 + counts["en"] else "en"
