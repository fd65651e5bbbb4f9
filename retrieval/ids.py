"""Ids that are hashes of content or place, so that the same input always has the same id.

Every id is lower-case hexadecimal of SHA-256. Parts are joined with their lengths, so that no two different
lists of parts collide by concatenation.
"""

from __future__ import annotations

import hashlib
import re

__all__ = [
    "chunk_id",
    "citation_id",
    "document_id",
    "embedding_key",
    "extraction_id",
    "fingerprint",
    "parse_citation_id",
    "version_of",
]

_CITATION = re.compile(r"([0-9a-f]{32})@([0-9a-f]{32}):(\d{1,12})-(\d{1,12})")


def _digest(*parts: str) -> str:
    joined = b"".join(
        len(raw).to_bytes(8, "big") + raw for raw in (part.encode("utf-8", "surrogatepass") for part in parts)
    )
    return hashlib.sha256(joined).hexdigest()


def document_id(*, source: str, key: str) -> str:
    """Return the id (32 hex digits) of the document at ``key`` (relative path or record id) of ``source``."""
    return _digest("document", source, key)[:32]


def version_of(data: bytes) -> str:
    """Return the version (64 hex digits): the SHA-256 of the document's bytes."""
    return hashlib.sha256(data).hexdigest()


def extraction_id(*, version: str, reader_fingerprint: str) -> str:
    """Return the id (32 hex digits) of what one reader read out of one version; offsets belong to it."""
    return _digest("extraction", version, reader_fingerprint)[:32]


def chunk_id(*, document_id: str, extraction_id: str, start: int, end: int) -> str:
    """Return the id (32 hex digits) of the span ``[start, end)`` of an extraction, as part of a document."""
    return _digest("chunk", document_id, extraction_id, str(start), str(end))[:32]


def embedding_key(*, embedder_fingerprint: str, purpose: str, text: str) -> str:
    """Return the key (64 hex digits) under which the vector of one embedding input is kept."""
    return _digest("embedding", embedder_fingerprint, purpose, text)


def fingerprint(*parts: str) -> str:
    """Return a fingerprint (16 hex digits) of an ordered list of names, versions and settings."""
    return _digest("fingerprint", *parts)[:16]


def citation_id(*, document_id: str, extraction_id: str, start: int, end: int) -> str:
    """Return ``document_id@extraction_id:start-end``, the id that ``tenkyo show`` opens."""
    return f"{document_id}@{extraction_id}:{start}-{end}"


def parse_citation_id(text: str) -> tuple[str, str, int, int] | None:
    """Return document id, extraction id, start and end of a citation id, or None when it is not one."""
    match = _CITATION.fullmatch(text.strip())
    if match is None:
        return None
    document, extraction, start, end = match.groups()
    if int(start) >= int(end):
        return None
    return document, extraction, int(start), int(end)
