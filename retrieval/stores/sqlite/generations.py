"""Reading which generations there are."""

from __future__ import annotations

import json
import sqlite3

from retrieval.errors import UserError
from retrieval.values import GenerationSpec, GenerationState

__all__ = ["generation_row"]


def generation_row(connection: sqlite3.Connection, name: str | None) -> tuple[int, GenerationSpec]:
    """Return number and values of a generation, of the current one without a name. Raises `UserError`."""
    columns = "SELECT id, name, fingerprint, parts, dimensions, state FROM generations"
    if name is None:
        found = connection.execute(f"{columns} WHERE state = 'current'").fetchone()
        if found is None:
            raise UserError("Nothing has been ingested yet: run `tenkyo ingest PATH` first.")
    else:
        found = connection.execute(f"{columns} WHERE name = ?", (name,)).fetchone()
        if found is None:
            raise UserError(f"The store has no generation {name!r}.")
    number, own_name, fingerprint, parts, dimensions, state = found
    return number, GenerationSpec(
        name=own_name,
        fingerprint=fingerprint,
        parts=json.loads(parts),
        dimensions=dimensions,
        state=GenerationState(state),
    )
