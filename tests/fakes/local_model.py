"""The real local embedders for tests that need one, loaded once per process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from retrieval.embedding import Engine, local_embedder
from retrieval.embedding.weights import Weights, read_weights, weights_path
from retrieval.ports import Embedder


@cache
def shared_embedder(folder: Path, engine: Engine = "onnx") -> Embedder:
    """Return the embedder whose network is kept in ``folder``, the fixture ``model_cache``.

    The package's engine gets one thread: OpenMP's waiting threads would slow down the tests beside it.
    """
    return local_embedder(folder, engine=engine, threads=1 if engine == "package" else None)


@cache
def weights() -> Weights:
    return read_weights(weights_path())
