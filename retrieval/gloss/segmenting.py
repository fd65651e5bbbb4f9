"""Cut Japanese into words with Sudachi (https://github.com/WorksApplications/Sudachi), in its shortest units."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Morpheme", "Segmenter"]

_CONTENT = frozenset({"名詞", "動詞", "形容詞", "形状詞", "副詞", "接尾辞", "接頭辞"})
_EMPTY = frozenset({"数詞", "非自立可能", "助動詞語幹"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Morpheme:
    """A unit of a sentence: as it stands, uninflected, and in the dictionary's usual spelling.

    ``content`` tells that it means something by itself, ``attached`` that it only does so in a compound.
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
                    attached=kind[0] in {"接尾辞", "接頭辞"},
                )
            )
        return found
