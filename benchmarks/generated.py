"""Text made up by the thousand, Japanese and English, with the frequencies of real text where search feels them.

Words follow the law of Zipf and Mandelbrot over a vocabulary of invented ones; particles, inflections and English
function words make up the share that they have in real text: of all postings about half are of tokens that stand in
more than 2 % of the chunks, as in encyclopaedia paragraphs (0.48 in Japanese ones, 0.55 in English ones).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import accumulate

__all__ = ["texts"]

_NOUNS, _KATAKANA, _VERBS, _ENGLISH = 24_000, 6_000, 1_500, 20_000
_LEVEL_1 = range(0x3021, 0x4F54)  # the kanji of JIS X 0208 level 1, in its order by reading
_KANA = "アイウエオカキクケコサシスセソタチツテトナニハヒフヘホマミムメモラリルレロンーッシャチュプドバグ"
_SYLLABLES = (
    *("ba", "be", "bi", "co", "da", "den", "di", "ent", "er", "fa", "fi", "gra", "ha", "in", "ker", "la", "lo", "ma"),
    *("mi", "na", "no", "or", "pa", "per", "pro", "qua", "ra", "re", "ri", "sa", "sho", "ta", "ti", "tra", "un", "ver"),
)
_ENDINGS = (
    *("します。", "しました。", "できます。", "できません。", "してください。"),
    *("されています。", "する場合があります。", "されます。", "しないでください。", "した。"),
)
_JOINING = (*("の",) * 12, *("と",) * 3, "を含む", "に関する", "ごとの")
_MARKING = ("は", "は", "を", "を", "に", "が", "で", "から", "まで", "について")
_FUNCTION = (
    *("the", "the", "the", "of", "of", "and", "and", "to", "to", "a", "in", "is", "is", "for", "on", "with", "as"),
    *("that", "it", "be", "are", "at", "from", "or", "can", "if", "not", "this", "you", "when", "will", "must", "by"),
)


class _Words:
    """Words drawn by the law of Zipf and Mandelbrot: the n-th of a vocabulary is as frequent as 1 / (n + shift)."""

    def __init__(self, words: list[str], chooser: random.Random, *, shift: int) -> None:
        self._words = words
        self._sums = list(accumulate(1 / (rank + shift) for rank in range(1, len(words) + 1)))
        self._chooser = chooser

    def __call__(self) -> str:
        return self._chooser.choices(self._words, cum_weights=self._sums)[0]


def texts(language: str, *, length: int, seed: int) -> Iterator[str]:
    """Yield texts of whole sentences of about ``length`` code points, for ever, the same for the same seed."""
    chooser = random.Random(f"{language} {seed}")
    sentence = _japanese(chooser) if language == "ja" else _english(chooser)
    while True:
        text = ""
        while len(text) < length:
            text += next(sentence)
        yield text.rstrip()


def _japanese(chooser: random.Random) -> Iterator[str]:
    kanji = [
        bytes((0x80 | code >> 8, 0x80 | code & 0xFF)).decode("euc_jp")
        for code in _LEVEL_1
        if 0x21 <= code & 0xFF <= 0x7E and code >> 8 < 0x4F
    ]
    one = _Words(chooser.sample(kanji, len(kanji)), chooser, shift=200)
    made = ["".join(one() for _ in range(chooser.choice((2, 2, 2, 3, 4)))) for _ in range(_NOUNS)]
    made += ["".join(chooser.choices(_KANA, k=chooser.randint(3, 6))) for _ in range(_KATAKANA)]
    noun = _Words(chooser.sample(made, len(made)), chooser, shift=200)
    verb = _Words(["".join(one() for _ in range(2)) for _ in range(_VERBS)], chooser, shift=20)
    while True:
        parts = [noun()]
        for _ in range(chooser.randint(1, 3)):
            parts += [chooser.choice(_JOINING), noun(), chooser.choice(_MARKING), noun()]
        yield "".join(parts) + "を" + verb() + chooser.choice(_ENDINGS)


def _english(chooser: random.Random) -> Iterator[str]:
    made = list(
        dict.fromkeys("".join(chooser.choices(_SYLLABLES, k=chooser.randint(2, 4))) for _ in range(2 * _ENGLISH))
    )
    word = _Words(made[:_ENGLISH], chooser, shift=40)
    while True:
        words = [
            chooser.choice(_FUNCTION) if chooser.random() < 0.45 else word() for _ in range(chooser.randint(8, 18))
        ]
        yield f"{' '.join(words).capitalize()}. "
