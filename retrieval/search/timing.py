"""Measure the steps of one question."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["StopWatch"]


class StopWatch:
    """Adds up the time of steps that follow each other. ``timer`` gives seconds that only grow."""

    def __init__(self, *, timer: Callable[[], float]) -> None:
        self._timer = timer
        self._spent: dict[str, float] = {}
        self._begun = self._last = timer()

    def lap(self, step: str) -> None:
        """Count the time since the last lap to a step."""
        now = self._timer()
        self._spent[step] = self._spent.get(step, 0.0) + (now - self._last) * 1000
        self._last = now

    def steps(self) -> dict[str, float]:
        """Return milliseconds by step, and their ``total``."""
        return {**self._spent, "total": (self._last - self._begun) * 1000}
