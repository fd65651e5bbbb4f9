"""The parent's side: a warm child that reads files one by one and is replaced when it misbehaves."""

from __future__ import annotations

import contextlib
import os
import resource
import select
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from ingest.isolation.frames import EXTRACTION, FAILURE, HEADER, READY, Request, decode_failure
from ingest.isolation.limits import Limits
from retrieval.codec import unpack
from retrieval.errors import DocumentError, ServiceError, Stage
from retrieval.ports import Hints
from retrieval.values import Extraction

__all__ = ["IsolatedReader"]

_REGISTRY = "ingest.readers.registry"
_START_S = 60.0
_FAILURE_BYTES = 1 << 16
_CHUNK = 1 << 20
_NEAR_LIMIT = 0.8
_GLANCE = 0.02  # seconds between looks at a child's memory


class IsolatedReader:
    """Reads a file of any known type in a child process with limits; safe to call from several threads in turn.

    The child has an own session (an interrupt at the terminal leaves it to the parent), an empty environment, no
    network and no right to start processes where the kernel allows to take them away, and dies with the parent.
    ``registry`` names the module whose ``reader_for`` the child asks.
    """

    def __init__(self, limits: Limits | None = None, *, registry: str = _REGISTRY) -> None:
        self._limits = limits or Limits()
        self._registry = registry
        self._lock = threading.Lock()
        # PR_SET_PDEATHSIG fires when the starting *thread* ends, so one thread of ours starts every child.
        self._starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reader-starter")
        self._child: _Child | None = None

    def read(self, path: Path, hints: Hints) -> Extraction:
        """Return the extraction of a file.

        Raises `DocumentError` at stage READ: the reader's own, or with reason ``timeout``, ``memory``, ``crashed``
        or ``output_too_large``. The next call works whatever became of this one. Raises `ServiceError` when no
        child can be started at all.
        """
        with self._lock:
            child = self._ready_child()
            try:
                return child.read(Request(path=str(path.absolute()), hints=hints), self._limits)
            except BaseException as exc:
                # An interrupt may leave a reply half read, and a limit may leave a child half dead.
                if not isinstance(exc, DocumentError) or child.spent:
                    self._discard()
                raise

    def close(self) -> None:
        """End the child. Harmless when repeated."""
        with self._lock:
            self._discard()
        self._starter.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ready_child(self) -> _Child:
        if self._child is not None and (
            self._child.spent or not self._child.alive() or self._child.served >= self._limits.files_per_child
        ):
            self._discard()
        if self._child is None:
            self._child = self._starter.submit(_Child, self._limits, self._registry).result()
            self._child.wait_ready()
        return self._child

    def _discard(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()


class _Child:
    """One child process and the pipes to it."""

    def __init__(self, limits: Limits, registry: str) -> None:
        command = [sys.executable, "-P", "-m", "ingest.isolation.child", limits.to_json(), registry, str(os.getpid())]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            cwd="/",
            start_new_session=True,
            bufsize=0,
        )
        # Linux counts what this process had when it started the child as the child's peak, too (exec hands it on).
        self.inherited = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
        self.seen = 0
        self.served = 0
        self.spent = False

    def alive(self) -> bool:
        return self.process.poll() is None

    def wait_ready(self) -> None:
        try:
            kind, _ = self._receive(time.monotonic() + _START_S, limit=0)
        except (_Ended, _Late, _TooLarge) as exc:
            self.kill()
            raise ServiceError("the reading process does not start", service="reader", retryable=True) from exc
        if kind != READY:
            self.kill()
            raise ServiceError("the reading process speaks another protocol", service="reader")

    def read(self, request: Request, limits: Limits) -> Extraction:
        deadline = time.monotonic() + limits.wall_s
        name = request.hints.name
        self.served += 1
        self.spent = True  # until a whole reply is in
        try:
            self._send(request.encode())
            kind, body = self._receive(deadline, limit=limits.output_bytes)
            if kind == EXTRACTION:
                extraction = unpack(body)
                self.spent = False
                return extraction
            if kind != FAILURE or len(body) > _FAILURE_BYTES:
                raise _failure(f"the reading process of {name!r} sent a reply of an unknown kind", "crashed")
            error = decode_failure(body)
        except _Late:
            raise _failure(f"reading {name!r} took longer than {limits.wall_s:g} s", "timeout") from None
        except _TooLarge:
            raise _failure(f"{name!r} gives more than {limits.output_bytes} bytes", "output_too_large") from None
        except _Ended:
            raise self._post_mortem(name, limits) from None
        except (ValueError, KeyError, TypeError) as exc:
            raise _failure(f"the reading process of {name!r} sent a broken reply", "crashed") from exc
        self.spent = error.reason in {"memory", "malformed", "unreadable"}
        raise error

    def kill(self) -> None:
        """Kill the whole session and reap the child."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self.process.wait()

    def _post_mortem(self, name: str, limits: Limits) -> DocumentError:
        """Say why a child that closed its pipe has ended."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process.pid, signal.SIGKILL)  # it may have closed the pipe only; the dead keep their cause
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        number, told = -self.process.returncode, usage.ru_maxrss << 10
        peak = told if told > self.inherited else self.seen
        if number == signal.SIGXCPU:
            return _failure(f"reading {name!r} took more than {limits.cpu_s} s of processor time", "timeout")
        if peak >= _NEAR_LIMIT * limits.memory_bytes:
            return _failure(f"reading {name!r} took more than {limits.memory_bytes >> 20} MiB of memory", "memory")
        how = signal.Signals(number).name if number in set(signal.Signals) else f"exit code {-number}"
        return _failure(f"the reading process crashed on {name!r} ({how})", "crashed")

    def _send(self, data: bytes) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(data)
        except BrokenPipeError:
            raise _Ended from None

    def _receive(self, deadline: float, *, limit: int) -> tuple[bytes, bytes]:
        kind, length = HEADER.unpack(self._exactly(HEADER.size, deadline))
        if length > max(limit, _FAILURE_BYTES):
            raise _TooLarge
        return kind, self._exactly(length, deadline)

    def _watch(self) -> None:
        """Note the child's own peak while it lives: of the dead only the larger of its and our peak is told."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii", errors="replace")
            self.seen = max(self.seen, int(status.partition("VmHWM:")[2].split(maxsplit=1)[0]) << 10)

    def _exactly(self, count: int, deadline: float) -> bytes:
        assert self.process.stdout is not None
        descriptor = self.process.stdout.fileno()
        poller = select.poll()
        poller.register(descriptor, select.POLLIN)
        pieces = []
        while count:
            self._watch()
            left = deadline - time.monotonic()
            if left <= 0:
                raise _Late
            if not poller.poll(min(left, _GLANCE) * 1000):
                continue
            piece = os.read(descriptor, min(count, _CHUNK))
            if not piece:
                raise _Ended
            pieces.append(piece)
            count -= len(piece)
        return b"".join(pieces)


class _Ended(Exception):
    """The child closed its pipe."""


class _Late(Exception):
    """The time is over."""


class _TooLarge(Exception):
    """The child announced more than it may send."""


def _failure(message: str, reason: str) -> DocumentError:
    return DocumentError(message, stage=Stage.READ, reason=reason)


def _environment() -> dict[str, str]:
    """Return what a Python child needs and nothing else: no credentials, no settings, no home."""
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join(str(Path(entry or ".").absolute()) for entry in sys.path),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }
