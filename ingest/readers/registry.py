"""Which reader reads what. The readers themselves load their libraries on first use."""

from __future__ import annotations

from functools import cache

from ingest.readers.delimited import DelimitedReader
from ingest.readers.html import HtmlReader
from ingest.readers.json_text import JsonReader
from ingest.readers.locked import LockedReader
from ingest.readers.markdown import MarkdownReader
from ingest.readers.media_types import media_type_of
from ingest.readers.office import OfficeReader
from ingest.readers.pdf.reader import PdfReader
from ingest.readers.plain import PlainReader
from ingest.readers.workbook import WorkbookReader
from ingest.readers.xml import XmlReader
from retrieval.ports import Reader

__all__ = ["EXTRACTION", "media_type_of", "reader_for", "reading_fingerprints"]

EXTRACTION = "extraction/1"
"""Version of the form of extractions as a whole, part of a generation's fingerprint. A change of one reader is not:
that reader's own fingerprint changes, and its documents are read again."""


def reader_for(media_type: str) -> Reader | None:
    """Return the reader of a media type, or None when there is none yet."""
    return _readers().get(media_type)


def reading_fingerprints() -> frozenset[str]:
    """Return the fingerprints of all readers: a document read by another one is read again."""
    return frozenset(reader.fingerprint for reader in _readers().values())


@cache
def _readers() -> dict[str, Reader]:
    readers: tuple[Reader, ...] = (
        DelimitedReader(),
        HtmlReader(),
        JsonReader(),
        LockedReader(),
        MarkdownReader(),
        OfficeReader(),
        PdfReader(),
        PlainReader(),
        WorkbookReader(),
        XmlReader(),
    )
    return {media_type: reader for reader in readers for media_type in reader.media_types}
