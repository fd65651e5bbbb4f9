"""An embedder without a model: bags of character bigrams, hashed into a few dimensions."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from retrieval.errors import DocumentError, Stage
from retrieval.ids import fingerprint
from retrieval.ports import EmbedderSpec
from retrieval.values import Vector

_TOKEN = re.compile(r"[A-Za-z0-9]{1,4}|\S")
_FRAME = 4  # prefix and marks, as the local model has them


class HashEmbedder:
    """A deterministic stand-in for a model: texts that share character pairs are near, others are not.

    A token is up to four ASCII letters or digits, or any other visible character; four more are the frame.
    ``inputs`` lists every passage embedded so far, so that a test can tell what was paid for.
    """

    def __init__(self, *, dimensions: int = 64, max_tokens: int = 512) -> None:
        self.spec = EmbedderSpec(
            name="hash",
            fingerprint=fingerprint("hash-embedder", "1", str(dimensions), str(max_tokens)),
            dimensions=dimensions,
            max_tokens=max_tokens,
        )
        self.inputs: list[str] = []

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [_FRAME + len(_TOKEN.findall(text)) for text in texts]

    def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        for count in self.count_tokens(texts):
            if count > self.spec.max_tokens:
                raise DocumentError(
                    f"An embedding input has {count} tokens; the model takes {self.spec.max_tokens}.",
                    stage=Stage.EMBED,
                    reason="too_long",
                )
        self.inputs.extend(texts)
        return [self._vector(text) for text in texts]

    def embed_query(self, text: str) -> Vector:
        return self._vector(text)

    def _vector(self, text: str) -> Vector:
        folded = f" {' '.join(unicodedata.normalize('NFKC', text).lower().split())} "
        sums = np.zeros(self.spec.dimensions, dtype=np.float64)
        for pair in pairwise(folded):
            digest = hashlib.blake2b("".join(pair).encode("utf-8", "surrogatepass"), digest_size=8).digest()
            sums[int.from_bytes(digest[:4], "little") % self.spec.dimensions] += 1.0 if digest[4] & 1 else -1.0
        norm = float(np.sqrt(np.sum(sums * sums)))
        if norm == 0.0:
            sums[0] = norm = 1.0
        return (sums / norm).astype("<f4").tobytes()
