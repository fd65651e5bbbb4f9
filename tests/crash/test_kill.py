"""Killed at any moment, an ingestion loses nothing that was committed, and running again makes up for the rest."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from retrieval.stores.dumps import compare_dumps
from tests.crash.inspection import SAMPLES, committed, dump, finish, opened, start, unanswerable

pytestmark = [pytest.mark.slow, pytest.mark.server]

_KILLS = 30


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("undisturbed")
    finish(start(folder, SAMPLES))
    return dump(folder)


def killed(folder: Path, chance: random.Random) -> tuple[bool, set[str]]:
    """Ingest until a few steps of staging and committing are told, wait for an instant, then kill.

    Return whether the kill fell between the first stage and the last commit, and what was reported as committed.
    """
    child = start(folder, SAMPLES)
    assert child.stdout is not None
    steps, lines = chance.randint(1, 8), list[str]()
    for line in child.stdout:
        lines.append(line.rstrip())
        if sum(one.startswith(("stage", "commit")) for one in lines) >= steps:
            time.sleep(chance.random() * 0.012)
            child.kill()
            break
    rest = child.stdout.read()
    code = child.wait()
    child.stdout.close()
    if child.stderr is not None:
        child.stderr.close()
    lines += rest.splitlines()
    told = {line.split()[1] for line in lines if line.startswith("committed ")}
    begun = any(line.startswith("stage ") for line in lines)
    return code == -9 and begun and not any(line.startswith("ended") for line in lines), told


def test_killed_thirty_times_nothing_is_lost_and_the_end_is_the_same(tmp_path: Path, undisturbed: list[str]) -> None:
    """A round goes on from where it was killed until all is in; rounds are begun until thirty kills fell inside."""
    chance = random.Random(20260401)
    landed = rounds = 0
    while landed < _KILLS:
        folder, reported, ended = tmp_path / str(rounds), set[str](), False
        rounds += 1
        while not ended and landed < _KILLS:
            inside, told = killed(folder, chance)
            reported |= told
            with opened(folder) as store:
                assert () == store.check()
                seen = committed(store)
                assert reported <= seen
                assert set() == unanswerable(store, told)
            landed += inside
            ended = not inside
        code, lines = finish(start(folder, SAMPLES))
        assert code in {0, 3}
        assert lines[-1] == "ended finished"
        assert [] == compare_dumps(undisturbed, dump(folder))
    assert landed == _KILLS
    print(f"{landed} kills in {rounds} rounds")  # noqa: T201  shown with -s: how they were spread
