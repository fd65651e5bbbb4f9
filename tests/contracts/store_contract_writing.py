"""The contract of writers: nothing is seen before its commit, the old or the new is seen always."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from retrieval.errors import NotVisible, StoreError
from retrieval.ports import Store
from retrieval.text.lexical import plain_query
from retrieval.values import Span, Staged
from tests.fakes.store_data import EVERYTHING, NIGHT, FakeClock, Ingest, Version, embed, labels, only, version

OLD = version("返品.md", "返品は七日以内。", "送料は客の負担。", title="返品規程", boxes=True)
NEW = version("返品.md", "返品は十四日以内。", "送料は当社の負担。", "食品は返品できない。", title="返品規程")
OTHER = version("leave.md", "Leave requests go to the team lead.", language="en")


def stage(ingest: Ingest, one: Version, *, fence: int | None = None) -> Staged:
    return ingest.store.stage(
        one.document,
        one.extraction,
        one.chunks,
        generation=ingest.generation,
        fence=ingest.fence if fence is None else fence,
    )


def commit(ingest: Ingest, staged: Staged) -> None:
    ingest.store.commit(staged, generation=ingest.generation, fence=ingest.fence)


def found(store: Store, key: str = "返品.md") -> set[str]:
    """Return what both lanes find of a document, having checked that they, and its listing, agree."""
    with store.view() as view:
        lanes = (
            view.dense(embed("返品 送料"), k=100, where=EVERYTHING),
            view.lexical(plain_query("返品 送料 食品"), k=100, where=EVERYTHING),
        )
        sights = []
        for lane in lanes:
            passages = view.passages([hit.chunk_id for hit in lane.hits], where=EVERYTHING)
            assert len(passages) == len(lane.hits)
            statements = view.statements(list(passages), where=EVERYTHING)
            assert {chunk: [one.span for one in own] for chunk, own in statements.items()} == {
                chunk: [Span(start=one.start, end=one.end)] for chunk, one in passages.items()
            }
            sights.append({passage.text for passage in passages.values() if passage.record_id == key})
        listed = [one.chunks for one in view.documents(where=EVERYTHING) if one.document.key == key]
    assert sights[0] == sights[1]
    assert listed == ([len(sights[0])] if sights[0] else [])
    return sights[0]


def lines(one: Version) -> set[str]:
    return {each.chunk.text for each in one.chunks}


class WritingContract:
    """What staging, committing, changing and sweeping do to what is seen."""

    def test_what_is_staged_is_seen_by_nobody(self, ingest: Ingest) -> None:
        stage(ingest, OLD)
        assert found(ingest.store) == set()
        with ingest.store.view() as view:
            assert view.lexical(plain_query("返品"), k=5, where=EVERYTHING).ideal == 0.0
            assert not any(term.known for term in view.terms(plain_query("返品")))
            assert view.fields(where=EVERYTHING) == frozenset()
            with pytest.raises(NotVisible):
                view.document(OLD.id, where=EVERYTHING)
            with pytest.raises(NotVisible):
                view.extraction_slice(OLD.id, OLD.extraction.id, 0, 5, where=EVERYTHING)
        assert ingest.store.known("manuals", generation="g1") == {}

    def test_a_new_version_is_seen_at_its_commit_in_place_of_the_old(self, ingest: Ingest) -> None:
        ingest.put(OLD)
        staged = stage(ingest, NEW)
        assert (staged.document_id, staged.generation, staged.chunks) == (NEW.id, "g1", 3)
        assert found(ingest.store) == lines(OLD)
        with ingest.store.view() as view, pytest.raises(NotVisible):
            view.extraction_slice(NEW.id, NEW.extraction.id, 0, 5, where=EVERYTHING)
        commit(ingest, staged)
        assert found(ingest.store) == lines(NEW)

    def test_committing_twice_is_harmless(self, ingest: Ingest) -> None:
        staged = stage(ingest, OLD)
        commit(ingest, staged)
        commit(ingest, staged)
        assert found(ingest.store) == lines(OLD)

    def test_staging_again_replaces_what_a_crash_left(self, ingest: Ingest, opener: Callable[[], Store]) -> None:
        """Leftovers of a killed writer neither show nor add up, and the end is what an undisturbed run gives."""
        stage(ingest, OLD)
        ingest.store.close()
        again = Ingest.begin(opener())
        again.put(OLD)
        again.put(OLD)
        assert found(again.store) == lines(OLD)
        again.sweep()
        assert sum('"kind":"chunk"' in line for line in again.store.dump()) == 2
        assert again.store.check() == ()
        again.store.close()

    def test_what_was_replaced_while_staged_cannot_be_committed(self, ingest: Ingest) -> None:
        first = stage(ingest, OLD)
        commit(ingest, stage(ingest, NEW))
        with pytest.raises(StoreError, match="stage it again"):
            commit(ingest, first)
        assert found(ingest.store) == lines(NEW)

    def test_a_chunk_that_is_not_verbatim_is_refused(self, ingest: Ingest) -> None:
        first = OLD.chunks[0]
        wrong = replace(first, chunk=replace(first.chunk, start=first.chunk.start + 1, end=first.chunk.end + 1))
        with pytest.raises(StoreError, match="is not the text"):
            stage(ingest, replace(OLD, chunks=(wrong,)))

    def test_a_vector_of_another_size_or_without_numbers_is_refused(self, ingest: Ingest) -> None:
        first = OLD.chunks[0]
        with pytest.raises(StoreError, match="bytes"):
            stage(ingest, replace(OLD, chunks=(replace(first, vector=first.vector[:-4]),)))
        with pytest.raises(StoreError, match="number"):
            stage(ingest, replace(OLD, chunks=(replace(first, vector=first.vector[:-4] + b"\0\0\xc0\x7f"),)))

    def test_a_statement_outside_its_chunk_or_with_a_vector_of_another_size_is_refused(self, ingest: Ingest) -> None:
        first = OLD.chunks[0]
        (statement,) = first.statements
        outside = replace(statement, span=replace(statement.span, end=first.chunk.end + 1))
        for wrong, told in (
            ((outside,), "not within"),
            ((statement, statement), "one place"),
            ((replace(statement, vector=statement.vector + b"\0"),), "bytes"),
        ):
            with pytest.raises(StoreError, match=told):
                stage(ingest, replace(OLD, chunks=(replace(first, statements=wrong),)))

    def test_a_document_without_chunks_is_a_document(self, ingest: Ingest) -> None:
        empty = version("empty.md", "x")
        ingest.put(replace(empty, chunks=()))
        with ingest.store.view() as view:
            assert view.document(empty.id, where=EVERYTHING).chunks == 0

    def test_a_view_sees_one_state_however_long_it_is_open(self, ingest: Ingest) -> None:
        ingest.put(OLD, OTHER)
        with ingest.store.view() as view:
            before = (
                view.lexical(plain_query("返品 送料"), k=9, where=EVERYTHING),
                view.dense(embed("返品"), k=9, where=EVERYTHING),
            )
            ingest.put(NEW)
            ingest.delete(OTHER.id)
            ingest.store.set_access(NEW.id, labels("support"), generation="g1", fence=ingest.fence)
            ingest.sweep()
            assert found(ingest.store) == lines(NEW)
            after = (
                view.lexical(plain_query("返品 送料"), k=9, where=EVERYTHING),
                view.dense(embed("返品"), k=9, where=EVERYTHING),
            )
            assert before == after
            assert {one.text for one in view.passages(OLD.chunk_ids, where=only("public")).values()} == lines(OLD)
            own = view.statements(OLD.chunk_ids, where=only("public"))
            assert own == {one.chunk.id: one.statements for one in OLD.chunks}

    def test_a_view_opened_late_by_another_reader_sees_its_own_state(self, ingest: Ingest) -> None:
        """A reader that first looks after the writer went on finds what was current when its view was opened."""
        ingest.put(OLD, OTHER)
        with ingest.store.view() as view:
            view.document(OLD.id, where=EVERYTHING)
            ingest.put(NEW)
            ingest.sweep()
            lane = view.dense(embed("返品 送料"), k=9, where=EVERYTHING)
            assert {hit.chunk_id for hit in lane.hits} == {*OLD.chunk_ids, *OTHER.chunk_ids}

    def test_a_reader_during_commits_always_sees_exactly_one_version(self, ingest: Ingest) -> None:
        ingest.put(OLD)
        sights: list[set[str]] = []
        stop = threading.Event()

        def sample() -> None:
            while not stop.is_set():
                sights.append(found(ingest.store))

        reader = threading.Thread(target=sample)
        reader.start()
        for turn in range(20):
            ingest.put(NEW if turn % 2 == 0 else OLD)
        stop.set()
        reader.join()
        assert len(sights) > 3
        assert all(sight in (lines(OLD), lines(NEW)) for sight in sights)

    def test_a_superseded_text_still_opens_until_its_retention_is_over(self, ingest: Ingest, clock: FakeClock) -> None:
        """Slices and boxes of the old version open under today's labels; after 30 days they are gone."""
        ingest.put(OLD)
        ingest.put(NEW)
        ingest.store.set_access(NEW.id, labels("support"), generation="g1", fence=ingest.fence)
        clock.advance(timedelta(days=29))
        ingest.sweep(now=clock())
        with ingest.store.view() as view:
            kept = view.extraction_slice(OLD.id, OLD.extraction.id, 0, 8, where=only("support"))
            assert (kept.text, kept.current) == ("返品は七日以内。", False)
            assert kept.document.version == OLD.document.version
            assert kept.document.attributes.labels == labels("support")
            assert view.boxes(OLD.id, OLD.extraction.id, 0, 8, where=only("support"))[0].right == 80
            for read in (view.extraction_slice, view.boxes):
                with pytest.raises(NotVisible):
                    read(OLD.id, OLD.extraction.id, 0, 8, where=only("public"))
        clock.advance(timedelta(days=2))
        ingest.sweep(now=clock())
        with ingest.store.view() as view, pytest.raises(NotVisible):
            view.extraction_slice(OLD.id, OLD.extraction.id, 0, 8, where=EVERYTHING)

    def test_one_text_read_twice_differently_never_changes_beneath_its_citations(self, ingest: Ingest) -> None:
        """A second reading with the same extraction id is staged apart; until its commit the first one opens."""
        ingest.put(OLD)
        text = OLD.extraction.text + "\n続き"
        again = replace(OLD, extraction=replace(OLD.extraction, text=text))
        staged = stage(ingest, again)
        with ingest.store.view() as view:
            whole = view.extraction_slice(OLD.id, OLD.extraction.id, 0, 99, where=EVERYTHING)
            assert whole.text == OLD.extraction.text
        commit(ingest, staged)
        with ingest.store.view() as view:
            assert view.extraction_slice(OLD.id, OLD.extraction.id, 0, 99, where=EVERYTHING).text == text

    def test_attributes_change_without_a_new_version(self, ingest: Ingest) -> None:
        ingest.put(OLD)
        attributes = replace(
            OLD.document.attributes,
            labels=labels("support"),
            effective_from=date(2026, 4, 1),
            metadata={"product": "A"},
        )
        changed = replace(OLD.document, title="新しい題", etag="e2", attributes=attributes)
        ingest.store.set_document(changed, generation="g1", fence=ingest.fence)
        with ingest.store.view() as view:
            assert view.document(OLD.id, where=only("support")).document == changed
            assert view.fields(where=EVERYTHING) == {"product"}
            assert view.passages(OLD.chunk_ids, where=only("public")) == {}
        assert ingest.store.known("manuals", generation="g1")["返品.md"].etag == "e2"

    def test_attributes_of_another_version_or_of_nothing_are_refused(self, ingest: Ingest) -> None:
        with pytest.raises(StoreError):
            ingest.store.set_document(OLD.document, generation="g1", fence=ingest.fence)
        ingest.put(OLD)
        with pytest.raises(StoreError, match="version"):
            ingest.store.set_document(NEW.document, generation="g1", fence=ingest.fence)
        with pytest.raises(StoreError, match="committed"):
            ingest.store.set_access("0" * 32, labels(), generation="g1", fence=ingest.fence)

    def test_vectors_are_kept_by_key_until_no_chunk_has_them(self, ingest: Ingest) -> None:
        own = {one.key: one.vector for one in OLD.chunks}
        own |= {statement.key: statement.vector for one in OLD.chunks for statement in one.statements}
        stray = {"k" * 64: embed("stray")}
        ingest.store.vectors.put_many({**own, **stray})
        assert ingest.store.vectors.get_many([*own, "none", *stray]) == {**own, **stray}
        ingest.put(OLD)
        ingest.sweep()
        assert ingest.store.vectors.get_many([*own, *stray]) == own

    def test_an_update_frees_the_vectors_of_the_version_before(self, ingest: Ingest) -> None:
        """Its text is kept for citations, its chunks are not."""
        ingest.put(OLD)
        ingest.put(NEW)
        ingest.sweep()
        assert set(ingest.store.vectors.get_many([*OLD.keys, *NEW.keys])) == set(NEW.keys)

    def test_a_sweep_removes_the_stagings_of_writers_before(self, ingest: Ingest) -> None:
        staged = stage(ingest, OLD)
        ingest.sweep()
        fence = ingest.store.lease("test", seconds=60).fence
        ingest.store.sweep(generation="g1", fence=fence, now=NIGHT)
        with pytest.raises(StoreError):
            ingest.store.commit(staged, generation="g1", fence=fence)
