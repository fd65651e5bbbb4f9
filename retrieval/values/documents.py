"""What a company's documents become: document, extraction, chunk. Frozen, standard library only.

Offsets are Unicode code points into ``Extraction.text``, half-open: ``[start, end)``. Pages count from 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

__all__ = [
    "PUBLIC",
    "Attributes",
    "Block",
    "BlockKind",
    "Box",
    "Chunk",
    "ChunkKind",
    "CompactVector",
    "Document",
    "EmbeddedChunk",
    "EmbeddedStatement",
    "Extraction",
    "Labels",
    "MetadataValue",
    "Page",
    "PageBoxes",
    "Span",
    "Table",
    "Vector",
]

MetadataValue = str | int | float | bool | tuple[str, ...]
"""A value of a metadata field; a tuple is a list of strings."""

Vector = bytes
"""A dense vector as little-endian float32, ``4 * dimensions`` bytes, of length 1 in the L2 norm."""

CompactVector = bytes
"""A unit vector in a byte a dimension: a little-endian float32, then as many int8; `retrieval.compact` makes it."""

PUBLIC = "public"
"""The label of what everybody may read; it is never implied, a document carries it or does not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Labels:
    """Who may read a document: one of ``allow`` and none of ``deny``. Empty ``allow`` means nobody."""

    allow: frozenset[str] = frozenset()
    deny: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Attributes:
    """What a source says of a document beside its bytes.

    ``effective_from`` is the first day the document holds. ``superseded_by`` is the key, in the same source, of
    the document that replaces it. ``review_by`` is the day after which it counts as stale. ``trust`` is a free
    word such as ``official``. ``language`` is ``ja``, ``en`` or another ISO 639-1 code. ``metadata`` holds
    everything else and can be filtered on.
    """

    labels: Labels = field(default_factory=Labels)
    title: str | None = None
    language: str | None = None
    effective_from: date | None = None
    superseded_by: str | None = None
    review_by: date | None = None
    trust: str | None = None
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """One file or record of a source in one version.

    ``id`` is the hash of ``source`` and ``key`` (path relative to the source's root with ``/``, or record id);
    ``version`` the SHA-256 (64 hex digits) of its bytes; ``extraction_id`` names the text read out of it;
    ``title`` is never empty. ``etag`` is what the source offers to see a change without reading: for a folder
    size, modification time in ns and inode.
    """

    id: str
    source: str
    key: str
    uri: str
    title: str
    media_type: str
    language: str
    version: str
    extraction_id: str
    size: int
    etag: str
    attributes: Attributes
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Span:
    """A half-open span ``[start, end)`` of an extraction's text, in code points."""

    start: int
    end: int


class BlockKind(StrEnum):
    """What a block of an extraction is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE = "table"
    CODE = "code"
    QUESTION = "question"
    ANSWER = "answer"


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """A structural piece of an extraction. Blocks are in text order and do not overlap.

    ``level`` is 1-6 for a heading, the nesting depth from 1 for a list item, 0 otherwise. What lies between
    blocks is white space.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A table in the text: one line per row, cells joined by `` | ``.

    ``rows`` holds the cells of every row as spans (an empty cell is an empty span); the first ``header_rows``
    rows are headers. ``caption`` is the sheet or table name, if any.
    """

    start: int
    end: int
    rows: tuple[tuple[Span, ...], ...]
    header_rows: int = 1
    caption: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A page (or slide, or sheet) of an extraction; ``width`` and ``height`` in points as displayed, 0 if unknown.

    ``number`` counts from 1; ``label`` is what is printed on it or the sheet's name.
    """

    number: int
    start: int
    end: int
    label: str | None = None
    width: float = 0.0
    height: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class PageBoxes:
    """The boxes of the code points ``[start, end)`` on one page.

    ``quads`` packs four little-endian float32 per code point: left, top, right, bottom in points, origin at the
    top left of the page as displayed (crop box and rotation applied), y downwards; NaN where a code point, such
    as a line break, has no place.
    """

    page: int
    start: int
    end: int
    quads: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A rectangle on a page, in the coordinates of `PageBoxes`."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Extraction:
    """The text read out of one version by one reader, with its structure.

    ``text`` holds no NUL and no lone surrogate. ``missing`` names in words what could not be read (a scanned
    page, say); then the document's outcome is ``partial``. ``title`` and ``language`` are what the reader found
    in the file. ``id`` is the hash of version and reader fingerprint.
    """

    id: str
    text: str
    media_type: str
    reader_fingerprint: str
    title: str | None = None
    language: str | None = None
    pages: tuple[Page, ...] = ()
    blocks: tuple[Block, ...] = ()
    tables: tuple[Table, ...] = ()
    boxes: tuple[PageBoxes, ...] = ()
    missing: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)


class ChunkKind(StrEnum):
    """What a chunk holds; an ``answer`` is matched by the question it belongs to."""

    TEXT = "text"
    TABLE = "table"
    ANSWER = "answer"


@dataclass(frozen=True, kw_only=True, slots=True)
class Chunk:
    """A verbatim span of an extraction: ``extraction.text[start:end] == text``.

    ``embedding_text`` is what the embedder gets (context and text; for an answer its question);
    ``lexical_title`` and ``lexical_text`` are the two fields of the lexical index. ``page`` is where the span
    starts, None without pages. ``ordinal`` counts from 0 within the document.
    """

    id: str
    document_id: str
    extraction_id: str
    ordinal: int
    start: int
    end: int
    text: str
    kind: ChunkKind
    language: str
    embedding_text: str
    lexical_title: str
    lexical_text: str
    heading_path: tuple[str, ...] = ()
    page: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EmbeddedStatement:
    """A statement of a chunk, a piece that an answer may quote, with its vector.

    ``span`` is its place in the extraction, within the chunk's; ``key`` the embedding key of the vector.
    """

    span: Span
    key: str
    vector: CompactVector


@dataclass(frozen=True, kw_only=True, slots=True)
class EmbeddedChunk:
    """A chunk with its vector; ``key`` is the embedding key under which the vector is kept.

    ``statements`` are in text order, each span once; what is too long for the model is not among them.
    """

    chunk: Chunk
    key: str
    vector: Vector
    statements: tuple[EmbeddedStatement, ...] = ()
