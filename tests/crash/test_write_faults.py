"""Killed at a chosen write, or told by the disk that a flush failed: a run loses nothing, and never calls it done.

The faults are put in by strace (https://strace.io, ``inject=``), which counts the calls of each thread by itself.
"""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from retrieval.stores.dumps import compare_dumps
from tests.crash.inspection import ROOT, committed, dump, finish, opened, start, unanswerable

_FAULTS = 10
_CALL = re.compile(r"^(\d+) +(pwrite64|fdatasync)\(", re.MULTILINE)


@functools.cache
def _traceable() -> bool:
    """Tell whether strace is there and may trace; a container without CAP_SYS_PTRACE may forbid it."""
    strace = shutil.which("strace")
    return strace is not None and subprocess.run([strace, "-o", "/dev/null", "true"], check=False).returncode == 0


pytestmark = [
    pytest.mark.slow,
    pytest.mark.server,
    pytest.mark.skipif(not _traceable(), reason="strace is not there or may not trace"),
]


def traced(folder: Path, docs: Path, *options: str) -> tuple[int, list[str]]:
    """Run the child under strace; return its exit code (negative: the signal that ended it) and its lines."""
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        ["strace", "-f", *options, sys.executable, "-m", "tests.crash.child", str(folder), str(docs)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout.splitlines()


def spread(calls: int) -> Sequence[int]:
    """Return which of so many calls shall fail: the first, the last and others evenly between them."""
    return sorted({1 + (calls - 1) * n // (_FAULTS - 1) for n in range(_FAULTS)})


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four documents, two of them Japanese."""
    folder = tmp_path_factory.mktemp("docs")
    for n in range(2):
        (folder / f"{n}.md").write_text(f"# 規程 {n}\n\n" + f"経費の申請は第{n}営業日までに行います。" * 12)
        (folder / f"{n}-en.md").write_text(f"# Policy {n}\n\n" + f"Claims are due by working day {n}. " * 12)
    return folder


@pytest.fixture(scope="module")
def undisturbed(docs: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], Counter[str]]:
    """Return the dump of a run without faults, and how often its busiest thread made each call."""
    folder = tmp_path_factory.mktemp("undisturbed")
    log = folder / "calls"
    code, _ = traced(folder, docs, "-o", str(log), "-e", "trace=pwrite64,fdatasync")
    assert code == 0
    by_thread = Counter(_CALL.findall(log.read_text()))
    busiest: Counter[str] = Counter()
    for (_, call), count in by_thread.items():
        busiest[call] = max(busiest[call], count)
    return dump(folder), busiest


def converges(folder: Path, docs: Path, told: list[str], expected: list[str]) -> None:
    """Show that what was told as committed is there and whole, and that running again makes up for the rest."""
    reported = {line.split()[1] for line in told if line.startswith("committed ")}
    with opened(folder) as store:
        assert () == store.check()
        assert reported <= committed(store)
        assert set() == unanswerable(store, committed(store))
    if "ended finished" in told:
        assert [] == compare_dumps(expected, dump(folder))
    code, lines = finish(start(folder, docs))
    assert (0, "ended finished") == (code, lines[-1])
    assert [] == compare_dumps(expected, dump(folder))


def test_killed_at_a_write_nothing_committed_is_lost(
    docs: Path, undisturbed: tuple[list[str], Counter[str]], tmp_path: Path
) -> None:
    """SIGKILL in place of the Nth write to the store, for ten N over a whole run."""
    expected, calls = undisturbed
    for at in spread(calls["pwrite64"]):
        fault = f"inject=pwrite64:signal=SIGKILL:when={at}"
        code, lines = traced(tmp_path / str(at), docs, "-o", "/dev/null", "-e", "trace=pwrite64", "-e", fault)
        assert code == -9, f"write {at} of {calls['pwrite64']} ended with {code}"
        converges(tmp_path / str(at), docs, lines, expected)


def test_a_flush_that_fails_is_never_a_false_success(
    docs: Path, undisturbed: tuple[list[str], Counter[str]], tmp_path: Path
) -> None:
    """EIO from the Nth flush of the store, and in every second case from all after it.

    Those of an empty store being made are made again, and those after the end of the run was flushed to the log lose
    nothing; between them each is an error.
    """
    expected, calls = undisturbed
    failed = 0
    for at in spread(calls["fdatasync"]):
        fault = f"inject=fdatasync:error=EIO:when={at}{'+' if at % 2 else ''}"
        code, lines = traced(tmp_path / str(at), docs, "-o", "/dev/null", "-e", "trace=fdatasync", "-e", fault)
        assert (code == 0) == ("ended finished" in lines)
        failed += code != 0
        converges(tmp_path / str(at), docs, lines, expected)
    assert failed >= _FAULTS // 2
