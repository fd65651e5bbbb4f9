"""What kind of file it is: by its first bytes where they say so, else by its name."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

__all__ = [
    "CSV",
    "DOCX",
    "ENCRYPTED",
    "HTML",
    "JSON",
    "MARKDOWN",
    "PDF",
    "PPTX",
    "RST",
    "TEXT",
    "TSV",
    "UNKNOWN",
    "XLSX",
    "XML",
    "media_type_of",
]

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ENCRYPTED = "application/vnd.ms-office.encrypted"
"""An Office file behind a password: a compound file that holds an ``EncryptedPackage`` (MS-OFFCRYPTO 1.3.2)."""
HTML = "text/html"
MARKDOWN = "text/markdown"
TEXT = "text/plain"
RST = "text/x-rst"
CSV = "text/csv"
TSV = "text/tab-separated-values"
XML = "application/xml"
JSON = "application/json"
UNKNOWN = "application/octet-stream"

_BY_SUFFIX = {
    ".pdf": PDF,
    ".docx": DOCX,
    ".docm": DOCX,
    ".pptx": PPTX,
    ".pptm": PPTX,
    ".xlsx": XLSX,
    ".xlsm": XLSX,
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".txt": TEXT,
    ".text": TEXT,
    ".log": TEXT,
    ".rst": RST,
    ".csv": CSV,
    ".tsv": TSV,
    ".tab": TSV,
    ".xml": XML,
    ".rss": XML,
    ".atom": XML,
    ".rdf": XML,
    ".json": JSON,
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".ppt": "application/vnd.ms-powerpoint",
    ".msg": "application/vnd.ms-outlook",
    ".eml": "message/rfc822",
    ".rtf": "application/rtf",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odp": "application/vnd.oasis.opendocument.presentation",
    ".epub": "application/epub+zip",
    ".zip": "application/zip",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".webp": "image/webp",
    ".bmp": "image/bmp",
}
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"{\\rtf", "application/rtf"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\x7fELF", "application/x-executable"),
    (b"MZ", "application/x-msdownload"),
)
_TEXTUAL = frozenset({HTML, MARKDOWN, TEXT, RST, CSV, TSV, XML, JSON, "message/rfc822"})
_ZIPPED = frozenset({DOCX, PPTX, XLSX}) | {t for t in _BY_SUFFIX.values() if "opendocument" in t or "epub" in t}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
# Possessive: this runs outside of the confined child, and a row of comments must not be tried in every grouping.
_HTML_HEAD = re.compile(rb"\s*+(?:(?><!--.*?-->)\s*+)*+<(?:!doctype\s+html|html[\s>])", re.IGNORECASE | re.DOTALL)


def media_type_of(name: str, head: bytes) -> str:
    """Return the media type of a file from its name and its first bytes (4 KiB or more; all of it is best).

    Bytes win where they speak: a PDF named ``.txt`` is a PDF. `UNKNOWN` when neither says anything.
    """
    named = _BY_SUFFIX.get(PurePosixPath(name.lower()).suffix, UNKNOWN)
    if b"%PDF-" in head[:1024] and (named not in _TEXTUAL or head.lstrip().startswith(b"%PDF-")):
        return PDF
    if head.startswith(_OLE):
        return _compound(named, head)
    if head.startswith(b"PK\x03\x04"):
        return _zipped(named, head)
    return _by_magic(head) or _textual(named, head)


def _by_magic(head: bytes) -> str | None:
    for magic, media_type in _MAGIC:
        if head.startswith(magic) and not (magic == b"MZ" and b"\0" not in head):
            return media_type
    return None


def _textual(named: str, head: bytes) -> str:
    if named in {TEXT, UNKNOWN, XML} and _HTML_HEAD.match(head):
        return HTML
    if named == UNKNOWN and head.lstrip().startswith(b"<?xml"):
        return XML
    return named


def _compound(named: str, head: bytes) -> str:
    if _ENCRYPTED_PACKAGE in head or named in {DOCX, PPTX, XLSX}:
        return ENCRYPTED
    return named if named not in _TEXTUAL and named != UNKNOWN else "application/x-ole-storage"


def _zipped(named: str, head: bytes) -> str:
    if named in _ZIPPED:
        return named
    for part, media_type in ((b"word/", DOCX), (b"ppt/", PPTX), (b"xl/", XLSX), (b"epub+zip", "application/epub+zip")):
        if part in head:
            return media_type
    return "application/zip"
