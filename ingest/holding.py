"""Holding the lease: taken once, renewed in passing, given back at the end."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable
from types import TracebackType
from typing import Self

from retrieval.errors import ServiceError
from retrieval.ports import Store

__all__ = ["HeldLease", "holder_here"]

_SECONDS = 120.0
_RENEW_AFTER = 30.0


def holder_here() -> str:
    """Return the name of this process as a holder, so that a store can tell when it is gone."""
    return f"{socket.gethostname()}:{os.getpid()}"


class HeldLease:
    """A lease as a context manager. Raises `LeaseHeld` on entering while another writer holds it.

    `keep` is called between steps that each take far less than `_SECONDS`; when the lease was lost all the same,
    the store refuses the next write with `Fenced`.
    """

    def __init__(self, store: Store, holder: str, *, timer: Callable[[], float]) -> None:
        self._store, self._timer = store, timer
        self._holder = holder
        self.fence = 0

    def __enter__(self) -> Self:
        self._lease = self._store.lease(self._holder, seconds=_SECONDS)
        self._renewed = self._timer()
        self.fence = self._lease.fence
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(ServiceError) if error is not None else contextlib.nullcontext():
            self._store.release(self._lease)

    def keep(self) -> None:
        """Renew the lease when that is due. Raises `Fenced` when a newer writer is at work."""
        if self._timer() - self._renewed >= _RENEW_AFTER:
            self.confirm()

    def confirm(self) -> None:
        """Renew the lease now, before what no fence guards. Raises `Fenced` when a newer writer is at work."""
        self._lease = self._store.renew(self._lease, seconds=_SECONDS)
        self._renewed = self._timer()
