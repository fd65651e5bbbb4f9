"""Asked to stop, or out of disk: a run says what is true and leaves a store that goes on."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from retrieval.stores.dumps import compare_dumps
from retrieval.values import RunState
from tests.crash.inspection import committed, dump, finish, opened, start, unanswerable

pytestmark = [pytest.mark.slow, pytest.mark.server]


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty documents in two languages, one of them no text at all."""
    folder = tmp_path_factory.mktemp("docs")
    for n in range(20):
        (folder / f"{n:02}.md").write_text(f"# 規程 {n}\n\n" + f"経費の申請は第{n}営業日までに行います。" * 12)
        (folder / f"{n:02}-en.md").write_text(f"# Policy {n}\n\n" + f"Claims are due by working day {n}. " * 12)
    (folder / "07-poison.md").write_bytes(bytes(range(256)) * 64)
    return folder


@pytest.fixture(scope="module")
def undisturbed(docs: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("undisturbed")
    finish(start(folder, docs))
    return dump(folder)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_run_cleanly_with_the_lease_given_back(
    docs: Path, undisturbed: list[str], tmp_path: Path, number: signal.Signals
) -> None:
    child = start(tmp_path, docs)
    assert child.stdout is not None
    next(line for line in child.stdout if line.startswith("committed"))
    child.send_signal(number)
    code, lines = finish(child)
    assert (130, "ended interrupted") == (code, lines[-1])
    with opened(tmp_path) as store:
        assert () == store.check()
        (run,) = store.runs()
        assert RunState.INTERRUPTED is run.state
        assert run.seen == sum(run.counts.values()) == len(store.outcomes(run.id)) < 41
        assert set() == unanswerable(store, committed(store))
        store.release(store.lease("somebody else", seconds=5))
    finish(start(tmp_path, docs))
    assert [] == compare_dumps(undisturbed, dump(tmp_path))


@pytest.mark.parametrize("file_limit", [600_000, 900_000])
def test_a_disk_that_fills_up_is_never_a_success_and_loses_nothing(
    docs: Path, undisturbed: list[str], tmp_path: Path, file_limit: int
) -> None:
    code, lines = finish(start(tmp_path, docs, file_limit=file_limit))
    assert code == 5
    assert lines[-1].startswith("error")
    reported = {line.split()[1] for line in lines if line.startswith("committed ")}
    with opened(tmp_path) as store:
        assert () == store.check()
        assert reported <= committed(store)
        assert set() == unanswerable(store, reported)
        assert all(run.state is not RunState.FINISHED for run in store.runs())
    finish(start(tmp_path, docs))
    assert [] == compare_dumps(undisturbed, dump(tmp_path))


def test_one_poisoned_file_never_stops_the_others(docs: Path, tmp_path: Path) -> None:
    code, lines = finish(start(tmp_path, docs))
    done = [line.split()[2] for line in lines if line.startswith("done")]
    assert 41 == len(done)
    assert 40 == done.count("indexed")
    assert code in {0, 3}
