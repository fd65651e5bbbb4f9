"""Cut Japanese into words with Sudachi (https://github.com/WorksApplications/Sudachi), in its shortest units."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Morpheme", "Segmenter"]

_CONTENT = frozenset({"名詞", "動詞", "形容詞", "形状詞", "接尾辞", "接頭辞"})
_EMPTY = frozenset({"数詞", "助動詞語幹"})
_ATTACHED = frozenset({"接尾辞", "接頭辞"})
# Words that hold others together, in their usual spelling: they say something in a compound at most.
_HOLDING = frozenset(
    [
        "為る",
        "居る",
        "有る",
        "成る",
        "出来る",
        "下さる",
        "貰う",
        "頂く",
        "致す",
        "行く",
        "来る",
        "見る",
        "置く",
        "仕舞う",
        "呉れる",
        "上げる",
        "遣る",
        "欲しい",
        "無い",
        "良い",
        "言う",
        "教える",
        "知る",
        "事",
        "物",
        "時",
        "所",
        "為",
        "訳",
        "等",
        "様",
        "方",
        "日",
        "月",
        "年",
        "人",
    ]
)
_SHORT = re.compile("[\u3041-\u3096ー]{1,2}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Morpheme:
    """A unit of a sentence: as it stands, uninflected, and in the dictionary's usual spelling.

    ``content`` tells that it means something, ``attached`` that it only does so in a compound.
    """

    surface: str
    plain: str
    usual: str
    content: bool
    attached: bool


class Segmenter:
    """Cuts text into morphemes. For one thread at a time."""

    def __init__(self) -> None:
        from sudachipy import Dictionary, SplitMode

        self._tokenizer = Dictionary(dict="small").tokenizer(mode=SplitMode.A)

    def morphemes(self, text: str) -> list[Morpheme]:
        """Return the morphemes of a text, in order."""
        found = []
        for unit in self._tokenizer.tokenize(text):
            kind = unit.part_of_speech()
            found.append(
                Morpheme(
                    surface=unit.surface(),
                    plain=unit.dictionary_form(),
                    usual=unit.normalized_form(),
                    content=kind[0] in _CONTENT and kind[1] not in _EMPTY,
                    attached=kind[0] in _ATTACHED
                    or unit.normalized_form() in _HOLDING
                    or _SHORT.fullmatch(unit.surface()) is not None,
                )
            )
        return found
