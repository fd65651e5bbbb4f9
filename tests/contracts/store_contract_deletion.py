"""The contract of deletion: gone from every path."""

from __future__ import annotations

import pytest

from retrieval.errors import NotVisible, StoreError
from retrieval.text.lexical import plain_query
from retrieval.values import (
    Answer,
    AnswerStatus,
    Citation,
    ClosestDocument,
    NotFound,
    Outcome,
    OutcomeStatus,
    Run,
)
from tests.fakes.store_data import EVERYTHING, NIGHT, Ingest, Version, embed, spec, version

SECRET = version("secret.md", "社外秘の計画は青い鳥と呼ぶ。", title="計画書")
OLDER = version("secret.md", "社外秘の計画は赤い鳥と呼ぶ。", title="計画書")
OTHER = version("other.md", "就業規則の本文。", title="就業規則")


def answer(name: str, one: Version) -> Answer:
    chunk = one.chunks[0].chunk
    citation = Citation(
        id="c",
        n=1,
        document_id=one.id,
        version=one.document.version,
        extraction_id=one.extraction.id,
        chunk_id=chunk.id,
        title=one.document.title,
        uri=one.document.uri,
        start=chunk.start,
        end=chunk.end,
        quote=chunk.text,
    )
    return Answer(
        id=name, question="?", status=AnswerStatus.ANSWERED, language="ja", answer=chunk.text, citations=(citation,)
    )


def not_found(name: str, near: Version) -> Answer:
    closest = (ClosestDocument(document_id=near.id, title=near.document.title, uri=near.document.uri),)
    return Answer(
        id=name,
        question="?",
        status=AnswerStatus.NOT_FOUND,
        language="ja",
        answer="",
        not_found=NotFound(reason="no_evidence", closest=closest),
    )


class DeletionContract:
    """What deleting leaves: nothing."""

    def test_a_deleted_document_is_gone_from_every_path(self, ingest: Ingest) -> None:
        """Lanes, passages, listings, current and kept texts, saved answers, known documents, dump, vectors."""
        store = ingest.store
        ingest.put(OLDER, OTHER)
        ingest.put(SECRET)
        for name, one in (("mine", SECRET), ("other", OTHER)):
            store.record_answer(answer(name, one), principal="p", at=NIGHT)
        missing = not_found("near", SECRET)
        store.record_answer(missing, principal="p", at=NIGHT)
        run = Run(id="r1", source="manuals", generation="g1", started_at=NIGHT)
        store.start_run(run)
        failed = Outcome(document_id=SECRET.id, key="secret.md", status=OutcomeStatus.FAILED, reason="timeout")
        store.record("r1", [failed])
        assert ingest.delete(SECRET.id, "0" * 32, SECRET.id) == 1
        ingest.sweep()
        with store.view() as view:
            assert SECRET.chunk_ids[0] not in {h.chunk_id for h in view.dense(embed("鳥"), k=9, where=EVERYTHING).hits}
            assert view.lexical(plain_query("社外秘 青い鳥"), k=9, where=EVERYTHING).hits == ()
            assert not any(term.known for term in view.terms(plain_query("青い鳥")))
            assert view.passages(SECRET.chunk_ids, where=EVERYTHING) == {}
            assert view.statements(SECRET.chunk_ids, where=EVERYTHING) == {}
            assert [one.document.key for one in view.documents(where=EVERYTHING)] == ["other.md"]
            for one in (SECRET, OLDER):
                with pytest.raises(NotVisible):
                    view.extraction_slice(one.id, one.extraction.id, 0, 5, where=EVERYTHING)
        assert (store.answer("mine"), store.answer("near")) == (None, None)
        assert store.answer("other") is not None
        assert list(store.known("manuals", generation="g1")) == ["other.md"]
        assert "計画" not in "".join(store.dump())
        keys = [key for each in (SECRET, OLDER) for key in each.keys]
        assert len(keys) == 4
        assert store.vectors.get_many(keys) == {}
        assert store.check() == ()

    def test_an_answer_given_while_its_document_was_deleted_is_not_kept(self, ingest: Ingest) -> None:
        """It was read in a view that still had the document, and is to be kept when that is gone, or is another."""
        store = ingest.store
        ingest.put(SECRET, OTHER)
        ingest.delete(SECRET.id)
        for _ in range(2):
            for given in (answer("mine", SECRET), not_found("near", SECRET)):
                store.record_answer(given, principal="p", at=NIGHT)
            store.record_answer(answer("other", OTHER), principal="p", at=NIGHT)
            assert store.answer("mine") is None
            assert store.answer("other") is not None
            ingest.put(OLDER)
        assert store.answer("near") is not None

    def test_a_vector_that_another_document_has_stays(self, ingest: Ingest) -> None:
        twin = version("twin.md", "社外秘の計画は青い鳥と呼ぶ。", title="計画書")
        ingest.put(SECRET, twin)
        ingest.delete(SECRET.id)
        ingest.sweep()
        with ingest.store.view() as view:
            assert [h.chunk_id for h in view.dense(embed("青い鳥"), k=9, where=EVERYTHING).hits] == twin.chunk_ids
            kept = view.statements(twin.chunk_ids, where=EVERYTHING)
            assert kept == {one.chunk.id: one.statements for one in twin.chunks}
            text = view.extraction_slice(twin.id, twin.extraction.id, 0, 99, where=EVERYTHING).text
        assert text == twin.extraction.text

    def test_a_rollback_brings_no_deleted_document_back(self, ingest: Ingest) -> None:
        ingest.put(SECRET, OTHER)
        store = ingest.store
        store.create_generation(spec("g2"), fence=ingest.fence)
        later = Ingest(store=store, generation="g2", fence=ingest.fence)
        later.put(SECRET, OTHER)
        store.promote("g2", fence=ingest.fence)
        assert later.delete(SECRET.id) == 1
        store.promote("g1", fence=ingest.fence)
        with store.view() as view:
            assert view.generation.name == "g1"
            assert [one.document.key for one in view.documents(where=EVERYTHING)] == ["other.md"]
            assert view.lexical(plain_query("青い鳥"), k=9, where=EVERYTHING).hits == ()

    def test_what_is_staged_of_a_deleted_document_goes_too(self, ingest: Ingest) -> None:
        staged = ingest.store.stage(
            SECRET.document, SECRET.extraction, SECRET.chunks, generation="g1", fence=ingest.fence
        )
        assert ingest.delete(SECRET.id) == 0
        with pytest.raises(StoreError):
            ingest.store.commit(staged, generation="g1", fence=ingest.fence)

    def test_a_deleted_document_can_come_back(self, ingest: Ingest) -> None:
        ingest.put(SECRET)
        ingest.delete(SECRET.id)
        ingest.put(SECRET)
        with ingest.store.view() as view:
            assert [
                h.chunk_id for h in view.lexical(plain_query("青い鳥"), k=9, where=EVERYTHING).hits
            ] == SECRET.chunk_ids
