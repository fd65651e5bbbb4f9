"""An embedder that remembers every vector on disk, so that only the first run of a benchmark pays for it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from retrieval.ports import Embedder
from retrieval.values import Vector

__all__ = ["Remembering"]


class Remembering:
    """Gives the vectors of ``embedder``, from the file ``path`` where it holds them. Used by one process."""

    def __init__(self, embedder: Embedder, path: Path) -> None:
        self.spec = embedder.spec
        self._embedder = embedder
        self._file = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._file.execute("PRAGMA synchronous = OFF")
        self._file.execute("CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB) WITHOUT ROWID")

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Embedder.count_tokens`."""
        return self._embedder.count_tokens(texts)

    def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        """See `Embedder.embed_passages`."""
        keys = [self._key("passage", text) for text in texts]
        known = {key: vector for key in keys if (vector := self._known(key)) is not None}
        new = [index for index, key in enumerate(keys) if key not in known]
        for index, vector in zip(new, self._embedder.embed_passages([texts[index] for index in new]), strict=True):
            known[keys[index]] = self._kept(keys[index], vector)
        return [known[key] for key in keys]

    def embed_query(self, text: str) -> Vector:
        """See `Embedder.embed_query`."""
        key = self._key("query", text)
        return self._known(key) or self._kept(key, self._embedder.embed_query(text))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _key(self, purpose: str, text: str) -> str:
        whole = f"{self.spec.fingerprint}\0{purpose}\0{text}"
        return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()

    def _known(self, key: str) -> Vector | None:
        row = self._file.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()
        return None if row is None else bytes(row[0])

    def _kept(self, key: str, vector: Vector) -> Vector:
        self._file.execute("INSERT OR REPLACE INTO vectors VALUES (?, ?)", (key, vector))
        return vector
