"""Reads JSON as text: names and values as written by people, escapes resolved, one block per top-level item."""

from __future__ import annotations

import json
from pathlib import Path

from ingest.readers.assembly import Assembly
from ingest.readers.decoding import decode
from ingest.readers.media_types import JSON
from retrieval.ids import fingerprint
from retrieval.ports import Hints
from retrieval.values import BlockKind, Extraction

__all__ = ["JsonReader"]


class JsonReader:
    """Reads JSON; what does not parse is read as it stands."""

    def __init__(self) -> None:
        self.media_types = frozenset({JSON})
        self.fingerprint = fingerprint("json", "1")

    def read(self, path: Path, hints: Hints) -> Extraction:
        """Return the extraction. Raises `DocumentError` when the bytes are no text or there is none."""
        decoded = decode(path.read_bytes(), name=hints.name)
        assembly = Assembly(missing=list(decoded.missing))
        try:
            value = json.loads(decoded.text)
        except (ValueError, RecursionError):
            if assembly.add(decoded.text, kind=BlockKind.CODE):
                assembly.missing.append("not valid JSON, read as plain text")
        else:
            for item in value if isinstance(value, list) else [value]:
                assembly.add(json.dumps(item, ensure_ascii=False, indent=1), kind=BlockKind.CODE)
        return assembly.finish(hints, fingerprint=self.fingerprint, properties={"encoding": decoded.encoding})
