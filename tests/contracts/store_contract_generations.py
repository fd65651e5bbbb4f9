"""The contract of leases, generations, sources and the dump."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from retrieval.errors import Fenced, LeaseHeld, StoreError, UserError
from retrieval.ports import Store
from retrieval.stores.dumps import compare_dumps
from retrieval.text.lexical import plain_query
from retrieval.values import Lane, OutcomeStatus
from tests.fakes.store_data import EVERYTHING, NIGHT, FakeClock, Ingest, embed, labels, only, relabelled, spec, version

ONE = version("経費.md", "経費の申請は月末まで。", "交通費は別に申請する。")
TWO = version("休暇.md", "休暇の申請は上長へ。")


def sights(store: Store) -> tuple[Lane, Lane]:
    with store.view() as view:
        return (
            view.lexical(plain_query("経費の申請"), k=9, where=EVERYTHING),
            view.dense(embed("経費の申請"), k=9, where=EVERYTHING),
        )


class GenerationContract:
    """One writer at a time, one current generation, a canonical form."""

    def test_a_lease_excludes_other_holders_until_it_runs_out(self, store: Store, clock: FakeClock) -> None:
        first = store.lease("a", seconds=60)
        assert first.expires_at == NIGHT + timedelta(seconds=60)
        with pytest.raises(LeaseHeld, match="'a'"):
            store.lease("b", seconds=60)
        clock.advance(timedelta(seconds=61))
        second = store.lease("b", seconds=60)
        assert second.fence > first.fence
        with pytest.raises(Fenced):
            store.renew(first, seconds=60)

    def test_a_renewed_lease_keeps_its_fence(self, store: Store, clock: FakeClock) -> None:
        first = store.lease("a", seconds=60)
        clock.advance(timedelta(seconds=50))
        renewed = store.renew(first, seconds=60)
        assert (renewed.fence, renewed.expires_at) == (first.fence, NIGHT + timedelta(seconds=110))
        clock.advance(timedelta(seconds=50))
        with pytest.raises(LeaseHeld):
            store.lease("b", seconds=60)

    def test_a_released_lease_is_free_and_releasing_a_lost_one_is_harmless(
        self, store: Store, clock: FakeClock
    ) -> None:
        first = store.lease("a", seconds=60)
        store.release(first)
        second = store.lease("b", seconds=60)
        assert second.fence > first.fence
        store.release(first)
        with pytest.raises(LeaseHeld):
            store.lease("c", seconds=60)

    def test_every_write_with_a_stale_fence_is_refused(self, ingest: Ingest, clock: FakeClock) -> None:
        """Whoever lost the lease, a moment ago or long since, changes nothing any more."""
        store, stale = ingest.store, ingest.fence
        ingest.put(ONE)
        staged = store.stage(TWO.document, TWO.extraction, TWO.chunks, generation="g1", fence=stale)
        clock.advance(timedelta(hours=2))
        store.lease("another", seconds=60)
        before = list(store.dump())
        calls: list[Callable[[int], object]] = [
            lambda fence: store.stage(ONE.document, ONE.extraction, ONE.chunks, generation="g1", fence=fence),
            lambda fence: store.commit(staged, generation="g1", fence=fence),
            lambda fence: store.delete([ONE.id], generation="g1", fence=fence),
            lambda fence: store.set_access(ONE.id, labels("x"), generation="g1", fence=fence),
            lambda fence: store.set_document(ONE.document, generation="g1", fence=fence),
            lambda fence: store.sweep(generation="g1", fence=fence, now=NIGHT),
            lambda fence: store.create_generation(spec("g2"), fence=fence),
            lambda fence: store.promote("g1", fence=fence),
            lambda fence: store.drop("g1", fence=fence),
            lambda fence: store.register_source("s", "/r", fence=fence),
            lambda fence: store.set_calibration("g1", "{}", fence=fence),
        ]
        for call in calls:
            for fence in (stale, 0, stale + 2):
                with pytest.raises(Fenced):
                    call(fence)
        assert list(store.dump()) == before

    def test_a_write_without_any_lease_is_refused(self, store: Store) -> None:
        with pytest.raises(Fenced):
            store.create_generation(spec("g1"), fence=0)

    def test_a_generation_that_does_not_exist_is_not_written(self, ingest: Ingest) -> None:
        with pytest.raises(StoreError, match="g9"):
            ingest.store.stage(ONE.document, ONE.extraction, ONE.chunks, generation="g9", fence=ingest.fence)

    def test_creating_the_same_generation_again_is_harmless_and_another_is_refused(self, ingest: Ingest) -> None:
        ingest.put(ONE)
        ingest.store.create_generation(spec("g1"), fence=ingest.fence)
        assert len(sights(ingest.store)[0].hits) == 2
        with pytest.raises(StoreError, match="other parts"):
            ingest.store.create_generation(spec("g1", embedder="another"), fence=ingest.fence)

    def test_generations_are_separate_and_one_is_current(self, ingest: Ingest) -> None:
        store = ingest.store
        ingest.put(ONE)
        store.create_generation(spec("g2"), fence=ingest.fence)
        Ingest(store=store, generation="g2", fence=ingest.fence).put(TWO)
        assert [(one.name, one.state) for one in store.generations()] == [("g1", "current"), ("g2", "building")]
        with store.view() as view, store.view(generation="g2") as other:
            assert [one.document.key for one in view.documents(where=EVERYTHING)] == ["経費.md"]
            assert [one.document.key for one in other.documents(where=EVERYTHING)] == ["休暇.md"]
            assert other.lexical(plain_query("経費"), k=9, where=EVERYTHING).hits == ()
            assert list(view.statements([*ONE.chunk_ids, *TWO.chunk_ids], where=EVERYTHING)) == ONE.chunk_ids
            assert list(other.statements([*ONE.chunk_ids, *TWO.chunk_ids], where=EVERYTHING)) == TWO.chunk_ids
        store.promote("g2", fence=ingest.fence)
        assert [(one.name, one.state) for one in store.generations()] == [("g2", "current"), ("g1", "retired")]
        with store.view() as view:
            assert view.generation.name == "g2"

    def test_a_calibration_belongs_to_its_generation_and_goes_with_it(self, ingest: Ingest) -> None:
        """A view sees the calibration of its own moment, another generation has its own, a dropped one's is gone."""
        store = ingest.store
        store.create_generation(spec("g2"), fence=ingest.fence)
        with store.view() as before:
            assert before.calibration is None
            store.set_calibration("g1", '{"rule": "一"}', fence=ingest.fence)
            store.set_calibration("g1", '{"rule": "二"}', fence=ingest.fence)
            store.set_calibration("g2", '{"rule": 3}', fence=ingest.fence)
            assert before.calibration is None
        with store.view() as one, store.view(generation="g2") as two:
            assert (one.calibration, two.calibration) == ('{"rule": "二"}', '{"rule": 3}')
        store.drop("g2", fence=ingest.fence)
        store.create_generation(spec("g2"), fence=ingest.fence)
        with store.view(generation="g2") as again:
            assert again.calibration is None
        with pytest.raises(StoreError, match="g9"):
            store.set_calibration("g9", "{}", fence=ingest.fence)

    def test_a_rollback_gives_the_very_same_rankings(self, ingest: Ingest) -> None:
        """Scores depend on the statistics of a generation, so the next one must not touch them."""
        store = ingest.store
        ingest.put(ONE, TWO)
        before = sights(store)
        store.create_generation(spec("g2"), fence=ingest.fence)
        later = Ingest(store=store, generation="g2", fence=ingest.fence)
        later.put(version("経費.md", "経費の申請は廃止。"), *(version(f"{n}.md", f"申請 {n}") for n in range(20)))
        store.promote("g2", fence=ingest.fence)
        later.sweep()
        assert sights(store) != before
        store.promote("g1", fence=ingest.fence)
        assert sights(store) == before

    def test_a_rollback_keeps_todays_rights(self, ingest: Ingest) -> None:
        store = ingest.store
        ingest.put(ONE)
        store.create_generation(spec("g2"), fence=ingest.fence)
        Ingest(store=store, generation="g2", fence=ingest.fence).put(ONE)
        store.promote("g2", fence=ingest.fence)
        store.set_access(ONE.id, labels("hr"), generation="g2", fence=ingest.fence)
        store.promote("g1", fence=ingest.fence)
        with store.view() as view:
            assert view.passages(ONE.chunk_ids, where=only("public")) == {}
            assert list(view.passages(ONE.chunk_ids, where=only("hr"))) == ONE.chunk_ids

    def test_dropping_a_generation_leaves_the_others_whole(self, ingest: Ingest) -> None:
        store = ingest.store
        ingest.put(ONE)
        store.create_generation(spec("g2"), fence=ingest.fence)
        Ingest(store=store, generation="g2", fence=ingest.fence).put(ONE, TWO)
        before = sights(store)
        with pytest.raises(UserError, match="current"):
            store.drop("g1", fence=ingest.fence)
        store.drop("g2", fence=ingest.fence)
        store.drop("g2", fence=ingest.fence)
        assert [one.name for one in store.generations()] == ["g1"]
        assert sights(store) == before
        assert store.vectors.get_many(TWO.keys) == {}
        assert list(store.vectors.get_many(ONE.keys)) == ONE.keys
        assert store.check() == ()

    def test_a_source_keeps_its_root(self, ingest: Ingest) -> None:
        store = ingest.store
        store.register_source("manuals", "/a", fence=ingest.fence)
        store.register_source("manuals", "/a", fence=ingest.fence)
        with pytest.raises(UserError, match="--source"):
            store.register_source("manuals", "/b", fence=ingest.fence)
        assert store.sources() == {"manuals": "/a"}

    def test_committed_documents_are_known_by_source(self, ingest: Ingest) -> None:
        ingest.put(ONE, version("経費.md", "別の源", source="elsewhere"))
        known = ingest.store.known("manuals", generation="g1")
        assert list(known) == ["経費.md"]
        one = known["経費.md"]
        assert (one.id, one.version, one.etag) == (ONE.id, ONE.document.version, ONE.document.etag)
        assert (one.extraction_id, one.reader_fingerprint) == (ONE.extraction.id, "reader-1")
        assert (one.committed, one.status, one.attempts) == (True, OutcomeStatus.INDEXED, 0)
        assert (one.title, one.attributes) == (ONE.document.title, ONE.document.attributes)

    def test_the_dump_does_not_depend_on_how_the_contents_came_about(self, ingest: Ingest, clock: FakeClock) -> None:
        """Order of commits, versions in between, leftovers, a sweep and the time of day leave no trace in it."""
        store = ingest.store
        ingest.put(ONE, TWO)
        straight = list(store.dump(generation="g1"))
        assert straight == list(store.dump())
        clock.advance(timedelta(days=1))
        store.create_generation(spec("g2"), fence=ingest.fence)
        other = Ingest(store=store, generation="g2", fence=ingest.fence)
        extra = version("x.md", "余分")
        other.put(version("休暇.md", "古い文"), extra, TWO, ONE)
        other.delete(extra.id)
        store.stage(extra.document, extra.extraction, extra.chunks, generation="g2", fence=ingest.fence)
        assert list(store.dump(generation="g2")) == straight
        other.sweep()
        assert list(store.dump(generation="g2")) == straight
        assert compare_dumps(straight, store.dump(generation="g2")) == []

    def test_the_dump_tells_any_difference(self, ingest: Ingest) -> None:
        ingest.put(ONE)
        before = list(ingest.store.dump())
        assert all(json.loads(line) for line in before)
        ingest.store.set_access(ONE.id, labels("hr"), generation="g1", fence=ingest.fence)
        after = list(ingest.store.dump())
        assert compare_dumps(before, after) == [f"document {ONE.id} differs in allow"]
        fewer = replace(ONE, chunks=(replace(ONE.chunks[0], statements=()), *ONE.chunks[1:]))
        ingest.put(replace(fewer, document=relabelled(ONE, labels("hr"))))
        assert compare_dumps(after, ingest.store.dump()) == [f"chunk {ONE.chunk_ids[0]} differs in statements"]
        ingest.put(TWO)
        assert f"only the second has document {TWO.id}" in compare_dumps(after, ingest.store.dump())

    def test_an_empty_store_has_nothing_to_dump_and_is_sound(self, store: Store) -> None:
        assert list(store.dump()) == []
        assert store.check() == ()
        assert store.generations() == ()
