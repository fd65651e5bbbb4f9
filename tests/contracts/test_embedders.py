"""Every embedder passes the one contract suite."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from retrieval.embedding import Engine, local_embedder
from retrieval.ports import Embedder
from tests.contracts.embedder_contract import TEXTS, EmbedderContract, cosine
from tests.fakes.embedder import HashEmbedder
from tests.fakes.local_model import shared_embedder


class TestHashEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return HashEmbedder()


class TestLocalEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self, model_cache: Path) -> Embedder:
        return shared_embedder(model_cache)


class TestPackageEngine(EmbedderContract):
    @pytest.fixture
    def embedder(self, model_cache: Path) -> Embedder:
        return shared_embedder(model_cache, "package")


def _mixed_texts(count: int) -> list[str]:
    chooser = random.Random(20)
    words = [*"経費精算返品保証期間申請月日は。、の", " ", "warranty ", "of ", "the ", "AX-1200 ", "２０％", "ｶﾞ", "🎉"]
    texts = {"".join(chooser.choices(words, k=chooser.randint(0, 14))) for _ in range(2 * count)}
    return sorted(texts, key=lambda text: (len(text) % 5, text))[:count]


@pytest.mark.slow
@pytest.mark.parametrize(("engine", "count"), [("onnx", 200), ("package", 40)])
def test_mixed_texts_have_the_same_bytes_in_any_batch(model_cache: Path, engine: Engine, count: int) -> None:
    """All at once, then shuffled in batches of 1 and 7: no vector differs in any bit."""
    texts = _mixed_texts(count)
    embedder = shared_embedder(model_cache, engine)
    expected = dict(zip(texts, embedder.embed_passages(texts), strict=True))
    assert len(expected) == count
    for size in (1, 7):
        random.Random(size).shuffle(texts)
        found = [vector for at in range(0, count, size) for vector in embedder.embed_passages(texts[at : at + size])]
        assert dict(zip(texts, found, strict=True)) == expected


@pytest.mark.parametrize("threads", [1, 3])
def test_the_number_of_threads_changes_no_vector(model_cache: Path, threads: int) -> None:
    """Threads embed whole texts side by side; no sum is ever split among them."""
    embedder = local_embedder(model_cache, threads=threads, engine="onnx")
    assert embedder.embed_passages(TEXTS[:6]) == shared_embedder(model_cache).embed_passages(TEXTS[:6])


def test_the_two_engines_agree_on_a_text_but_never_share_an_index(model_cache: Path) -> None:
    """Same weights, other arithmetic: near vectors, other fingerprints."""
    ours, theirs = shared_embedder(model_cache), shared_embedder(model_cache, "package")
    pairs = zip(ours.embed_passages(TEXTS[:4]), theirs.embed_passages(TEXTS[:4]), strict=True)
    assert min(cosine(left, right) for left, right in pairs) > 0.996
    assert ours.spec.fingerprint != theirs.spec.fingerprint
