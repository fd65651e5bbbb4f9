"""How fast the SQLite store writes and searches, as ratios within one run.

``python benchmarks/store.py TEXTS`` takes real text for the lexical lane from the ``.jsonl(.gz)``, ``.md`` and
``.txt`` files of a folder and random unit vectors. Written chunks are compared with Chroma and LanceDB given the
same vectors (both are installed into a throw-away environment), filtered searches with a bare numpy matrix product
and with a bare FTS5 OR query over the same rows.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import random
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.chunks import Made, made_document
from benchmarks.store_peers import compare_peers
from retrieval.stores.sqlite import open_store
from retrieval.text.lexical import analyze_query, plain_query
from retrieval.values import (
    Filter,
    GenerationSpec,
    Labels,
)

_LENGTH = 400  # characters of a chunk
_CHUNKS = 10  # of a document
_WHERE = Filter(labels=frozenset({"support"}))
_GROUPS = (frozenset({"support"}), frozenset({"sales"}))  # every second document is admitted


def main() -> None:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts", type=Path, help="folder with real text")
    parser.add_argument("--chunks", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--dimensions", type=int, default=384)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--without-peers", action="store_true", help="do not install and measure Chroma and LanceDB")
    parser.add_argument("--output", choices=("text", "json"), default="text")
    options = parser.parse_args()
    figures: dict[str, Any] = {"sizes": {}}
    with tempfile.TemporaryDirectory(prefix="tenkyo-benchmark-") as folder:
        for size in options.chunks:
            task = {
                "path": f"{folder}/{size}.db",
                "texts": str(options.texts),
                "chunks": size,
                "dimensions": options.dimensions,
                "questions": options.questions,
            }
            figures["sizes"][size] = {**_apart(_write, task), **_apart(_search, task)}
        if not options.without_peers:
            size = min(options.chunks)
            pieces = list(_pieces(options.texts, size))
            ours = figures["sizes"][size]["written_chunks_per_s"]
            figures["peers"] = compare_peers(Path(folder), _vectors(size, options.dimensions), pieces, ours=ours)
    if options.output == "json":
        print(json.dumps(figures, indent=2))
    else:
        for line in _lines(figures, ""):
            print(line)


def _lines(value: object, name: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _lines(inner, f"{name} {key}".strip())
    else:
        yield f"{name}: {value:.3g}" if isinstance(value, float) else f"{name}: {value}"


def _apart(work: Callable[[dict[str, Any]], dict[str, float]], task: dict[str, Any]) -> dict[str, float]:
    """Run a piece of work in a process of its own, so that its peak memory is its own."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_answer, args=(work, task, there))
    process.start()
    there.close()
    found: dict[str, float] = here.recv()
    process.join()
    return found


def _answer(work: Callable[[dict[str, Any]], dict[str, float]], task: dict[str, Any], pipe: Connection) -> None:
    pipe.send(work(task))


def _pieces(folder: Path, count: int) -> Iterator[str]:
    """Yield pieces of real text; once it is used up, its sentences in ever new orders."""
    texts: list[str] = []
    for path in sorted(folder.rglob("*")):
        if path.name.endswith((".jsonl", ".jsonl.gz")):
            raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            rows = (json.loads(line) for line in raw.decode().split("\n") if line.strip())
            texts += [text for row in rows if isinstance(text := row.get("text"), str)]
        elif path.suffix in (".md", ".txt"):
            texts.append(path.read_text(errors="replace"))
    if not texts:
        raise SystemExit(f"There is no text in {str(folder)!r}.")
    sentences = [
        part for text in texts for line in text.splitlines() for part in line.replace("。", "。\n").split("\n")
    ]
    sentences = [sentence for sentence in sentences if sentence.strip()]
    chooser = random.Random(7)
    made, piece = 0, ""
    while True:
        for sentence in sentences:
            piece += sentence + " "
            if len(piece) >= _LENGTH:
                yield piece[:_LENGTH]
                made, piece = made + 1, ""
                if made == count:
                    return
        chooser.shuffle(sentences)


def _vectors(count: int, dimensions: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    vectors = np.random.default_rng(7).standard_normal((count, dimensions), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def _now() -> datetime:
    return datetime.now(UTC)


def _write(task: dict[str, Any]) -> dict[str, float]:
    vectors, pieces = _vectors(task["chunks"], task["dimensions"]), list(_pieces(Path(task["texts"]), task["chunks"]))
    documents = [_document(n, pieces, vectors) for n in range(0, len(pieces), _CHUNKS)]
    before = _peak()
    with closing(open_store(Path(task["path"]), clock=_now)) as store:
        fence = store.lease("benchmark", seconds=86_400).fence
        spec = GenerationSpec(name="g", fingerprint="", parts={}, dimensions=task["dimensions"])
        store.create_generation(spec, fence=fence)
        begun = time.perf_counter()
        for document, extraction, chunks in documents:
            staged = store.stage(document, extraction, chunks, generation="g", fence=fence)
            store.commit(staged, generation="g", fence=fence)
        spent = time.perf_counter() - begun
        store.promote("g", fence=fence)
        store.sweep(generation="g", fence=fence, now=_now())
    swept = time.perf_counter() - begun
    files = [Path(task["path"]), *Path(task["path"] + ".files").rglob("*")]
    size = sum(path.stat().st_size for path in files if path.is_file())
    return {
        "written_chunks_per_s": task["chunks"] / spent,
        "sweep_share_of_writing": (swept - spent) / spent,
        "bytes_per_chunk": size / task["chunks"],
        "writer_memory_mib": _peak() - before,
    }


def _document(first: int, pieces: list[str], vectors: np.ndarray[Any, np.dtype[np.float32]]) -> Made:
    lines = pieces[first : first + _CHUNKS]
    own = [vectors[first + n].tobytes() for n in range(len(lines))]
    return made_document(first, lines, own, labels=Labels(allow=_GROUPS[first // _CHUNKS % 2]))


def _search(task: dict[str, Any]) -> dict[str, float]:
    pieces = list(_pieces(Path(task["texts"]), task["chunks"]))
    chooser = random.Random(11)
    questions = [chooser.choice(pieces)[50:90] for _ in range(task["questions"])]
    queries = _vectors(task["questions"] + 1, task["dimensions"])[1:]
    before = _peak()
    begun = time.perf_counter()
    with closing(open_store(Path(task["path"]), clock=_now)) as store:
        with store.view() as view:
            view.dense(queries[0].tobytes(), k=100, where=_WHERE)
            view.lexical(plain_query(questions[0]), k=100, where=_WHERE)
        first = time.perf_counter() - begun

        def ask(n: int, *, dense: bool, lexical: bool) -> None:
            with store.view() as view:
                if dense:
                    view.dense(queries[n].tobytes(), k=100, where=_WHERE)
                if lexical:
                    view.lexical(plain_query(questions[n]), k=100, where=_WHERE)

        count = range(task["questions"])
        dense = _timed(lambda n: ask(n, dense=True, lexical=False), count)
        lexical = _timed(lambda n: ask(n, dense=False, lexical=True), count)
        both = _timed(lambda n: ask(n, dense=True, lexical=True), count)
    peak = _peak() - before
    matrix = _vectors(task["chunks"], task["dimensions"])
    product = _timed(lambda n: np.argpartition(matrix @ queries[n], -100), count)
    with closing(sqlite3.connect(task["path"])) as connection:
        plain = _timed(lambda n: _plain_or(connection, questions[n]), range(min(task["questions"], 30)))
    figures = {"first_search_ms": first * 1000, "reader_memory_mib": peak}
    for name, times, yardstick in (
        ("dense", dense, product),
        ("lexical", lexical, plain),
        ("both", both, plain),
        ("numpy_product", product, product),
        ("fts5_or", plain, plain),
    ):
        figures |= {
            f"{name}_p50_ms": _percentile(times, 50),
            f"{name}_p95_ms": _percentile(times, 95),
            f"{name}_p50_ratio": _percentile(times, 50) / _percentile(yardstick, 50),
        }
    return figures


def _plain_or(connection: sqlite3.Connection, question: str) -> None:
    terms = " OR ".join(f'"{term}"' for term in dict.fromkeys(analyze_query(question)))
    connection.execute("SELECT rowid FROM fts_1 WHERE fts_1 MATCH ? ORDER BY rank LIMIT 100", (terms,)).fetchall()


def _timed(call: Callable[[int], object], numbers: range) -> list[float]:
    times = []
    for n in numbers:
        begun = time.perf_counter()
        call(n)
        times.append((time.perf_counter() - begun) * 1000)
    return times


def _percentile(times: list[float], percent: int) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
