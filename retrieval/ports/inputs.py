"""The ports on the way in: sources, readers, originals, embedders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from retrieval.values import Attributes, Extraction, Vector

__all__ = [
    "Clock",
    "Embedder",
    "EmbedderSpec",
    "Hints",
    "Listing",
    "Originals",
    "Reader",
    "Source",
    "SourceItem",
    "VectorCache",
]


class Clock(Protocol):
    """Tells the time, in UTC with a time zone. Passed in, so that tests decide it."""

    def __call__(self) -> datetime:
        """Return the time now."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceItem:
    """One document as a source lists it, unread.

    ``media_type`` is a guess by name. ``problem`` says why the item must not be taken in (a broken sidecar, say);
    then its outcome is failed and what was indexed of it before stays.
    """

    key: str
    uri: str
    media_type: str
    etag: str
    size: int
    attributes: Attributes
    problem: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """All items of a source, sorted by key. Deletions are drawn from it only when it is ``complete``.

    ``problems`` are sentences about what could not be listed; a listing with one is not complete.
    """

    items: tuple[SourceItem, ...]
    complete: bool
    problems: tuple[str, ...] = ()


class Source(Protocol):
    """Where documents come from. ``root`` tells two sources of the same name apart."""

    name: str
    root: str

    def list(self) -> Listing:
        """Return what is there now. Raises `ServiceError` when nothing at all can be listed."""
        ...

    def open(self, item: SourceItem) -> BinaryIO:
        """Return the bytes of an item. Raises `DocumentError` at stage OPEN when it is gone or unreadable."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Hints:
    """What is known of a file before it is read. ``name`` is its file name, for titles and messages."""

    name: str
    media_type: str
    version: str
    language: str | None = None


class Reader(Protocol):
    """Reads one kind of file. Its ``fingerprint`` changes whenever the same bytes may give another extraction."""

    media_types: frozenset[str]
    fingerprint: str

    def read(self, path: Path, hints: Hints) -> Extraction:
        """Return the extraction of the file. Raises `DocumentError` at stage READ."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class EmbedderSpec:
    """An embedding model: ``fingerprint`` covers weights, tokenizer, prefixes, precision and normalisation."""

    name: str
    fingerprint: str
    dimensions: int
    max_tokens: int


class Embedder(Protocol):
    """Turns texts into unit vectors. A text's vector depends on nothing but the text."""

    spec: EmbedderSpec

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return how many of ``spec.max_tokens`` each text takes as a passage, prefix and marks included."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        """Return one vector per text, in order. Raises `DocumentError` when one is over ``max_tokens``."""
        ...

    def embed_query(self, text: str) -> Vector:
        """Return the vector of a question; one over ``max_tokens`` is embedded in windows and averaged."""
        ...


class VectorCache(Protocol):
    """Keeps vectors by embedding key across runs, so that no input is embedded twice."""

    def get_many(self, keys: Sequence[str]) -> dict[str, Vector]:
        """Return the vectors that are known, by key."""
        ...

    def put_many(self, vectors: Mapping[str, Vector]) -> None:
        """Keep vectors durably before returning."""
        ...


class Originals(Protocol):
    """The bytes of a version, by content hash."""

    def put(self, data: BinaryIO, *, limit: int) -> tuple[str, int, Path]:
        """Keep a stream durably; return its version, size in bytes and a local path to read it from.

        Raises `DocumentError` (skipped, ``too_large``) when the stream is longer than ``limit`` bytes.
        """
        ...

    def path(self, version: str) -> Path | None:
        """Return a local path to read a kept version from, or None."""
        ...

    def delete(self, version: str) -> None:
        """Remove a version; harmless when it is gone."""
        ...

    def versions(self) -> Iterator[str]:
        """Yield the versions that are kept."""
        ...

    def tidy(self) -> None:
        """Remove what killed processes left unfinished. Only for whoever holds the lease."""
        ...
