"""What was measured so far, kept line by line, so that a killed run goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from retrieval.errors import UserError
from retrieval.evaluation.rows import Row, row_json, row_of
from retrieval.ids import fingerprint

__all__ = ["WorkFile"]


class WorkFile:
    """Rows under the fingerprint of question and circumstances (index and settings) they were measured in.

    Rows of other circumstances in the same file are left alone. A line cut short by a kill is skipped.
    """

    def __init__(self, path: Path, *, circumstances: str) -> None:
        self.path = path
        self._circumstances = circumstances

    def known(self) -> dict[str, Row]:
        """Return the rows of these circumstances by the digest of their question."""
        rows = {}
        try:
            with self.path.open(encoding="utf-8", errors="replace") as lines:
                for line in lines:
                    kept = _row(line)
                    if kept is not None and kept[0] == self._key(kept[1].digest):
                        rows[kept[1].digest] = kept[1]
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise UserError(f"{self.path}: cannot be read: {error.strerror}.") from None
        return rows

    @contextmanager
    def appending(self) -> Iterator[Callable[[Row], None]]:
        """Yield what keeps a further row. Raises `UserError` when the file cannot be written."""
        try:
            with self.path.open("a+", encoding="utf-8") as file:
                file.seek(0, 2)
                if file.tell():
                    file.write("\n")  # ends a line that a kill cut short; a blank line is nothing

                def add(row: Row) -> None:
                    line = {"key": self._key(row.digest), "row": row_json(row)}
                    file.write(json.dumps(line, ensure_ascii=False) + "\n")
                    file.flush()  # to the system, so that a kill of this process loses nothing

                yield add
        except OSError as error:
            raise UserError(f"{self.path}: cannot be written: {error.strerror}.") from None

    def _key(self, digest: str) -> str:
        return fingerprint(digest, self._circumstances)


def _row(line: str) -> tuple[str, Row] | None:
    try:
        value = json.loads(line)
        return str(value["key"]), row_of(value["row"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
