"""Documents that are records: the lines of a JSON Lines file or the rows of a CSV file.

A record's bytes are its text (and its question, if there is one) as canonical JSON, so that a change of its title,
labels or metadata is never taken for a new version. While the file is listed, those bytes go to a temporary file
without a name: what was listed is what is opened, and memory holds no text.
"""

from __future__ import annotations

import io
import os
import re
import tempfile
import weakref
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, BinaryIO
from urllib.parse import quote

from ingest.readers.record import RECORD, encode_record
from ingest.sources.attributes import UNDERSTOOD, AttributeProblem, attributes_of, label_set
from ingest.sources.names import key_of
from ingest.sources.record_rows import CutShort, Row, rows_of
from retrieval.errors import DocumentError, ServiceError, Stage, UserError
from retrieval.ids import version_of
from retrieval.ports import Listing, SourceItem
from retrieval.values import Attributes

__all__ = ["RecordSource"]

_MAX_KEY = 512
_LINE = "line:"
_PROBLEMS_SHOWN = 5
_UNUSABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class RecordSource:
    """A file of records, ``*.jsonl``, ``*.ndjson`` or ``*.csv``, also with ``.gz``.

    ``name`` is by default the file's name without endings. ``id_field``, ``text_field``, ``title_field`` and
    ``question_field`` name the fields that hold these; with a question, the question is what gets matched and the
    text is what gets cited. ``metadata_fields`` are those to filter on (default: every other field with a plain
    value). The fields that a sidecar may hold (``allow``, ``deny``, ``language``, ...) mean the same here, at the
    top or below ``metadata``. ``labels`` are for records without ``allow``. Raises `UserError` when the file does
    not exist or a label cannot be read.
    """

    def __init__(
        self,
        path: Path,
        *,
        name: str | None = None,
        id_field: str = "id",
        title_field: str | None = "title",
        text_field: str = "text",
        question_field: str | None = None,
        metadata_fields: Sequence[str] | None = None,
        labels: Iterable[str] = (),
    ) -> None:
        if not path.is_file():
            raise UserError(f"{str(path)!r} is no file: name a record file that exists.")
        self._path = path.resolve()
        self.root = key_of(str(self._path))
        self.name = name or key_of(self._path.name.split(".")[0] or self._path.name)
        self._id, self._title, self._text, self._question = id_field, title_field, text_field, question_field
        self._metadata = None if metadata_fields is None else tuple(metadata_fields)
        self._labels = label_set(labels)
        self._spool: int | None = None
        self._close: weakref.finalize[[], RecordSource] | None = None
        self._places: dict[str, tuple[int, int]] = {}

    def list(self) -> Listing:
        """Return every record. A line without a readable id makes the listing incomplete: it may be any record.

        Raises `UserError` when no record at all has one of the named fields, `ServiceError` when the temporary file
        cannot be written.
        """
        try:
            return self._listed()
        except OSError as exc:
            told = f"{self._path.name!r} cannot be listed: the temporary file cannot be written: {exc.strerror}."
            raise ServiceError(told, service="source", retryable=True) from exc

    def _listed(self) -> Listing:
        spool = tempfile.TemporaryFile("w+b")  # noqa: SIM115  open as long as items may be asked for
        self.close()
        self._close = weakref.finalize(self, spool.close)
        self._spool, self._places = spool.fileno(), {}
        items: dict[str, SourceItem] = {}
        lines: dict[str, int] = {}
        problems: list[str] = []
        seen: set[str] = set()
        try:
            for row in rows_of(self._path):
                seen |= row.fields.keys()
                item = self._item(row, spool)
                if item.key in items:
                    item = replace(
                        item,
                        problem=f"Lines {lines[item.key]} and {row.line} of {self._path.name!r} have the same id"
                        f" {item.key!r}. Give each record an id of its own.",
                    )
                items[item.key] = item
                lines[item.key] = row.line
                if row.problem or not self._key(row):
                    problems.append(f"Line {row.line} of {self._path.name!r} has no readable id.")
        except CutShort as exc:
            problems.append(str(exc))
        spool.flush()
        self._check_fields(seen)
        if len(problems) > _PROBLEMS_SHOWN:
            problems[_PROBLEMS_SHOWN:] = [f"{len(problems) - _PROBLEMS_SHOWN} more lines like these."]
        return Listing(
            items=tuple(items[key] for key in sorted(items)), complete=not problems, problems=tuple(problems)
        )

    def open(self, item: SourceItem) -> BinaryIO:
        """Return the canonical bytes of a record of the last listing."""
        place = self._places.get(item.key)
        if place is None or self._spool is None:
            raise DocumentError(
                f"The record {item.key!r} is not in {self._path.name!r}.",
                stage=Stage.OPEN,
                reason="gone",
                retryable=True,
            )
        start, length = place
        return io.BytesIO(os.pread(self._spool, length, start))

    def close(self) -> None:
        """Give the temporary file back; harmless when there is none."""
        self._spool = None
        if self._close is not None:
            self._close()

    def _item(self, row: Row, spool: IO[bytes]) -> SourceItem:
        key = self._key(row)
        problem, attributes, data = row.problem, Attributes(), b""
        if problem is None and not key:
            problem = f"{self._id!r} must be a text of 1 to {_MAX_KEY} characters or a whole number"
        try:
            if problem is None:
                attributes = attributes_of(self._values(row.fields), labels=self._labels)
                data = encode_record(self._part(row, self._text), question=self._asked(row))
        except AttributeProblem as exc:
            problem = str(exc)
        if problem is None:
            self._places[key] = (spool.tell(), len(data))
            spool.write(data)
        else:
            problem = f"Line {row.line} of {self._path.name!r} is not usable: {problem}."
        return SourceItem(
            key=key or f"{_LINE}{row.line}",
            uri=f"{self._path.as_uri()}#{quote(key or f'{_LINE}{row.line}', safe='')}",
            media_type=RECORD,
            etag=version_of(data) if problem is None else "",
            size=len(data),
            attributes=attributes,
            problem=problem,
        )

    def _key(self, row: Row) -> str:
        """Return the record's id as text, empty when it has none that can be used."""
        value = row.fields.get(self._id)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or len(value) > _MAX_KEY or _UNUSABLE.search(value):
            return ""
        return value.strip()

    def _part(self, row: Row, field: str) -> str:
        value = row.fields.get(field)
        if not isinstance(value, str):
            raise AttributeProblem(f"{field!r} is missing" if value is None else f"{field!r} must be a text")
        return value

    def _asked(self, row: Row) -> str | None:
        return None if self._question is None else self._part(row, self._question)

    def _values(self, fields: Mapping[str, object]) -> dict[str, object]:
        """Return what the record says of itself: understood fields, and those to filter on."""
        own = {self._id, self._text, self._title, self._question}
        nested = fields.get("metadata")
        values = dict(nested) if isinstance(nested, dict) and "metadata" not in own else {}
        values |= {key: value for key, value in fields.items() if key not in own and (key != "metadata" or not values)}
        kept = {
            key: value
            for key, value in values.items()
            if key in UNDERSTOOD or (key in self._metadata if self._metadata is not None else _plain(value))
        }
        if self._title is not None and fields.get(self._title) is not None:
            kept["title"] = fields[self._title]
        return kept

    def _check_fields(self, seen: set[str]) -> None:
        """Refuse a file in which no record has a field that every record needs."""
        wanted = [self._id, self._text, *([self._question] if self._question else [])]
        missing = [field for field in wanted if field not in seen]
        if seen and missing:
            raise UserError(
                f"{self._path.name!r} has no field {' and no field '.join(map(repr, missing))}; its fields are"
                f" {', '.join(sorted(seen)[:40])}. Name the right ones with --id-field, --text-field, --question-field."
            )


def _plain(value: object) -> bool:
    """Tell whether a value can be filtered on: text, number, true or false, or a list of texts."""
    if isinstance(value, list):
        return all(isinstance(each, str) for each in value)
    return isinstance(value, str | int | float)
