"""The contract of processes and threads: one writes, many read, a killed one loses nothing."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection

import pytest

from retrieval.errors import LeaseHeld
from retrieval.ports import Store
from retrieval.text.lexical import plain_query
from tests.fakes.store_data import EVERYTHING, NIGHT, Ingest, embed, version

LINES = {n: [f"版 {n} 行 {line} の返品" for line in range(3 + n % 3)] for n in range(12)}


def seen(store: Store) -> int:
    """Return which version of the one document is there, having checked that it is there whole, in both lanes."""
    with store.view() as view:
        chunks = [hit.chunk_id for hit in view.dense(embed("返品"), k=99, where=EVERYTHING).hits]
        words = {hit.chunk_id for hit in view.lexical(plain_query("返品"), k=99, where=EVERYTHING).hits}
        texts = sorted(passage.text for passage in view.passages(chunks, where=EVERYTHING).values())
    assert words == set(chunks)
    number = int(texts[0].split()[1])
    assert texts == LINES[number]
    return number


def sample(opener: Callable[[], Store], pipe: Connection) -> None:
    """Look until told to stop, then send what was seen."""
    store = opener()
    sights = [seen(store)]
    pipe.send("ready")
    while not pipe.poll():
        sights.append(seen(store))
    pipe.send(sights)
    store.close()


def hold_and_die(opener: Callable[[], Store], pipe: Connection) -> None:
    """Take the lease as this process, stage a version, and be killed in the middle of the work."""
    import socket

    store = opener()
    fence = store.lease(f"{socket.gethostname()}:{os.getpid()}", seconds=3600).fence
    one = version("返品.md", *LINES[5])
    store.stage(one.document, one.extraction, one.chunks, generation="g1", fence=fence)
    pipe.send("staged")
    pipe.recv()
    os.kill(os.getpid(), signal.SIGKILL)


def start(
    target: Callable[[Callable[[], Store], Connection], None], opener: Callable[[], Store]
) -> tuple[multiprocessing.process.BaseProcess, Connection]:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=target, args=(opener, there))
    process.start()
    there.close()
    return process, here


class ProcessContract:
    """What holds between processes and between threads."""

    @pytest.mark.slow
    def test_a_reader_process_sees_exactly_one_version_while_another_process_writes(
        self, ingest: Ingest, opener: Callable[[], Store]
    ) -> None:
        ingest.put(version("返品.md", *LINES[0]))
        process, pipe = start(sample, opener)
        assert pipe.recv() == "ready"
        for n in range(1, 12):
            ingest.put(version("返品.md", *LINES[n]))
        ingest.sweep()
        pipe.send("stop")
        sights = pipe.recv()
        process.join()
        assert process.exitcode == 0
        assert sights == sorted(sights)
        assert seen(ingest.store) == 11

    @pytest.mark.slow
    def test_a_killed_writer_loses_its_lease_at_once_and_leaves_no_trace(
        self, ingest: Ingest, opener: Callable[[], Store]
    ) -> None:
        store = ingest.store
        ingest.put(version("返品.md", *LINES[0]))
        before = list(store.dump())
        store.release(store.lease("test", seconds=60))
        process, pipe = start(hold_and_die, opener)
        assert pipe.recv() == "staged"
        with pytest.raises(LeaseHeld):
            store.lease("next", seconds=60)
        pipe.send("die")
        process.join()
        assert process.exitcode == -signal.SIGKILL
        fence = store.lease("next", seconds=60).fence
        assert (seen(store), list(store.dump())) == (0, before)
        store.sweep(generation="g1", fence=fence, now=NIGHT)
        assert (seen(store), list(store.dump()), store.check()) == (0, before, ())

    def test_many_threads_may_read_and_write_the_journal_at_once(self, ingest: Ingest) -> None:
        ingest.put(version("返品.md", *LINES[0]))

        def use(turn: int) -> int:
            ingest.store.record_gap(f"質問 {turn % 5}", language="ja", reason="weak", at=NIGHT)
            return seen(ingest.store)

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(use, range(60))) == {0}
        assert sorted(gap.count for gap in ingest.store.gaps()) == [12] * 5

    def test_a_store_opened_again_is_the_same(self, ingest: Ingest, opener: Callable[[], Store]) -> None:
        ingest.put(version("返品.md", *LINES[3]))
        before = list(ingest.store.dump())
        ingest.store.close()
        again = opener()
        assert (seen(again), list(again.dump())) == (3, before)
        again.close()
