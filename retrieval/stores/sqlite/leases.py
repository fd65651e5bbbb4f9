"""One writer at a time: a lease that runs out, and a fence that grows with every lease given."""

from __future__ import annotations

import os
import re
import socket
from datetime import datetime, timedelta

from retrieval.errors import Fenced, LeaseHeld
from retrieval.ports import Clock
from retrieval.stores.records import stamp
from retrieval.stores.sqlite.connection import Database
from retrieval.values import Lease

__all__ = ["SqliteLeases"]

_PLACE = re.compile(r"(?P<host>[^\s:@]+):(?P<pid>\d{1,9})(?!\d)")


class SqliteLeases:
    """Gives the right to write. A holder that names itself ``host:pid`` loses it as soon as that process is gone."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def lease(self, holder: str, *, seconds: float) -> Lease:
        """See `Admin.lease`."""
        with self._database.write("take the lease", durable=True) as connection:
            other, fence, expires = connection.execute("SELECT holder, fence, expires_at FROM lease").fetchone()
            now = self._clock()
            if expires > stamp(now) and other != holder and not _gone(other):
                raise LeaseHeld(f"{other!r} is writing to this store until {expires}: try again later.")
            given = Lease(holder=holder, fence=fence + 1, expires_at=now + timedelta(seconds=seconds))
            connection.execute(
                "UPDATE lease SET holder = ?, fence = ?, expires_at = ?", (holder, given.fence, stamp(given.expires_at))
            )
            return given

    def renew(self, lease: Lease, *, seconds: float) -> Lease:
        """See `Admin.renew`."""
        with self._database.write("renew the lease") as connection:
            (newest,) = connection.execute("SELECT fence FROM lease").fetchone()
            if newest != lease.fence:
                raise Fenced(f"The lease with fence {lease.fence} is lost: a newer one has {newest}.")
            expires_at: datetime = self._clock() + timedelta(seconds=seconds)
            connection.execute("UPDATE lease SET holder = ?, expires_at = ?", (lease.holder, stamp(expires_at)))
            return Lease(holder=lease.holder, fence=lease.fence, expires_at=expires_at)

    def release(self, lease: Lease) -> None:
        """See `Admin.release`."""
        with self._database.write("release the lease") as connection:
            connection.execute("UPDATE lease SET holder = '', expires_at = '' WHERE fence = ?", (lease.fence,))


def _gone(holder: str) -> bool:
    """Tell whether a holder names a process of this host that no longer runs; in doubt it is not gone."""
    place = _PLACE.search(holder)
    if place is None or place["host"] != socket.gethostname():
        return False
    try:
        os.kill(int(place["pid"]), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
