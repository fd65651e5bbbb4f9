"""How near statements are to a question: by the vectors kept since ingestion, or made now where there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from retrieval.answers.statement_inputs import input_of
from retrieval.answers.statements import Statement
from retrieval.compact import compact, cosines
from retrieval.ports import Embedder, View
from retrieval.values import CompactVector, Filter, Passage, Vector

__all__ = ["cosines_of", "vectors_of"]

_EMBEDDED = 32  # statements without a vector that are embedded for one question, those of the best passages


def vectors_of(
    found: Sequence[Statement], *, passages: Sequence[Passage], view: View, where: Filter, embedder: Embedder
) -> dict[int, CompactVector]:
    """Return the vector of every statement by index, but of those too long for the model.

    A generation of an earlier version keeps no vectors of statements, or cut them otherwise: of what it lacks, the
    first 32 are embedded here. Raises `ServiceError`.
    """
    vectors = _kept(found, passages=passages, view=view, where=where)
    lacking = [index for index in range(len(found)) if index not in vectors]
    if lacking:
        inputs = [input_of(found[index], passages[found[index].passage]) for index in lacking]
        counts = embedder.count_tokens(inputs)
        fitting = [at for at, count in enumerate(counts) if count <= embedder.spec.max_tokens][:_EMBEDDED]
        made = embedder.embed_passages([inputs[at] for at in fitting])
        vectors |= {lacking[at]: compact(vector) for at, vector in zip(fitting, made, strict=True)}
    return vectors


def cosines_of(vectors: Mapping[int, CompactVector], *, question: Vector) -> dict[int, float]:
    """Return the cosine of every statement with a question, by index."""
    return dict(zip(vectors, cosines(question, list(vectors.values())), strict=True))


def _kept(
    found: Sequence[Statement], *, passages: Sequence[Passage], view: View, where: Filter
) -> dict[int, CompactVector]:
    kept = {
        (chunk, statement.span): statement.vector
        for chunk, statements in view.statements([p.chunk_id for p in passages], where=where).items()
        for statement in statements
    }
    places = [(passages[statement.passage].chunk_id, statement.span) for statement in found]
    return {index: kept[place] for index, place in enumerate(places) if place in kept}
