"""Reads CSV and TSV as one table: encoding, delimiter and header row are found, not assumed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from ingest.readers.assembly import Assembly, unreadable
from ingest.readers.cleaning import clean
from ingest.readers.decoding import decode
from ingest.readers.media_types import CSV, TSV
from retrieval.ids import fingerprint
from retrieval.ports import Hints
from retrieval.values import Extraction

__all__ = ["DelimitedReader", "has_header"]

_SAMPLE_RECORDS = 50
_FIELD_LIMIT = 10_000_000
_NUMBER = re.compile(r"[+\-−△▲(]?[¥$€£￥]?\s*[\d０-９][\d０-９,.，．:/%％\- ]*[)円]?")


class DelimitedReader:
    """Reads delimited text. The delimiter is the one that gives the same number of columns most often."""

    def __init__(self) -> None:
        self.media_types = frozenset({CSV, TSV})
        self.fingerprint = fingerprint("delimited", "1")

    def read(self, path: Path, hints: Hints) -> Extraction:
        """Return the extraction. Raises `DocumentError` when the bytes are no text or hold no record."""
        decoded = decode(path.read_bytes(), name=hints.name)
        text = clean(decoded.text)
        assembly = Assembly(missing=list(decoded.missing))
        delimiter = "\t" if hints.media_type == TSV and "\t" in text else _delimiter(text)
        try:
            rows = [row for row in _records(text, delimiter) if any(cell.strip() for cell in row)]
        except csv.Error as exc:
            raise unreadable(f"{hints.name!r} is no delimited text: {exc}", reason="malformed") from exc
        assembly.add_table(rows, header_rows=int(has_header(rows)))
        return assembly.finish(
            hints,
            fingerprint=self.fingerprint,
            properties={"encoding": decoded.encoding, "delimiter": "tab" if delimiter == "\t" else delimiter},
        )


def has_header(rows: list[list[str]]) -> bool:
    """Tell whether the first of several rows names columns: every cell filled, none a number, none twice."""
    if len(rows) < 2:
        return False
    first = [cell.strip() for cell in rows[0]]
    filled = [cell for cell in first if cell]
    if len(filled) < max(1, len(first) - 1) or len(set(filled)) < len(filled):
        return False
    return not any(_NUMBER.fullmatch(cell) for cell in filled)


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(_FIELD_LIMIT)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _delimiter(text: str) -> str:
    best, best_score = ",", 0.0
    for delimiter in ",\t;|":
        try:
            counts = [
                len(row) for row, _ in zip(_records(text, delimiter), range(_SAMPLE_RECORDS), strict=False) if row
            ]
        except csv.Error:
            continue
        if not counts:
            continue
        usual = max(set(counts), key=lambda n: (counts.count(n), n))
        score = counts.count(usual) / len(counts) * (usual > 1) + min(usual, 20) / 1000
        if score > best_score:
            best, best_score = delimiter, score
    return best
