"""Writing the same chunks into Chroma and LanceDB, in an environment of their own that is thrown away.

Run as a script by that environment's Python: ``store_peers.py PEER FOLDER``.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

_PEERS = {"chroma": "chromadb", "lancedb": "lancedb"}
_BATCH = 1_000
_Matrix = np.ndarray[Any, np.dtype[np.float32]]


def compare_peers(folder: Path, vectors: _Matrix, texts: list[str], *, ours: float) -> dict[str, Any]:
    """Return chunks/s of every peer and ours over theirs; a peer that cannot be installed says so instead."""
    np.save(folder / "vectors.npy", vectors)
    (folder / "texts.json").write_text(json.dumps(texts))
    found: dict[str, Any] = {}
    for peer, package in _PEERS.items():
        try:
            python = _environment(folder / f"venv-{peer}", package)
            done = subprocess.run(
                [python, __file__, peer, str(folder)], check=True, capture_output=True, text=True, timeout=3600
            )
            rate = float(done.stdout.strip().splitlines()[-1])
            found[peer] = {"written_chunks_per_s": rate, "ours_over_theirs": ours / rate}
        except (subprocess.SubprocessError, OSError) as exc:
            found[peer] = {"not_measured": str(getattr(exc, "stderr", None) or exc)[-300:]}
    return found


def _environment(place: Path, package: str) -> Path:
    python = place / "bin" / "python"
    uv = shutil.which("uv")
    if uv:
        subprocess.run([uv, "venv", "-q", str(place)], check=True, capture_output=True)
        install = [uv, "pip", "install", "-q", "--python", str(python), package, "numpy"]
    else:
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True, capture_output=True)
        install = [str(python), "-m", "pip", "install", "-q", package, "numpy"]
    subprocess.run(install, check=True, capture_output=True, text=True, timeout=1800)
    return python


def _chroma(folder: Path, vectors: _Matrix, texts: list[str]) -> float:
    import chromadb  # type: ignore[import-not-found] # only in the environment this script runs in

    client = chromadb.PersistentClient(
        str(folder / "chroma"), settings=chromadb.config.Settings(anonymized_telemetry=False)
    )
    collection = client.create_collection("benchmark")
    begun = time.perf_counter()
    for at in range(0, len(texts), _BATCH):
        end = min(at + _BATCH, len(texts))
        collection.add(
            ids=[str(n) for n in range(at, end)],
            embeddings=vectors[at:end],
            documents=texts[at:end],
            metadatas=[{"label": n % 2} for n in range(at, end)],
        )
    return time.perf_counter() - begun


def _lancedb(folder: Path, vectors: _Matrix, texts: list[str]) -> float:
    import lancedb  # type: ignore[import-not-found] # only in the environment this script runs in

    database = lancedb.connect(str(folder / "lancedb"))
    table = None
    begun = time.perf_counter()
    for at in range(0, len(texts), _BATCH):
        end = min(at + _BATCH, len(texts))
        rows = [{"id": str(n), "vector": vectors[n], "text": texts[n], "label": n % 2} for n in range(at, end)]
        if table is None:
            table = database.create_table("benchmark", data=rows)
        else:
            table.add(rows)
    if table is not None:
        table.create_fts_index("text")
    return time.perf_counter() - begun


def _run(peer: str, folder: Path) -> None:
    vectors = np.load(folder / "vectors.npy")
    texts = json.loads((folder / "texts.json").read_text())
    spent = {"chroma": _chroma, "lancedb": _lancedb}[peer](folder, vectors, texts)
    print(len(texts) / spent)


if __name__ == "__main__":
    _run(sys.argv[1], Path(sys.argv[2]))
