"""Two dumps are compared by what they say, vectors by their cosine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from retrieval.stores.dumps import chunk_line, compare_dumps, document_line, source_line
from tests.fakes.store_data import version

ONE = version("a.md", "本文", "続き")


def lines(*, nudge: float = 0.0) -> list[str]:
    vectors = [np.frombuffer(one.vector, "<f4").copy() for one in ONE.chunks]
    vectors[0][0] += nudge
    chunks = [replace(one, vector=vector.tobytes()) for one, vector in zip(ONE.chunks, vectors, strict=True)]
    return [document_line(ONE.document), *(chunk_line(one, vectors=True) for one in chunks)]


def test_equal_dumps_have_no_differences_in_any_order() -> None:
    assert compare_dumps(lines(), reversed(lines())) == []


def test_vectors_may_differ_by_rounding_and_no_more() -> None:
    assert compare_dumps(lines(), lines(nudge=1e-4)) == []
    assert compare_dumps(lines(), lines(nudge=0.5)) == [f"chunk {ONE.chunk_ids[0]} differs in vector"]


def test_vectors_of_statements_may_differ_by_rounding_and_no_more() -> None:
    first = ONE.chunks[0]
    (statement,) = first.statements
    rounded = statement.vector[:-1] + bytes([(statement.vector[-1] + 1) % 256])
    for vector, told in ((rounded, []), (ONE.chunks[1].statements[0].vector, ["statement_vectors"])):
        other = replace(first, statements=(replace(statement, vector=vector),))
        found = compare_dumps([chunk_line(first, vectors=True)], [chunk_line(other, vectors=True)])
        assert found == [f"chunk {first.chunk.id} differs in {name}" for name in told]


def test_what_only_one_has_is_named() -> None:
    extra = source_line("faq", "/faq")
    assert compare_dumps([*lines(), extra], lines()) == ["only the first has source faq"]
    assert compare_dumps(lines(), [*lines(), extra]) == ["only the second has source faq"]
    assert compare_dumps([extra], [source_line("faq", "/other")]) == ["source faq differs in root"]


def test_an_etag_which_holds_times_is_no_difference() -> None:
    assert document_line(ONE.document) == document_line(replace(ONE.document, etag="another"))
    assert document_line(ONE.document) != document_line(replace(ONE.document, title="another"))
