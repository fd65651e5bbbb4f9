"""Ending a long run on a signal: the first asks it to stop cleanly, the second ends it at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["Stop", "stopping"]


class Stop:
    """Whether a signal asked to stop, and which; ``then`` is called by the first, in the signal's handler."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.signal = 0
        self.then: Callable[[], None] = _nothing

    @property
    def exit_code(self) -> int:
        """128 and the signal: 130 for SIGINT, 143 for SIGTERM. Meaningful once the event is set."""
        return 128 + self.signal


@contextmanager
def stopping() -> Iterator[Stop]:
    """Turn SIGINT and SIGTERM into a request to stop while the context lasts."""
    stop = Stop()

    def ask(number: int, _frame: FrameType | None) -> None:
        if stop.event.is_set():
            raise SystemExit(128 + number)
        stop.signal = number
        stop.event.set()
        stop.then()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _nothing() -> None:
    return None
