"""Statements are compared with a question by what was embedded at ingestion, whatever they are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ingest.embedding import embed_documents
from ingest.plan import Action, Step
from ingest.process import Prepared
from retrieval.access import OPERATOR, filter_for
from retrieval.answers.nearness import cosines_of, vectors_of
from retrieval.answers.statement_inputs import input_of, statement_inputs
from retrieval.answers.statements import statements
from retrieval.ports import View
from retrieval.values import Chunk, ChunkKind, EmbeddedStatement, Filter, Passage
from tests.fakes.embedder import HashEmbedder
from tests.fakes.failing import OutOfService
from tests.fakes.knowledge_base import Library
from tests.unit.ingest.chunking.material import cut, extraction, paragraph

ALL = filter_for(OPERATOR)
TABLE = "品名 | 期限 | 送料\n家電 | 14日 | 当社\n食品 | 返品不可 | -\n書籍 | 7日 | 客"
STEPS = ("次の手順で返品します。", "1. 申請する。", "2. 荷物を送る。", "3. 返金を待つ。")


class Kept:
    """A cache that keeps in memory."""

    def __init__(self) -> None:
        self.vectors: dict[str, bytes] = {}

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        return {key: self.vectors[key] for key in keys if key in self.vectors}

    def put_many(self, vectors: Any) -> None:
        self.vectors.update(vectors)


class Bare:
    """The view of a generation that holds no statements."""

    def __init__(self, view: View) -> None:
        self._view = view

    def statements(self, chunk_ids: Sequence[str], *, where: Filter) -> dict[str, tuple[EmbeddedStatement, ...]]:
        return dict.fromkeys(self._view.statements(chunk_ids, where=where), ())


def found_again(chunk: Chunk) -> Passage:
    """Return a chunk as it is retrieved."""
    return Passage(
        chunk_id=chunk.id,
        document_id=chunk.document_id,
        version="v",
        extraction_id=chunk.extraction_id,
        source="s",
        record_id="r",
        uri="u",
        title="就業規則",
        ordinal=chunk.ordinal,
        start=chunk.start,
        end=chunk.end,
        text=chunk.text,
        kind=chunk.kind,
        language=chunk.language,
        lexical_title=chunk.lexical_title,
        lexical_text=chunk.lexical_text,
        heading_path=chunk.heading_path,
        page=chunk.page,
    )


@pytest.mark.parametrize("budget", [64, 512])
def test_what_is_cut_when_asked_has_the_place_and_the_input_of_what_was_cut_at_ingestion(budget: int) -> None:
    """Prose, lists, a table cut in two, answers of questions; in both languages."""
    source = extraction(
        [
            ("h1", "返品"),
            *(("p", paragraph(n, language="ja")) for n in range(4)),
            *(("li", step) for step in STEPS),
            ("table", TABLE),
            ("h2", "Returns"),
            *(("p", paragraph(n, language="en")) for n in range(4)),
            ("q", "食品は返品できますか？"),
            ("a", "食品は返品できません。ただし不良品を除きます。"),
        ]
    )
    chunks = cut(source, budget=budget)
    assert {chunk.kind for chunk in chunks} == set(ChunkKind)
    compared = 0
    for chunk in chunks:
        passage = found_again(chunk)
        kept = {one.span: one.text for one in statement_inputs(chunk)}
        assert statement_inputs(passage) == statement_inputs(chunk)
        for statement in statements([passage], question="?"):
            assert source.text[statement.span.start : statement.span.end] == statement.text
            assert kept[statement.span] == input_of(statement, passage)
            compared += 1
    assert compared > 15


def test_a_row_is_embedded_with_the_names_of_its_columns() -> None:
    (chunk,) = cut(extraction([("table", TABLE)]))
    assert [one.text for one in statement_inputs(chunk)] == [
        f"品名 | 期限 | 送料\n{row}" for row in TABLE.split("\n")[1:]
    ]


def test_statements_without_vectors_are_embedded_and_compare_the_same(tmp_path: Path) -> None:
    """An index of an earlier version answers as one does that was built today."""
    library = Library(tmp_path, HashEmbedder(dimensions=256))
    library.add("a", "返品の期限は30日以内です。送料はお客様の負担です。", TABLE, kind=ChunkKind.TABLE)
    question = library.embedder.embed_query("返品の期限")
    with library.store.view() as view:
        ids = [hit.chunk_id for hit in view.dense(question, k=9, where=ALL).hits]
        passages = list(view.passages(ids, where=ALL).values())
        found = statements(passages, question="返品の期限")
        broken = OutOfService(library.embedder)
        stored = vectors_of(found, passages=passages, view=view, where=ALL, embedder=broken)
        bare: View = Bare(view)  # type: ignore[assignment]  # the rest passes through
        embedded = vectors_of(found, passages=passages, view=bare, where=ALL, embedder=library.embedder)
    kept, made = cosines_of(stored, question=question), cosines_of(embedded, question=question)
    assert list(kept) == list(range(len(found)))
    assert len(found) > 3
    assert made == pytest.approx(kept)


def test_an_input_that_several_documents_have_is_paid_for_by_the_first() -> None:
    chunks = [tuple(cut(extraction([("p", text)]))) for text in ("同じ文です。違う文です。", "同じ文です。")]
    group = [
        Prepared(
            step=Step(action=Action.ADD, document_id=str(n), key=str(n)),
            version="v",
            reader_fingerprint="r",
            seconds={},
            chunks=own,
            statements=tuple(statement_inputs(chunk) for chunk in own),
        )
        for n, own in enumerate(chunks)
    ]
    embedder = HashEmbedder()
    first, second = embed_documents(embedder, Kept(), group, between=lambda *_: True) or []
    assert (first.inputs, first.embedded, second.inputs, second.embedded) == (3, 3, 2, 1)
    assert first.tokens + second.tokens == sum(embedder.count_tokens(embedder.inputs))
    assert second.chunks[0].statements[0].vector == first.chunks[0].statements[0].vector
    assert embed_documents(embedder, Kept(), group, between=lambda inputs, _: inputs < 2) is None
