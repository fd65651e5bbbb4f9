"""Names files that no reader can open without a password, so that their outcome tells why."""

from __future__ import annotations

from pathlib import Path

from ingest.readers.assembly import unreadable
from ingest.readers.media_types import ENCRYPTED
from retrieval.ids import fingerprint
from retrieval.ports import Hints
from retrieval.values import Extraction

__all__ = ["LockedReader"]


class LockedReader:
    """Refuses every Office file that is encrypted: skipped, ``encrypted``."""

    def __init__(self) -> None:
        self.media_types = frozenset({ENCRYPTED})
        self.fingerprint = fingerprint("locked", "1")

    def read(self, path: Path, hints: Hints) -> Extraction:
        """Raise `DocumentError`."""
        del path
        raise unreadable(f"{hints.name!r} needs a password", reason="encrypted", skipped=True)
