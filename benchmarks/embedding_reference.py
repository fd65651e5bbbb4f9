"""multilingual-e5-small in float32, straight from the paper in numpy: what the fast embedders are measured against."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from retrieval.embedding.inputs import PASSAGE
from retrieval.embedding.tokenizer import Tokenize, bulk_tokenizer
from retrieval.embedding.weights import Floats, Weights
from retrieval.values import Vector

__all__ = ["Reference"]


class Reference:
    """Embeds passages with no quantisation but that of the weight file itself (4 bits)."""

    def __init__(self, weights: Weights, tokenize: Tokenize | None = None) -> None:
        self._weights = weights
        self._tokenize = tokenize or bulk_tokenizer(weights)
        self._tensors: dict[str, Floats] = {}

    def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        """Return one unit vector per text, in order."""
        return [self._embed(ids) for ids in self._tokenize([PASSAGE + text for text in texts])]

    def _embed(self, ids: Sequence[int]) -> Vector:
        weights, sizes = self._weights, self._weights.sizes
        marked = np.array([weights.bos, *ids, weights.eos], dtype=np.int64)
        words = weights.rows("emb.word", marked, width=sizes.hidden)
        positions = self._tensor("emb.pos").reshape(-1, sizes.hidden)[: len(marked)]
        state = self._norm(words + positions + self._tensor("emb.type")[: sizes.hidden], "emb.ln")
        for layer in (f"l{index}" for index in range(sizes.layers)):
            state = self._norm(state + self._linear(self._attend(state, layer), f"{layer}.ao"), f"{layer}.aln")
            inner = _gelu(self._linear(state, f"{layer}.fi"))
            state = self._norm(state + self._linear(inner, f"{layer}.fo"), f"{layer}.oln")
        mean = state.mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean), dtype="<f4").tobytes()

    def _attend(self, state: Floats, layer: str) -> Floats:
        heads = self._weights.sizes.heads
        query, key, value = (
            self._linear(state, f"{layer}.{part}").reshape(len(state), heads, -1).transpose(1, 0, 2) for part in "qkv"
        )
        scores = query @ key.transpose(0, 2, 1) / np.sqrt(np.float32(query.shape[-1]))
        exponents = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = (exponents / exponents.sum(axis=-1, keepdims=True)) @ value
        return np.asarray(mixed.transpose(1, 0, 2).reshape(len(state), -1), dtype=np.float32)

    def _linear(self, x: Floats, name: str) -> Floats:
        bias = self._tensor(f"{name}.b")
        return np.asarray(x @ self._tensor(f"{name}.w").reshape(len(bias), -1).T + bias, dtype=np.float32)

    def _norm(self, x: Floats, name: str) -> Floats:
        centred = x - x.mean(axis=-1, keepdims=True)
        spread = np.sqrt(np.mean(centred * centred, axis=-1, keepdims=True) + self._weights.sizes.epsilon)
        return np.asarray(centred / spread * self._tensor(f"{name}.w") + self._tensor(f"{name}.b"), dtype=np.float32)

    def _tensor(self, name: str) -> Floats:
        if name not in self._tensors:
            self._tensors[name] = self._weights.tensor(name)
        return self._tensors[name]


def _gelu(x: Floats) -> Floats:
    """GELU by the error function, as Abramowitz and Stegun 7.1.26 approximate it (error below 1.5e-7)."""
    z: npt.NDArray[np.float64] = np.abs(x).astype(np.float64) / np.sqrt(2.0)
    t = 1.0 / (1.0 + 0.3275911 * z)
    series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
    erf = np.copysign(1.0 - series * np.exp(-z * z), x)
    return np.asarray(0.5 * x * (1.0 + erf), dtype=np.float32)
