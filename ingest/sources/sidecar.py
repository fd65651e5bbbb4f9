"""Sidecars: ``<file>.metadata.json`` beside a file, in the form of Bedrock Knowledge Bases.

``{"metadataAttributes": {"product": "X", "year": {"value": {"type": "NUMBER", "numberValue": 2026}}}}``; see
https://docs.aws.amazon.com/bedrock/latest/userguide/kb-metadata.html. ``includeForEmbedding`` is accepted and has
no effect: metadata is filtered on and never embedded.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping

from ingest.sources.attributes import UNDERSTOOD, AttributeProblem
from ingest.sources.strict_json import distinct, no_number

__all__ = ["MAX_SIDECAR_BYTES", "SIDECAR_SUFFIX", "sidecar_names", "sidecar_values"]

SIDECAR_SUFFIX = ".metadata.json"
MAX_SIDECAR_BYTES = 64 * 1024
"""A sidecar over this size is refused; Bedrock itself takes no more than 10 KB."""

_TYPED: Mapping[str, tuple[str, type | tuple[type, ...]]] = {
    "STRING": ("stringValue", str),
    "NUMBER": ("numberValue", (int, float)),
    "BOOLEAN": ("booleanValue", bool),
    "STRING_LIST": ("stringListValue", list),
}


def sidecar_names(name: str) -> tuple[str, ...]:
    """Return the names that a file's sidecar may have, the likeliest first: letters may be composed or decomposed."""
    forms = dict.fromkeys([name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)])
    return tuple(form + SIDECAR_SUFFIX for form in forms)


def sidecar_values(data: bytes) -> dict[str, object]:
    """Return the attributes of a sidecar, typed values unwrapped. Raises `AttributeProblem`."""
    if len(data) > MAX_SIDECAR_BYTES:
        raise AttributeProblem(f"it is larger than {MAX_SIDECAR_BYTES // 1024} KiB")
    try:
        value = json.loads(data.decode("utf-8-sig"), parse_constant=no_number, object_pairs_hook=distinct)
    except UnicodeDecodeError as exc:
        raise AttributeProblem("it is not UTF-8") from exc
    except (ValueError, RecursionError) as exc:
        raise AttributeProblem(f"it is no JSON: {exc}") from exc
    attributes = value.get("metadataAttributes") if isinstance(value, dict) else None
    if not isinstance(attributes, dict):
        raise AttributeProblem('it must be an object {"metadataAttributes": {...}}')
    for key in value:
        if key.strip().casefold() in UNDERSTOOD:
            raise AttributeProblem(f"{key!r} must stand within 'metadataAttributes'")
    return {key: _unwrapped(key, entry) for key, entry in attributes.items()}


def _unwrapped(key: str, entry: object) -> object:
    if not isinstance(entry, dict):
        return entry
    typed = entry.get("value")
    if not isinstance(typed, dict) or set(entry) - {"value", "includeForEmbedding"}:
        raise AttributeProblem(f'{key!r} must be a plain value or {{"value": {{"type": ..., ...}}}}')
    field, kinds = _TYPED.get(str(typed.get("type")), ("", ()))
    value = typed.get(field)
    if not field or not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool):
        raise AttributeProblem(
            f"{key!r} must have a type among {', '.join(_TYPED)} with its stringValue, numberValue, booleanValue or "
            "stringListValue"
        )
    return value
