"""Reading ahead: one thread prepares documents while another embeds, with a bound on what waits between them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

__all__ = ["Ahead"]

A = TypeVar("A")
B = TypeVar("B")


class Ahead(Generic[A, B]):
    """Applies ``work`` to items in order in a thread of its own; at most ``limit`` of weight waits to be taken.

    An exception of ``work`` ends the thread and is raised by `take`. A context manager: leaving it stops the
    thread after the item it is at.
    """

    def __init__(self, items: Iterable[A], work: Callable[[A], B], *, weigh: Callable[[B], int], limit: int) -> None:
        self._items, self._work, self._weigh, self._limit = items, work, weigh, limit
        self._ready: deque[tuple[B, int]] = deque()
        self._waiting = 0
        self._ended = self._stopped = False
        self._error: BaseException | None = None
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="reading-ahead", daemon=True)

    def __enter__(self) -> Ahead[A, B]:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        self._thread.join()

    def take(self, timeout: float) -> B | None:
        """Return the next result, or None when none came within ``timeout`` seconds or there is no more."""
        with self._changed:
            self._changed.wait_for(lambda: self._ready or self._ended, timeout)
            if self._ready:
                result, weight = self._ready.popleft()
                self._waiting -= weight
                self._changed.notify_all()
                return result
            if self._error is not None:
                raise self._error
            return None

    @property
    def exhausted(self) -> bool:
        """Whether everything was taken."""
        with self._changed:
            return self._ended and not self._ready and self._error is None

    def _run(self) -> None:
        try:
            for item in self._items:
                if self._stopped:
                    return
                result = self._work(item)
                weight = self._weigh(result)
                with self._changed:
                    self._changed.wait_for(
                        lambda: self._stopped or not self._ready or self._waiting + weight <= self._limit  # noqa: B023 - called now
                    )
                    self._ready.append((result, weight))
                    self._waiting += weight
                    self._changed.notify_all()
        except BaseException as exc:  # noqa: BLE001  handed on, not swallowed: `take` raises it in the other thread
            self._error = exc
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()
