"""What an answer costs, step by step, over many chunks, and as a ratio to the work that cannot be avoided.

::

    python -m benchmarks.ask [--chunks 10000 100000] [--questions 60] [--cache DIR] [--output json]

The text is made up (`benchmarks.generated`), half of the documents Japanese, half English. Embedding so much takes
hours, so documents and statements get cheap vectors that lie about as near to each other as the model's do, and the
chunk that a question was made from one near to it. Questions are embedded by the real local embedder, and the real
answerer over the real store searches, quotes and records. Yardsticks, in the same run: a bare numpy product with the
same matrix, and one embedding of a question. The lexical lane is compared with one that prunes (`benchmarks.pruning`).
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.chunks import made_document
from benchmarks.generated import texts
from benchmarks.pruning import best_places, exact_scores, pruned_scores
from retrieval.access import filter_for, principal_with
from retrieval.answers.answerer import Answerer
from retrieval.compact import compact
from retrieval.embedding import local_embedder
from retrieval.ports import Embedder, Store
from retrieval.search.searcher import Searcher
from retrieval.stores.sqlite import open_store
from retrieval.stores.sqlite.layout import Layout
from retrieval.text.lexical import analyze_query
from retrieval.values import GenerationSpec, Labels, Vector

_LENGTH = 400  # code points of a chunk, about
_CHUNKS = 10  # of a document
_LANGUAGES = ("ja", "en")
_ASKER = principal_with({"support"}, name="benchmark")
_SAME = 20  # places of the ranking that pruning should keep

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A question, the number of the chunk that it was made from, and its vector."""

    language: str
    text: str
    chunk: int
    vector: Vector


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(prog="benchmarks.ask", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--chunks", type=int, nargs="+", default=[10_000])
    parser.add_argument("--questions", type=int, default=60, metavar="N", help="of each language")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "tenkyo", help="of the built embedder")
    parser.add_argument("--output", choices=("text", "json"), default="text")
    options = parser.parse_args(arguments)
    options.cache.mkdir(parents=True, exist_ok=True)
    embedder = local_embedder(options.cache)
    figures = {}
    for size in options.chunks:
        with tempfile.TemporaryDirectory(prefix="tenkyo-benchmark-") as folder:
            figures[str(size)] = measure(Path(folder), embedder, chunks=size, questions=options.questions)
    if options.output == "json":
        print(json.dumps(figures, indent=2))
        return
    for line in _lines(figures, ""):
        print(line)


def measure(folder: Path, embedder: Embedder, *, chunks: int, questions: int) -> dict[str, Any]:
    """Return the figures of one size; times in milliseconds, medians and 95th percentiles."""
    pieces = {name: list(islice(texts(name, length=_LENGTH, seed=1), chunks // 2)) for name in _LANGUAGES}
    asked = [one for name in _LANGUAGES for one in _questions(pieces[name], name, embedder, count=questions)]
    matrix = _vectors(asked, chunks)
    with closing(open_store(folder / "kb.db", clock=_now)) as store:
        _write(store, pieces, matrix, dimensions=matrix.shape[1])
        yardsticks = _yardsticks(asked, matrix, embedder)
        answers = {name: _answers(store, embedder, [q for q in asked if q.language == name]) for name in _LANGUAGES}
        return {
            **{name: {**found, "ratios": _ratios(found, yardsticks)} for name, found in answers.items()},
            **yardsticks,
            "lexical": {name: _pruning(store, [q for q in asked if q.language == name]) for name in _LANGUAGES},
        }


def _questions(pieces: Sequence[str], language: str, embedder: Embedder, *, count: int) -> Iterator[Asked]:
    """Yield questions in the words of a sentence from the middle of chunks all over the text."""
    for number in range(count):
        chunk = number * len(pieces) // count
        sentences = [part for part in pieces[chunk].replace("。", "。\n").replace(". ", ".\n").split("\n") if part]
        sentence = sentences[len(sentences) // 2].rstrip("。.")
        ja = f"{sentence[:24]}のはなぜですか"
        text = ja if language == "ja" else f"Why is it that {' '.join(sentence.split()[:9]).lower()}?"
        yield Asked(language=language, text=text, chunk=chunk, vector=embedder.embed_query(text))


def _vectors(asked: Sequence[Asked], chunks: int) -> Matrix:
    """Return a unit vector for each chunk: some 0.8 near to any question, 0.9 and more to the one made from it."""
    questions = np.stack([np.frombuffer(one.vector, dtype="<f4") for one in asked])
    middle = questions.mean(axis=0)
    noise = np.random.default_rng(7).standard_normal((chunks, questions.shape[1]), dtype=np.float32)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    vectors = middle / np.linalg.norm(middle) + 0.5 * noise
    for one, vector in zip(asked, questions, strict=True):
        at = one.chunk + (chunks // 2 if one.language == "en" else 0)
        vectors[at] = vector + 0.4 * noise[at]
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype="<f4")


def _write(store: Store, pieces: dict[str, list[str]], matrix: Matrix, *, dimensions: int) -> None:
    pool = [compact(vector.tobytes()) for vector in matrix[:512]]
    fence = store.lease("benchmark", seconds=86_400).fence
    store.create_generation(GenerationSpec(name="g", fingerprint="", parts={}, dimensions=dimensions), fence=fence)
    numbers, first = count(), 0
    for language in _LANGUAGES:
        for at in range(0, len(pieces[language]), _CHUNKS):
            lines = pieces[language][at : at + _CHUNKS]
            document, extraction, chunks = made_document(
                next(numbers),
                lines,
                [matrix[first + at + n].tobytes() for n in range(len(lines))],
                labels=Labels(allow=frozenset({"support"})),
                language=language,
                said=lambda text: pool[zlib.crc32(text.encode()) % len(pool)],
            )
            staged = store.stage(document, extraction, chunks, generation="g", fence=fence)
            store.commit(staged, generation="g", fence=fence)
        first += len(pieces[language])
    store.promote("g", fence=fence)
    store.sweep(generation="g", fence=fence, now=_now())


def _answers(store: Store, embedder: Embedder, asked: Sequence[Asked]) -> dict[str, Any]:
    """Return what asking costs, and each of its steps, in the order in which they come."""
    numbers = count()
    answerer = Answerer(
        Searcher(store, embedder), store, clock=_now, new_id=lambda: f"{asked[0].language}{next(numbers)}"
    )
    where = filter_for(_ASKER, as_of=_now().date())
    answerer.ask(asked[0].text, principal=_ASKER, where=where)  # maps the segments, loads the model
    whole: list[float] = []
    steps: dict[str, list[float]] = {}
    answered = 0
    for one in asked:
        begun = time.perf_counter()
        answer = answerer.ask(one.text, principal=_ASKER, where=where)
        whole.append((time.perf_counter() - begun) * 1000)
        answered += bool(answer.claims)
        spent = dict(answer.timings_ms)
        total, search = spent.pop("total"), spent.pop("search.total")
        for name, value in {**spent, "answer": total - search, "record": whole[-1] - total}.items():
            steps.setdefault(name, []).append(value)
    return {
        "ask": _percentiles(whole),
        "answered": answered / len(asked),
        "steps": {name: _percentiles(values) for name, values in steps.items()},
    }


def _yardsticks(asked: Sequence[Asked], matrix: Matrix, embedder: Embedder) -> dict[str, Any]:
    vectors = [np.frombuffer(one.vector, dtype="<f4") for one in asked]
    product = _percentiles(_timed(lambda n: np.argpartition(matrix @ vectors[n], -100), len(asked)))
    embedding = _percentiles(_timed(lambda n: embedder.embed_query(asked[n].text), len(asked)))
    return {"numpy_product": product, "embed_query": embedding}


def _ratios(found: dict[str, Any], yardsticks: dict[str, Any]) -> dict[str, float]:
    """Return medians over the medians of the work that cannot be avoided."""
    product, embedding = (yardsticks[name]["p50_ms"] for name in ("numpy_product", "embed_query"))
    return {
        "ask / (embed_query + numpy_product)": found["ask"]["p50_ms"] / (product + embedding),
        "embed / embed_query": found["steps"]["search.embed"]["p50_ms"] / embedding,
        "dense / numpy_product": found["steps"]["search.dense"]["p50_ms"] / product,
        "ask p95 / ask p50": found["ask"]["p95_ms"] / found["ask"]["p50_ms"],
    }


def _pruning(store: Store, asked: Sequence[Asked]) -> dict[str, Any]:
    """Return the times of the exact lexical scores and the pruned ones, and how much of the ranking is the same."""
    with store.view() as view:
        layout: Layout = view._layout  # type: ignore[attr-defined] # noqa: SLF001 - the store gives no other way in
        tokens = [list(dict.fromkeys(analyze_query(one.text))) for one in asked]
        exact = _timed(lambda n: best_places(exact_scores(layout, tokens[n]), 100), len(asked))
        pruned = _timed(lambda n: best_places(pruned_scores(layout, tokens[n]), 100), len(asked))
        shares = []
        for own in tokens:
            whole = set(best_places(exact_scores(layout, own), _SAME).tolist())
            kept = set(best_places(pruned_scores(layout, own), _SAME).tolist())
            shares.append(len(whole & kept) / max(1, len(whole)))
    return {
        "exact": _percentiles(exact),
        "pruned": _percentiles(pruned),
        "exact / pruned": statistics.median(exact) / statistics.median(pruned),
        f"the same top {_SAME}": statistics.mean(shares),
    }


def _timed(call: Callable[[int], object], times: int) -> list[float]:
    spent = []
    for number in range(times):
        begun = time.perf_counter()
        call(number)
        spent.append((time.perf_counter() - begun) * 1000)
    return spent


def _percentiles(times: Sequence[float]) -> dict[str, float]:
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return {"p50_ms": cuts[49], "p95_ms": cuts[94]}


def _lines(value: object, name: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _lines(inner, f"{name} {key}".strip())
    else:
        yield f"{name}: {value:.3g}" if isinstance(value, float) else f"{name}: {value}"


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    sys.exit(main())
