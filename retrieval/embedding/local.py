"""The local embedder: multilingual-e5-small in int8 on ONNX Runtime, on this machine's processors alone.

Every text runs by itself, at its exact length, on one thread; many texts run side by side on as many threads. So
nothing is spent on padding, and a text's vector cannot depend on what is embedded with it: the runtime never sees
two texts at once, and no sum is split among threads. See decision 0020.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from retrieval.embedding.built import kept
from retrieval.embedding.inputs import PASSAGE, QUERY, average, check_lengths, windows
from retrieval.embedding.tokenizer import TOKENIZER_VERSION, LightTokenizer, Tokenize, bulk_tokenizer
from retrieval.embedding.weights import WEIGHTS_SHA256, Floats, Weights, read_weights, weights_path
from retrieval.ids import fingerprint
from retrieval.ports import EmbedderSpec
from retrieval.values import Vector

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

__all__ = ["LocalEmbedder", "available_processors"]

GRAPH_VERSION = "int8-per-token-1"
"""Changes with anything in `retrieval.embedding.graph` that changes a vector."""

_MARKS = 2  # begin and end


class LocalEmbedder:
    """The `Embedder` over ONNX Runtime. Safe to share among threads.

    ``threads`` is how many passages are embedded at once (default: the processors this process may use); it never
    changes a vector. The network is built once into ``cache_dir`` (22 MB). Raises `SettingsError` when the weights
    are missing or damaged, and `ImportError` when ONNX Runtime cannot be loaded.
    """

    def __init__(self, cache_dir: Path, *, threads: int | None = None) -> None:
        self._weights = read_weights(weights_path())
        self._session = _session(self._weights, cache_dir)
        self._threads = threads or available_processors()
        self._positions = self._weights.matrix("emb.pos", rows=self._weights.sizes.positions)
        self._positions += self._weights.matrix("emb.type", rows=2)[0]
        self._light = LightTokenizer(self._weights)
        self._bulk: Tokenize | None = None
        self._bulk_lock = Lock()
        self._query_frame = len(self._light([QUERY.rstrip()])[0])
        self.spec = EmbedderSpec(
            name="multilingual-e5-small",
            fingerprint=fingerprint(
                "multilingual-e5-small", WEIGHTS_SHA256, GRAPH_VERSION, TOKENIZER_VERSION, QUERY, PASSAGE, "mean", "l2"
            ),
            dimensions=self._weights.sizes.hidden,
            max_tokens=self._weights.sizes.positions,
        )

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text takes as a passage: prefix, text, begin and end."""
        return [len(ids) + _MARKS for ids in self._passage_ids(texts)]

    def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        """Return one vector per text, in order. Raises `DocumentError` (``too_long``) before embedding any."""
        ids = self._passage_ids(texts)
        check_lengths([len(each) + _MARKS for each in ids], limit=self.spec.max_tokens)
        longest_first = sorted(range(len(ids)), key=lambda i: -len(ids[i]))
        vectors = dict(zip(longest_first, self._run_all([ids[i] for i in longest_first]), strict=True))
        return [vectors[i].tobytes() for i in range(len(ids))]

    def embed_query(self, text: str) -> Vector:
        """Return the vector of a question; a longer one is the average over windows that leave nothing out."""
        (ids,) = self._light([QUERY + text])
        prefix, content = ids[: self._query_frame], ids[self._query_frame :]
        parts = windows(content, size=self.spec.max_tokens - _MARKS - len(prefix))
        if len(parts) == 1:
            return self._run(ids).tobytes()
        return average(self._run_all([prefix + part for part in parts]), sizes=[len(part) for part in parts])

    def _passage_ids(self, texts: Sequence[str]) -> list[list[int]]:
        with self._bulk_lock:
            if self._bulk is None:
                self._bulk = bulk_tokenizer(self._weights)
        return self._bulk([PASSAGE + text for text in texts])

    def _run_all(self, ids: Sequence[Sequence[int]]) -> list[Floats]:
        if self._threads == 1 or len(ids) < 2:
            return [self._run(each) for each in ids]
        with ThreadPoolExecutor(min(self._threads, len(ids)), thread_name_prefix="embed") as pool:
            return list(pool.map(self._run, ids))

    def _run(self, ids: Sequence[int]) -> Floats:
        marked = np.array([self._weights.bos, *ids, self._weights.eos], dtype=np.int64)
        words = self._weights.rows("emb.word", marked, width=self.spec.dimensions)
        (vector,) = self._session.run(["vector"], {"embedded": words + self._positions[: len(marked)]})
        return np.asarray(vector, dtype="<f4")


def available_processors() -> int:
    """Return how many processors this process may use, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _session(weights: Weights, cache_dir: Path) -> InferenceSession:
    import onnxruntime

    def build() -> bytes:
        from retrieval.embedding.graph import build_graph

        return build_graph(weights)

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.enable_mem_pattern = False  # it keeps a plan per length
    # Fused by hand already: whatever a later version would rewrite could change the last bits of a vector.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    content = kept(cache_dir / f"e5-small-{GRAPH_VERSION}-{WEIGHTS_SHA256[:16]}.onnx", build)
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
