"""One document on its way in, up to the point where it is embedded: opened, kept, read, cut into chunks."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Protocol

from ingest.chunking import split
from ingest.plan import Step
from ingest.readers.record import RECORD, RecordReader
from ingest.readers.registry import EXTRACTION, media_type_of, reader_for
from ingest.readers.registry import reading_fingerprints as file_fingerprints
from retrieval.answers.statement_inputs import StatementInput, statement_inputs
from retrieval.errors import DocumentError, Stage
from retrieval.ids import fingerprint
from retrieval.ports import Embedder, Hints, Originals, Source, SourceItem
from retrieval.text.language import detect
from retrieval.values import Chunk, Document, Extraction

__all__ = [
    "DEFAULT_MAX_BYTES",
    "Desk",
    "Prepared",
    "TextReader",
    "Trace",
    "reading_fingerprint",
    "reading_fingerprints",
]

DEFAULT_MAX_BYTES = 256 * 1024 * 1024
"""A larger file is skipped."""

_MOST_STATEMENTS = 250_000
"""Statements of a document that get vectors: those of ten thousand pages, and a bound on a text of full stops."""

_STATEMENT_BYTES = 512  # of memory, about

_HEAD_BYTES = 1 << 16
_SAMPLE_CHARS = 20_000
_TITLE_CHARS = 300
"""A longer title is cut: every chunk carries it, so that an endless one would cost the square of the document."""


class TextReader(Protocol):
    """Reads a file of any known type, as `ingest.isolation.IsolatedReader` does."""

    def read(self, path: Path, hints: Hints) -> Extraction:
        """Return the extraction of the file. Raises `DocumentError`."""
        ...


@dataclass(kw_only=True, slots=True)
class Trace:
    """How far a document came, for the outcome of one that fails on the way."""

    stage: Stage = Stage.OPEN
    version: str = ""
    reader_fingerprint: str = ""
    seconds: dict[Stage, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """A document ready to be embedded. Without an extraction its bytes and its reader are those of before.

    ``statements`` has the inputs of the statements of each chunk.
    """

    step: Step
    version: str
    reader_fingerprint: str
    seconds: dict[Stage, float]
    document: Document | None = None
    extraction: Extraction | None = None
    chunks: tuple[Chunk, ...] = ()
    statements: tuple[tuple[StatementInput, ...], ...] = ()

    @property
    def weight(self) -> int:
        """About how many bytes of memory this holds."""
        if self.extraction is None:
            return 4096
        boxes = sum(len(page.quads) for page in self.extraction.boxes)
        statements = sum(map(len, self.statements))
        return 4096 + 8 * len(self.extraction.text) + boxes + _STATEMENT_BYTES * statements


def reading_fingerprint(media_type: str) -> str:
    """Return the fingerprint of the reader of a media type; without one, that of all kinds that can be read.

    So a file that nothing can read today is tried again as soon as a kind is added.
    """
    if media_type == RECORD:
        return RecordReader().fingerprint
    reader = reader_for(media_type)
    return reader.fingerprint if reader is not None else _no_reader()


def reading_fingerprints() -> frozenset[str]:
    """Return every value that `reading_fingerprint` can have now: what was read under another is read again."""
    return file_fingerprints() | {RecordReader().fingerprint, _no_reader()}


def _no_reader() -> str:
    return fingerprint("no reader", EXTRACTION, *sorted(file_fingerprints()))


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """What preparing needs. ``max_bytes`` bounds a document; ``timer`` counts seconds."""

    source: Source
    originals: Originals
    reader: TextReader
    embedder: Embedder
    max_bytes: int = DEFAULT_MAX_BYTES
    timer: Callable[[], float] = time.perf_counter

    def prepare(self, step: Step, trace: Trace) -> Prepared:
        """Return the document, read and cut. Raises `DocumentError`; ``trace`` then tells how far it came."""
        item = step.item
        assert item is not None, "a deletion is not prepared"
        started = self.timer()
        data, path, media_type, size = self._fetched(item, trace)
        trace.seconds[Stage.OPEN] = self.timer() - started
        if _unchanged(step, trace):
            return Prepared(
                step=step, version=trace.version, reader_fingerprint=trace.reader_fingerprint, seconds=trace.seconds
            )
        trace.stage, started = Stage.READ, self.timer()
        extraction = self._read(item, data, path, media_type=media_type, version=trace.version)
        trace.seconds[Stage.READ] = self.timer() - started
        trace.stage, started = Stage.CHUNK, self.timer()
        document = _document(step, item, extraction, source=self.source.name, version=trace.version, size=size)
        chunks = split(
            extraction,
            document_id=document.id,
            title=document.title,
            language=document.language,
            count=self.embedder.count_tokens,
            budget=self.embedder.spec.max_tokens,
        )
        statements = _statements(chunks)
        trace.seconds[Stage.CHUNK] = self.timer() - started
        return Prepared(
            step=step,
            version=trace.version,
            reader_fingerprint=trace.reader_fingerprint,
            seconds=trace.seconds,
            document=document,
            extraction=extraction,
            chunks=tuple(chunks),
            statements=statements,
        )

    def _fetched(self, item: SourceItem, trace: Trace) -> tuple[bytes, Path, str, int]:
        """Return the bytes of a record, or the path of the kept file, with media type and size."""
        with self.source.open(item) as stream:
            if item.media_type == RECORD:
                data = stream.read()
                trace.version = item.etag
                trace.reader_fingerprint = reading_fingerprint(RECORD)
                return data, Path(), RECORD, len(data)
            trace.version, size, path = self.originals.put(stream, limit=self.max_bytes)
        with path.open("rb") as kept:
            media_type = media_type_of(item.key, kept.read(_HEAD_BYTES))
        trace.reader_fingerprint = reading_fingerprint(media_type)
        return b"", path, media_type, size

    def _read(self, item: SourceItem, data: bytes, path: Path, *, media_type: str, version: str) -> Extraction:
        name = PurePosixPath(item.key).name or item.key
        hints = Hints(name=name, media_type=media_type, version=version, language=item.attributes.language)
        if media_type == RECORD:
            return RecordReader().read_bytes(data, hints)
        if reader_for(media_type) is None:
            raise DocumentError(
                f"Nothing here reads {media_type}; the file was left out.",
                stage=Stage.READ,
                reason="unsupported",
                skipped=True,
            )
        extraction = self.reader.read(path, hints)
        if not extraction.text.strip():
            raise DocumentError(
                "No text could be read: " + ("; ".join(extraction.missing) or "the file holds none") + ".",
                stage=Stage.READ,
                reason="no_text",
                skipped=True,
            )
        return extraction


def _statements(chunks: Sequence[Chunk]) -> tuple[tuple[StatementInput, ...], ...]:
    """Return the inputs of the statements of each chunk, none of what comes after the most of a document."""
    found, room = [], _MOST_STATEMENTS
    for chunk in chunks:
        inputs = statement_inputs(chunk)[:room] if room else ()
        room -= len(inputs)
        found.append(inputs)
    return tuple(found)


def _unchanged(step: Step, trace: Trace) -> bool:
    """Tell whether bytes, reader and what goes into the chunks are those of the committed version."""
    known, item = step.known, step.item
    return (
        known is not None
        and item is not None
        and known.committed
        and (known.version, known.reader_fingerprint) == (trace.version, trace.reader_fingerprint)
        and (known.attributes.title, known.attributes.language) == (item.attributes.title, item.attributes.language)
    )


def _document(
    step: Step, item: SourceItem, extraction: Extraction, *, source: str, version: str, size: int
) -> Document:
    own = item.attributes
    stem = item.key if item.media_type == RECORD else PurePosixPath(item.key).stem
    return Document(
        id=step.document_id,
        source=source,
        key=item.key,
        uri=item.uri,
        title=_shortened(own.title or (extraction.title or "").strip() or unicodedata.normalize("NFC", stem)),
        media_type=extraction.media_type,
        language=own.language or extraction.language or detect(extraction.text[:_SAMPLE_CHARS]),
        version=version,
        extraction_id=extraction.id,
        size=size,
        etag=item.etag,
        attributes=own,
        missing=extraction.missing,
    )


def _shortened(title: str) -> str:
    return title if len(title) <= _TITLE_CHARS else f"{title[: _TITLE_CHARS - 1].rstrip()}…"
