"""No embedding input is paid for twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from retrieval.compact import compact
from retrieval.embedding.reuse import Purpose, embed_with_cache
from retrieval.ids import embedding_key
from retrieval.values import Vector
from tests.fakes.embedder import HashEmbedder


class Kept:
    """A cache of vectors in memory that tells what was put, in order."""

    def __init__(self) -> None:
        self.vectors: dict[str, Vector] = {}
        self.puts: list[list[str]] = []

    def get_many(self, keys: Sequence[str]) -> dict[str, Vector]:
        assert len(set(keys)) == len(keys)
        return {key: self.vectors[key] for key in keys if key in self.vectors}

    def put_many(self, vectors: Mapping[str, Vector]) -> None:
        self.puts.append(list(vectors))
        self.vectors.update(vectors)


def test_vectors_come_in_order_and_equal_texts_are_embedded_once() -> None:
    embedder, cache = HashEmbedder(), Kept()
    texts = ["経費", "travel", "経費", "精算"]
    result = embed_with_cache(embedder, cache, texts)
    assert [result.vectors[key] for key in result.keys] == HashEmbedder().embed_passages(texts)
    assert embedder.inputs == ["経費", "travel", "精算"]
    assert list(result.new.values()) == embedder.count_tokens(["経費", "travel", "精算"])
    assert result.keys[1] == embedding_key(
        embedder_fingerprint=embedder.spec.fingerprint, purpose="passage", text="travel"
    )


def test_known_inputs_cost_nothing_and_only_new_ones_are_put() -> None:
    embedder, cache = HashEmbedder(), Kept()
    embed_with_cache(embedder, cache, ["経費", "travel"])
    again = embed_with_cache(embedder, cache, ["travel", "new"])
    assert (len(again.new), embedder.inputs[2:]) == (1, ["new"])
    assert embed_with_cache(embedder, cache, ["new", "経費"]).new == {}
    assert [len(put) for put in cache.puts] == [2, 1]


def test_new_vectors_are_kept_before_they_are_returned() -> None:
    """When keeping fails the caller gets the error, not vectors that a crash would lose."""

    class Full(Kept):
        def put_many(self, vectors: Mapping[str, Vector]) -> None:
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        embed_with_cache(HashEmbedder(), Full(), ["経費"])


def test_two_embedders_never_share_a_vector() -> None:
    cache = Kept()
    embed_with_cache(HashEmbedder(dimensions=64), cache, ["経費"])
    assert embed_with_cache(HashEmbedder(dimensions=32), cache, ["経費"]).new


def test_nothing_to_embed_touches_nothing() -> None:
    cache = Kept()
    assert embed_with_cache(HashEmbedder(), cache, []).vectors == {}
    assert cache.puts == []


def test_a_statement_is_kept_compact_and_apart_from_the_passage_of_the_same_words() -> None:
    embedder, cache = HashEmbedder(), Kept()
    passage = embed_with_cache(embedder, cache, ["経費"])
    statement = embed_with_cache(embedder, cache, ["経費"], purpose=Purpose.STATEMENT)
    assert embedder.inputs == ["経費", "経費"]
    assert statement.vectors[statement.keys[0]] == compact(passage.vectors[passage.keys[0]])
    assert embed_with_cache(embedder, cache, ["経費"], purpose=Purpose.STATEMENT).new == {}


def test_a_statement_longer_than_the_model_reads_has_no_vector_and_stops_no_other() -> None:
    embedder = HashEmbedder(max_tokens=16)
    found = embed_with_cache(embedder, Kept(), ["あ" * 40, "short"], purpose=Purpose.STATEMENT)
    assert list(found.vectors) == [found.keys[1]] == list(found.new)
