"""Readers that do what hostile files make parsers do; a registry for the child process of tests only."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from ingest.readers.assembly import Assembly, unreadable
from retrieval.ports import Hints, Reader
from retrieval.values import Extraction

__all__ = ["reader_for"]


def reader_for(media_type: str) -> Reader | None:
    """Return the reader whose deed is the media type's subtype, as in ``test/hang``."""
    kind, _, deed = media_type.partition("/")
    return BadReader(DEEDS[deed]) if kind == "test" and deed in DEEDS else None


class BadReader:
    """Does its deed, then gives what the deed returned as the text."""

    def __init__(self, deed: Callable[[Path], str]) -> None:
        self.media_types = frozenset({"test"})
        self.fingerprint = "0" * 16
        self._deed = deed

    def read(self, path: Path, hints: Hints) -> Extraction:
        assembly = Assembly()
        assembly.add(self._deed(path))
        return assembly.finish(hints, fingerprint=self.fingerprint)


def good(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def hang(path: Path) -> str:
    del path
    time.sleep(600)
    return ""


def spin(path: Path) -> str:
    del path
    while True:
        pass


def crash(path: Path) -> str:
    del path
    ctypes.string_at(0)
    return ""


def leave(path: Path) -> str:
    del path
    os._exit(7)


def memory_bomb(path: Path) -> str:
    del path
    hoard = []
    while True:
        hoard.append(bytearray(32 << 20))


def native_memory_bomb(path: Path) -> str:
    """Fill memory as a C++ parser does that aborts when it gets no more."""
    del path
    hoard = []
    try:
        while True:
            hoard.append(bytearray(8 << 20))
    except MemoryError:
        os.abort()


def endless_output(path: Path) -> str:
    del path
    return "大" * 3_000_000


def fill_disk(path: Path) -> str:
    del path
    with tempfile.TemporaryFile() as scratch:
        while True:
            scratch.write(b"\0" * (1 << 20))


def flood_pipe(path: Path) -> str:
    """Write past the protocol into every descriptor there is."""
    del path
    for descriptor in range(3, 10):
        try:
            os.write(descriptor, b"X" + (1 << 50).to_bytes(8, "big") + b"junk")
        except OSError:
            continue
    time.sleep(600)
    return ""


def fork_bomb(path: Path) -> str:
    del path
    made = 0
    while made < 50:
        if os.fork() == 0:
            time.sleep(600)
        made += 1
    return "forked"


def run_program(path: Path) -> str:
    del path
    return subprocess.run(["/bin/echo", "ran"], capture_output=True, text=True, check=True).stdout


def open_socket(path: Path) -> str:
    del path
    with socket.socket() as made:
        made.connect(("127.0.0.1", 9))
    return "connected"


def start_thread(path: Path) -> str:
    del path
    done: list[str] = []
    thread = threading.Thread(target=lambda: done.append("threads work"))
    thread.start()
    thread.join()
    return done[0]


def environment(path: Path) -> str:
    del path
    return "\n".join(sorted(os.environ))


def chatter(path: Path) -> str:
    del path
    print("noise on standard output", flush=True)  # noqa: T201  (that is the deed)
    sys.stderr.write("noise on standard error\n")
    return "quiet"


def odd_error(path: Path) -> str:
    raise LookupError(path.read_text(encoding="utf-8"))


def refuse(path: Path) -> str:
    del path
    raise unreadable("it needs a password", reason="encrypted", skipped=True)


def own_pid(path: Path) -> str:
    del path
    return f"{os.getpid()} {os.getsid(0)}"


_BREAK = (hang, spin, crash, leave, memory_bomb, native_memory_bomb, endless_output, fill_disk, flood_pipe)
_TRY = (fork_bomb, run_program, open_socket, start_thread, environment, chatter, odd_error, refuse, own_pid)
DEEDS: dict[str, Callable[[Path], str]] = {deed.__name__: deed for deed in (good, *_BREAK, *_TRY)}
