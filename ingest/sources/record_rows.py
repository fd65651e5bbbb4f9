"""The rows of a record file, one at a time: JSON Lines or CSV, plain or gzipped.

A row that cannot be read is yielded as a problem with its line number and never ends the file.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from ingest.sources.strict_json import distinct, no_number
from retrieval.errors import ServiceError, UserError

__all__ = ["MAX_RECORD_BYTES", "CutShort", "Row", "rows_of"]

MAX_RECORD_BYTES = 16 * 1024 * 1024
"""A longer line is a problem of its own and is not kept in memory."""

_CSV_ENCODINGS = ("utf-8-sig", "cp932")


class CutShort(Exception):
    """The file ends or breaks before its end; the message is a sentence. What came before has been yielded."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A row and the line (from 1) on which it starts; ``problem`` says why ``fields`` is empty."""

    line: int
    fields: dict[str, object]
    problem: str | None = None


def rows_of(path: Path) -> Iterator[Row]:
    """Yield the rows of ``*.jsonl``, ``*.ndjson``, ``*.csv`` or one of them with ``.gz``.

    Raises `UserError` for another name or an encoding that is neither UTF-8 nor CP932, `ServiceError` when the
    file cannot be opened and `CutShort` when it breaks off.
    """
    name = path.name.lower().removesuffix(".gz")
    if name.endswith((".jsonl", ".ndjson")):
        return _json_rows(path)
    if name.endswith(".csv"):
        return _csv_rows(path)
    raise UserError(f"{str(path)!r} is no record file: its name must end in .jsonl, .ndjson or .csv, or one with .gz.")


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        raw = path.open("rb")
    except OSError as exc:
        raise ServiceError(f"{str(path)!r} cannot be read: {exc.strerror}.", service="source", retryable=True) from exc
    with raw:
        try:
            if path.name.lower().endswith(".gz"):
                with gzip.GzipFile(fileobj=raw) as unzipped:
                    yield cast("BinaryIO", unzipped)
            else:
                yield raw
        except (OSError, EOFError, zlib.error) as exc:
            raise CutShort(f"{path.name!r} breaks off and could not be read to its end: {exc}.") from exc


def _json_rows(path: Path) -> Iterator[Row]:
    with _opened(path) as file:
        number = 0
        while line := file.readline(MAX_RECORD_BYTES + 1):
            number += 1
            if len(line) > MAX_RECORD_BYTES:
                while line and not line.endswith(b"\n"):
                    line = file.readline(MAX_RECORD_BYTES)
                yield Row(line=number, fields={}, problem=f"it is longer than {MAX_RECORD_BYTES >> 20} MiB")
                continue
            if number == 1:
                line = line.removeprefix(codecs.BOM_UTF8)
            if line.strip():
                yield _json_row(number, line)


def _json_row(number: int, line: bytes) -> Row:
    try:
        value = json.loads(line.decode(), parse_constant=no_number, object_pairs_hook=distinct)
    except UnicodeDecodeError:
        return Row(line=number, fields={}, problem="it is not UTF-8")
    except (ValueError, RecursionError) as exc:
        return Row(line=number, fields={}, problem=f"it is no JSON: {exc}")
    if not isinstance(value, dict):
        return Row(line=number, fields={}, problem="it is no JSON object")
    return Row(line=number, fields=value)


def _csv_rows(path: Path) -> Iterator[Row]:
    encoding = _csv_encoding(path)
    csv.field_size_limit(MAX_RECORD_BYTES)  # the module's own is 128 KiB, too little for a manual in one cell
    with _opened(path) as file, io.TextIOWrapper(file, encoding=encoding, newline="") as text:
        reader = csv.DictReader(text, restkey="", strict=True)
        try:
            columns = [name for name in reader.fieldnames or [] if name]
        except csv.Error as exc:
            raise UserError(f"{path.name!r} has no readable names of columns in its first line: {exc}.") from exc
        if len(set(columns)) != len(columns):
            raise UserError(f"{path.name!r} has two columns of the same name: {', '.join(columns)}.")
        while True:
            before = reader.line_num + 1
            try:
                fields = next(reader)
            except StopIteration:
                return
            except csv.Error as exc:
                yield Row(line=before, fields={}, problem=f"it is no CSV: {exc}")
                continue
            if fields.pop("", None):
                yield Row(line=before, fields={}, problem="it has more cells than the first line has columns")
            else:
                yield Row(line=before, fields={key: value for key, value in fields.items() if value})


def _csv_encoding(path: Path) -> str:
    """Return the first encoding that the whole file is valid in; a mark of UTF-16 leaves no choice."""
    try:
        with _opened(path) as file:
            marked = file.read(2) in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}
    except CutShort:
        marked = False
    for encoding in ("utf-16",) if marked else _CSV_ENCODINGS:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with _opened(path) as file:
                while block := file.read(1 << 20):
                    decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        except CutShort:
            return encoding  # the rows up to the break are read in it
        return encoding
    found = "begins as UTF-16 and does not go on so" if marked else "is neither UTF-8 nor CP932 (Shift_JIS)"
    raise UserError(f"{path.name!r} {found}: save it as UTF-8.")
