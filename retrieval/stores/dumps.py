"""The canonical form of a store: one JSON object a line, the same for equal contents in any store.

It holds everything but wall-clock times, journal, runs, kept superseded versions and whatever only a store's inside
knows. An etag is left out, since a folder's holds modification times.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import math
import struct
import zlib
from collections.abc import Iterable
from typing import Any

from retrieval.codec import encode_structure
from retrieval.compact import expand
from retrieval.stores.records import canonical, document_fields
from retrieval.values import Document, EmbeddedChunk, Extraction, GenerationSpec

__all__ = ["chunk_line", "compare_dumps", "document_line", "extraction_line", "generation_line", "source_line"]


def generation_line(spec: GenerationSpec) -> str:
    """Return the line of a generation, without its name and state: what it was built with is what counts."""
    return canonical({"kind": "generation", "fingerprint": spec.fingerprint, "parts": dict(spec.parts)})


def source_line(name: str, root: str) -> str:
    """Return the line of a source."""
    return canonical({"kind": "source", "name": name, "root": root})


def document_line(document: Document) -> str:
    """Return the line of a current document."""
    fields = document_fields(document)
    del fields["etag"]
    return canonical({"kind": "document", **fields})


def extraction_line(document_id: str, extraction: Extraction, *, packed_boxes: bytes) -> str:
    """Return the line of a document's extraction, its boxes (`encode_boxes`, compressed by zlib) by their hash."""
    return canonical(
        {
            "kind": "extraction",
            "document_id": document_id,
            "text": extraction.text,
            "structure": json.loads(encode_structure(extraction)),
            "boxes": hashlib.sha256(zlib.decompress(packed_boxes)).hexdigest(),
        }
    )


def chunk_line(one: EmbeddedChunk, *, vectors: bool) -> str:
    """Return the line of a chunk with its statements, vectors by embedding key.

    With ``vectors`` also their bytes, as float32 in Base64.
    """
    fields: dict[str, object] = {
        "kind": "chunk",
        "embedding_key": one.key,
        "statements": [[each.span.start, each.span.end, each.key] for each in one.statements],
        **_renamed(dataclasses.asdict(one.chunk)),
    }
    if vectors:
        fields["vector"] = base64.b64encode(one.vector).decode()
        fields["statement_vectors"] = [base64.b64encode(expand(each.vector)).decode() for each in one.statements]
    return canonical(fields)


def _renamed(chunk: dict[str, Any]) -> dict[str, object]:
    """Return the fields of a chunk with its kind beside that of the line."""
    chunk["chunk_kind"] = chunk.pop("kind").value
    return chunk


def compare_dumps(a: Iterable[str], b: Iterable[str], *, cosine: float = 0.9999, limit: int = 20) -> list[str]:
    """Return the differences of two dumps in words, none when they are equal; at most ``limit``.

    Lines are matched by what they are about. Vectors are equal from a cosine of ``cosine`` on.
    """
    left, right = _by_subject(a), _by_subject(b)
    found = [f"only the first has {subject}" for subject in left if subject not in right]
    found += [f"only the second has {subject}" for subject in right if subject not in left]
    for subject, fields in left.items():
        if subject in right:
            found += [f"{subject} differs in {name}" for name in _differing(fields, right[subject], cosine)]
    return found[:limit]


def _by_subject(lines: Iterable[str]) -> dict[str, dict[str, Any]]:
    found = {}
    for line in lines:
        fields = json.loads(line)
        name = fields.get("name") or fields.get("id") or fields.get("document_id") or ""
        found[f"{fields['kind']} {name}".strip()] = fields
    return found


def _differing(one: dict[str, Any], other: dict[str, Any], cosine: float) -> list[str]:
    names = sorted(one.keys() | other.keys())
    return [name for name in names if not _equal(name, one.get(name), other.get(name), cosine)]


def _equal(name: str, one: object, other: object, cosine: float) -> bool:
    if name == "vector" and isinstance(one, str) and isinstance(other, str):
        return one == other or _cosine(base64.b64decode(one), base64.b64decode(other)) >= cosine
    if name == "statement_vectors" and isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(_equal("vector", a, b, cosine) for a, b in zip(one, other, strict=True))
    return one == other


def _cosine(one: bytes, other: bytes) -> float:
    if len(one) != len(other):
        return -1.0
    a, b = (struct.unpack(f"<{len(raw) // 4}f", raw) for raw in (one, other))
    norms = math.hypot(*a) * math.hypot(*b)
    return sum(x * y for x, y in zip(a, b, strict=True)) / norms if norms else -1.0
