"""The tokenizer of multilingual-e5-small: SentencePiece unigram over the weight file's pieces and scores.

Two of them, equal on every text: `LightTokenizer` is ready at once and reads a question, `bulk_tokenizer` is Hugging
Face ``tokenizers``, hundreds of times faster but a second in the making, and reads documents. Normalisation is the
model's own map by code point (``nmt_nfkc``), then NFC, which composes what the original's rules compose (half-width
kana with their marks), so that ｶﾞ, か and its mark, and が meet.

Source of the method: Kudo, *Subword Regularization* (2018), and the XLM-R tokenizer of ``transformers``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence

from retrieval.embedding.weights import Weights

__all__ = ["TOKENIZER_VERSION", "LightTokenizer", "Tokenize", "bulk_tokenizer", "normalisation", "normalised"]

TOKENIZER_VERSION = "unigram-1"
"""Changes with anything that gives some text other tokens; part of the embedder's fingerprint."""

Tokenize = Callable[[Sequence[str]], list[list[int]]]
"""Turns texts into the ids of their pieces, without the marks for begin and end."""

_SPACE = "▁"
_UNKNOWN_PENALTY = 10.0
_SURROGATES = range(0xD800, 0xE000)
_SPACES = re.compile(" {2,}")
_WORD = re.compile(f"{_SPACE}[^{_SPACE}]*")


def normalisation(weights: Weights) -> dict[int, str]:
    """Return the map of code points to text: the model's own, with NUL dropped and lone surrogates made spaces."""
    return {**dict.fromkeys(_SURROGATES, " "), **weights.normalise, 0: ""}


def normalised(text: str, table: Mapping[int, str]) -> str:
    """Return a text in the characters that the pieces are spelled in; runs of spaces stay."""
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", text.translate(table))


class LightTokenizer:
    """The tokenizer in plain Python, by Viterbi search: right for one text, slow for many."""

    def __init__(self, weights: Weights) -> None:
        self._table = normalisation(weights)
        self._ids = dict(zip(weights.pieces, range(len(weights.pieces)), strict=True))
        for mark in _marks(weights):
            del self._ids[weights.pieces[mark]]
        self._scores = weights.scores
        self._unknown = weights.unk
        self._unknown_score = min(weights.scores) - _UNKNOWN_PENALTY
        self._longest = max(map(len, weights.pieces))

    def __call__(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the ids of every text, in order."""
        return [[id_ for word in self._words(text) for id_ in self._best(word)] for text in texts]

    def _words(self, text: str) -> list[str]:
        spaced = _SPACES.sub(" ", normalised(text, self._table)).replace(" ", _SPACE)
        if spaced and not spaced.startswith(_SPACE):
            spaced = _SPACE + spaced
        words: list[str] = _WORD.findall(spaced)
        return words

    def _best(self, word: str) -> Iterator[int]:
        """Yield the ids of the pieces of highest total score; unknown characters in a row count as one piece."""
        size = len(word)
        scores, origins, ids = [-1e300] * (size + 1), [0] * (size + 1), [self._unknown] * (size + 1)
        scores[0] = 0.0
        for start in range(size):
            known = False
            for end in range(start + 1, min(start + self._longest, size) + 1):
                id_ = self._ids.get(word[start:end])
                if id_ is None:
                    continue
                known = known or end == start + 1
                if (score := scores[start] + self._scores[id_]) > scores[end]:
                    scores[end], origins[end], ids[end] = score, start, id_
            if not known and (score := scores[start] + self._unknown_score) > scores[start + 1]:
                scores[start + 1], origins[start + 1], ids[start + 1] = score, start, self._unknown
        path: list[int] = []
        end = size
        while end > 0:
            if not (path and path[-1] == ids[end] == self._unknown):
                path.append(ids[end])
            end = origins[end]
        return reversed(path)


def bulk_tokenizer(weights: Weights) -> Tokenize:
    """Return the tokenizer for documents. Takes a second or so; no length of text is too long for it.

    The marks (``<s>`` and the like) are spelled with a space in front, which no normalised text contains: a text
    that spells a mark gets the pieces of its characters, never the mark itself.
    """
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

    marks, table = _marks(weights), normalisation(weights)
    vocabulary = [
        (f" {piece}" if id_ in marks else piece, score)
        for id_, (piece, score) in enumerate(zip(weights.pieces, weights.scores, strict=True))
    ]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=weights.unk, byte_fallback=False))
    tokenizer.normalizer = normalizers.Replace(Regex(" {2,}"), " ")
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement=_SPACE, prepend_scheme="always")

    def tokenize(texts: Sequence[str]) -> list[list[int]]:
        # One by one: a batch would start a pool of threads, which warns at every later fork and gains nothing here.
        return [tokenizer.encode(normalised(text, table), add_special_tokens=False).ids for text in texts]

    return tokenize


def _marks(weights: Weights) -> frozenset[int]:
    """Return the ids that stand for no text: begin, end, padding, unknown and, as the last piece, the mask."""
    return frozenset({weights.bos, weights.eos, weights.pad, weights.unk, len(weights.pieces) - 1})
