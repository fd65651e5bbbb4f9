from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.isolation import IsolatedReader, Limits
from retrieval.errors import DocumentError, ServiceError
from retrieval.ports import Hints

pytestmark = pytest.mark.server

REGISTRY = "tests.fakes.bad_readers"
LIMITS = Limits(wall_s=3.0, cpu_s=20, memory_bytes=256 << 20, text_chars=1_000_000, scratch_bytes=4 << 20)


@pytest.fixture
def reader() -> Iterator[IsolatedReader]:
    with IsolatedReader(LIMITS, registry=REGISTRY) as isolated:
        yield isolated


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "秘密.txt"
    path.write_text("社外秘の本文", encoding="utf-8")
    return path


def _read(reader: IsolatedReader, path: Path, deed: str) -> str:
    return reader.read(path, Hints(name=path.name, media_type=f"test/{deed}", version="0" * 64)).text


def _refused(reader: IsolatedReader, path: Path, deed: str) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        _read(reader, path, deed)
    return caught.value


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("hang", "timeout"),
        ("crash", "crashed"),
        ("leave", "crashed"),
        ("memory_bomb", "memory"),
        ("native_memory_bomb", "memory"),
        ("endless_output", "output_too_large"),
        ("flood_pipe", "output_too_large"),
        ("fill_disk", "unreadable"),
        ("odd_error", "malformed"),
    ],
)
def test_a_file_that_breaks_its_reader_fails_alone(reader: IsolatedReader, file: Path, deed: str, reason: str) -> None:
    """The error says why, quotes nothing of the document, and the next file is read."""
    assert _read(reader, file, "good") == "社外秘の本文"
    error = _refused(reader, file, deed)
    assert error.reason == reason
    assert not error.skipped
    assert "社外秘" not in str(error)
    assert "秘密.txt" in str(error)
    assert _read(reader, file, "good") == "社外秘の本文"


def test_processor_time_is_bounded_before_the_wall_clock_is(file: Path) -> None:
    """An endless loop ends by the processor limit, named as such."""
    with IsolatedReader(Limits(wall_s=30.0, cpu_s=1), registry=REGISTRY) as reader:
        error = _refused(reader, file, "spin")
        assert (error.reason, "processor time" in str(error)) == ("timeout", True)
        assert _read(reader, file, "good") == "社外秘の本文"


@pytest.mark.parametrize("deed", ["fork_bomb", "run_program", "open_socket"])
def test_a_reader_can_start_no_process_and_open_no_socket(reader: IsolatedReader, file: Path, deed: str) -> None:
    """The kernel refuses it, nothing of it stays behind, and the next file is read."""
    before = _children_of(os.getpid())
    assert _refused(reader, file, deed).reason == "unreadable"
    assert _read(reader, file, "good") == "社外秘の本文"
    assert len(_children_of(os.getpid())) <= len(before) + 1


def test_threads_still_work_in_the_child(reader: IsolatedReader, file: Path) -> None:
    """Only processes are forbidden: libraries may use threads."""
    assert _read(reader, file, "start_thread") == "threads work"


def test_an_error_of_the_reader_itself_arrives_as_it_was(reader: IsolatedReader, file: Path) -> None:
    """Reason, skipped and message cross the pipe, and the child stays warm."""
    first = _read(reader, file, "own_pid")
    error = _refused(reader, file, "refuse")
    assert (str(error), error.reason, error.skipped) == ("it needs a password", "encrypted", True)
    assert _read(reader, file, "own_pid") == first


def test_the_child_sees_no_environment_of_the_parent(
    reader: IsolatedReader, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Credentials in the environment do not reach a parser."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    names = set(_read(reader, file, "environment").split("\n"))
    assert names <= {
        "PATH", "LANG", "LC_CTYPE", "PYTHONPATH", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE",
        "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MALLOC_ARENA_MAX",
    }  # fmt: skip


def test_what_a_library_prints_does_not_disturb_the_talk(reader: IsolatedReader, file: Path) -> None:
    """Standard output and error of the child go nowhere."""
    assert _read(reader, file, "chatter") == "quiet"


def test_the_child_has_a_session_of_its_own(reader: IsolatedReader, file: Path) -> None:
    """An interrupt at the terminal reaches the parent only."""
    pid, session = _read(reader, file, "own_pid").split()
    assert pid == session
    assert int(session) != os.getsid(0)


def test_the_child_is_replaced_after_its_share_of_files(file: Path) -> None:
    """Leaks of a parser end with its process."""
    with IsolatedReader(Limits(files_per_child=2), registry=REGISTRY) as reader:
        pids = [_read(reader, file, "own_pid") for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_a_child_killed_between_files_is_replaced(reader: IsolatedReader, file: Path) -> None:
    """The next read starts a new one."""
    pid = int(_read(reader, file, "own_pid").split()[0])
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.2)
    assert _read(reader, file, "good") == "社外秘の本文"


def test_several_threads_may_read_through_one_reader(reader: IsolatedReader, file: Path) -> None:
    """They take turns; every one gets its own file's text."""
    paths = []
    for number in range(8):
        path = file.with_name(f"{number}.txt")
        path.write_text(f"本文 {number}", encoding="utf-8")
        paths.append(path)
    got: dict[str, str] = {}
    threads = [threading.Thread(target=lambda p=path: got.update({p.name: _read(reader, p, "good")})) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == {f"{number}.txt": f"本文 {number}" for number in range(8)}


def test_a_type_without_reader_is_skipped(reader: IsolatedReader, file: Path) -> None:
    """An unknown media type is no failure."""
    error = _refused(reader, file, "nothing")
    assert (error.reason, error.skipped) == ("unsupported", True)


def test_a_child_that_cannot_start_is_a_service_error(file: Path) -> None:
    """A broken installation is not blamed on the document."""
    with IsolatedReader(registry="tests.fakes.no_such_registry") as reader, pytest.raises(ServiceError):
        _read(reader, file, "good")


def test_limits_must_be_positive() -> None:
    """A limit of nothing would refuse every file without a word."""
    with pytest.raises(ValueError, match="wall_s"):
        Limits(wall_s=0)


def test_the_child_dies_with_its_parent(tmp_path: Path) -> None:
    """A parent killed without a chance to clean up leaves no child behind."""
    script = textwrap.dedent(
        f"""
        import sys, time
        from pathlib import Path
        sys.path[:0] = {sys.path!r}
        from ingest.isolation import IsolatedReader, Limits
        from retrieval.ports import Hints
        reader = IsolatedReader(Limits(), registry={REGISTRY!r})
        path = Path(sys.argv[1]); path.write_text("x")
        hints = Hints(name="x", media_type="test/own_pid", version="0")
        print(reader.read(path, hints).text.split()[0], flush=True)
        reader.read(path, Hints(name="x", media_type="test/hang", version="0"))
        """
    )
    parent = subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "x")], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 5
    while _alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(child)


def _alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"


def _children_of(pid: int) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()
        except (OSError, IndexError):
            continue
        if int(fields[1]) == pid:
            found.append(entry.parent.name)
    return found
