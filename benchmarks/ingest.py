"""Measure an ingestion: how much of it is embedding, what a re-run without changes costs, how much memory it takes.

::

    uv run python -m benchmarks.ingest FOLDER [--cache DIR] [--output json]

``FOLDER`` is any folder of documents. It is ingested into a store in a temporary folder with the local embedder; then
ingested again unchanged; then the same embedding inputs are embedded once more with nothing else going on. Figures are
ratios of one run on one machine; seconds are printed for orientation only.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import os
import resource
import tempfile
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import structlog

from ingest.isolation import IsolatedReader
from ingest.run import Ingestion
from ingest.sources.folder import FolderSource
from retrieval.embedding import local_embedder
from retrieval.ports import Embedder, EmbedderSpec
from retrieval.stores.originals import FolderOriginals
from retrieval.stores.sqlite import open_store
from retrieval.values import Vector

_AT_ONCE = 128


class _Recording:
    """An embedder that keeps what it was given."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.spec: EmbedderSpec = embedder.spec
        self.inputs: list[str] = []

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._embedder.count_tokens(texts)

    def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        self.inputs.extend(texts)
        return self._embedder.embed_passages(texts)

    def embed_query(self, text: str) -> Vector:
        return self._embedder.embed_query(text)


def _now() -> datetime:
    return datetime.now(UTC)


def _stat_and_hash(folder: Path) -> float:
    started = time.perf_counter()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            os.stat(path)  # noqa: PTH116  what is compared with is one stat and one hash
            with path.open("rb") as file:
                hashlib.file_digest(file, "sha256")
    return time.perf_counter() - started


def measure(folder: Path, *, cache: Path) -> dict[str, float]:
    """Return the figures of one folder, seconds and ratios by name."""
    local = local_embedder(cache)
    local.embed_passages(["warm up", "準備運動"])
    embedder = _Recording(local)
    with tempfile.TemporaryDirectory(prefix="tenkyo-benchmark-") as work, IsolatedReader() as reader:
        store = open_store(Path(work) / "kb.db", clock=_now)
        ingestion = Ingestion(
            store=store,
            originals=FolderOriginals(Path(work) / "originals"),
            embedder=embedder,
            reader=reader,
            clock=_now,
            new_id=lambda: uuid.uuid4().hex,
        )
        source = FolderSource(folder, labels=["public"])
        first = ingestion.run(source)
        inputs = list(embedder.inputs)
        again = ingestion.run(source)
        if len(embedder.inputs) != len(inputs):
            raise RuntimeError("the unchanged re-run embedded something")
        store.close()
    hashed = _stat_and_hash(folder)
    started = time.perf_counter()
    for at in range(0, len(inputs), _AT_ONCE):
        local.embed_passages(inputs[at : at + _AT_ONCE])
    pure = time.perf_counter() - started
    whole = first.timings.total
    return {
        "documents": first.run.seen,
        "inputs": len(inputs),
        "tokens": first.tokens,
        "ingest_s": round(whole, 3),
        "pure_embedding_s": round(pure, 3),
        "pure_embedding_share": round(pure / whole, 3),
        "embedding_step_share": round(first.timings.embed / whole, 3),
        "store_share": round(first.timings.store / whole, 3),
        "unchanged_s": round(again.timings.total, 3),
        "stat_and_hash_s": round(hashed, 3),
        "unchanged_to_stat_and_hash": round(again.timings.total / hashed, 2),
        "peak_memory_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(".cache/benchmarks"), help="where the model is built once")
    parser.add_argument("--output", choices=["text", "json"], default="text")
    chosen = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    chosen.cache.mkdir(parents=True, exist_ok=True)
    figures = measure(chosen.folder, cache=chosen.cache)
    if chosen.output == "json":
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:28} {value}")


if __name__ == "__main__":
    main()
