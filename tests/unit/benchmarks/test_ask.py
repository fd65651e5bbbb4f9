"""The benchmark of asking: text that is the same every time, scores that are the store's."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from benchmarks.ask import measure
from benchmarks.generated import texts
from benchmarks.pruning import best_places, exact_scores, pruned_scores
from retrieval.access import OPERATOR, filter_for
from retrieval.text.language import detect
from retrieval.text.lexical import plain_query
from tests.fakes.embedder import HashEmbedder
from tests.fakes.knowledge_base import Library

ALL = filter_for(OPERATOR)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_made_up_text_is_in_its_language_and_the_same_every_time(language: str) -> None:
    one, again = (list(islice(texts(language, length=400, seed=3), 5)) for _ in range(2))
    assert one == again
    assert 5 == len(set(one))
    assert {language} == {detect(text) for text in one}
    assert all(400 <= len(text) + 1 < 600 for text in one)


def test_a_whole_run_gives_every_step_and_ratio(tmp_path: Path) -> None:
    figures = measure(tmp_path, HashEmbedder(dimensions=32), chunks=1200, questions=3)
    for language in ("ja", "en"):
        assert {"search.embed", "search.dense", "search.lexical", "answer", "record"} <= set(figures[language]["steps"])
        assert figures[language]["ask"]["p50_ms"] <= figures[language]["ask"]["p95_ms"]
        assert 0 < figures["lexical"][language]["the same top 20"] <= 1


def test_exact_scores_are_the_store_s_and_pruned_ones_of_candidates_are_the_same(tmp_path: Path) -> None:
    library = Library(tmp_path, HashEmbedder(dimensions=32))
    for number, text in enumerate(islice(texts("ja", length=60, seed=1), 600)):
        library.add(str(number), text)
    question = next(texts("ja", length=60, seed=1))[10:40]
    query = plain_query(question)
    with library.store.view() as view:
        layout = view._layout  # type: ignore[attr-defined] # what the benchmark looks at
        assert 0 == len(layout.tail)
        exact, pruned = exact_scores(layout, query.tokens), pruned_scores(layout, query.tokens)
        hits = view.lexical(query, k=20, where=ALL).hits
    assert [hit.score for hit in hits] == pytest.approx(exact[best_places(exact, 20)].tolist())
    candidates = np.flatnonzero(pruned)
    assert 0 < len(candidates) < np.count_nonzero(exact)
    assert exact[candidates] == pytest.approx(pruned[candidates])
