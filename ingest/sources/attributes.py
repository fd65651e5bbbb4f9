"""What a sidecar or a record says of its document, checked value by value.

The keys in `UNDERSTOOD` have a meaning of their own; every other key becomes a metadata field to filter on.
Nothing is guessed: a value of the wrong kind is an error that names the key and what is expected.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date

from retrieval.errors import UserError
from retrieval.values import Attributes, Labels, MetadataValue

__all__ = ["UNDERSTOOD", "AttributeProblem", "attributes_of", "label_set"]

UNDERSTOOD = frozenset({"allow", "deny", "title", "language", "effective_from", "superseded_by", "review_by", "trust"})
"""The keys that Tenkyo reads itself and does not pass on as metadata."""

_RIGHTS = frozenset({"allow", "deny"})
_LABEL = re.compile(r"[^\s,\x00-\x1f\x7f\ud800-\udfff]{1,128}")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*")
_UNPRINTABLE = re.compile(r"[\x00\ud800-\udfff]")


class AttributeProblem(ValueError):
    """A value that cannot be taken as it stands; the message is a sentence without a full stop."""


def label_set(labels: Iterable[str]) -> frozenset[str]:
    """Return labels as a set. Raises `UserError` for an empty one or one with white space or commas."""
    found = frozenset(labels)
    for label in sorted(found):
        if not _LABEL.fullmatch(label):
            raise UserError(f"{label!r} is no label: use 1 to 128 characters without white space and commas")
    return found


def attributes_of(values: Mapping[str, object], *, labels: frozenset[str]) -> Attributes:
    """Return the attributes that ``values`` spell out, with ``labels`` where they allow nothing themselves.

    ``allow`` replaces ``labels`` (an empty list shows the document to nobody but the operator), ``deny`` is
    added. A value of None counts as absent. Another spelling of the two (``Allow``) is refused: taken for metadata it
    would leave the document open to whom the defaults allow. Raises `AttributeProblem`.
    """
    given = {key: value for key, value in values.items() if value is not None}
    for key in given.keys() - _RIGHTS:
        if key.strip().casefold() in _RIGHTS:
            raise AttributeProblem(f"{key!r} must be written {key.strip().casefold()!r}")
    return Attributes(
        labels=Labels(
            allow=_labels(given, "allow") if "allow" in given else labels,
            deny=_labels(given, "deny") if "deny" in given else frozenset(),
        ),
        title=_word(given, "title"),
        language=_language(given),
        effective_from=_day(given, "effective_from"),
        superseded_by=_word(given, "superseded_by"),
        review_by=_day(given, "review_by"),
        trust=_word(given, "trust"),
        metadata={_field(key): _metadata(key, value) for key, value in sorted(given.items()) if key not in UNDERSTOOD},
    )


def _labels(values: Mapping[str, object], key: str) -> frozenset[str]:
    value = values[key]
    parts: list[object]
    if isinstance(value, str):
        parts = [part.strip() for part in value.split(",") if part.strip()]
    elif isinstance(value, list | tuple):
        parts = list(value)
    else:
        raise AttributeProblem(f"{key!r} must be a list of labels, not {_kind(value)}")
    for part in parts:
        if not isinstance(part, str) or not _LABEL.fullmatch(part):
            raise AttributeProblem(f"{key!r} holds {part!r}, which is no label (no white space, no commas)")
    return frozenset(str(part) for part in parts)


def _word(values: Mapping[str, object], key: str) -> str | None:
    value = values.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or _UNPRINTABLE.search(value):
        raise AttributeProblem(f"{key!r} must be a text, not {_kind(value)}")
    return " ".join(value.split()) or None


def _language(values: Mapping[str, object]) -> str | None:
    value = _word(values, "language")
    if value is None:
        return None
    match = _LANGUAGE.fullmatch(value)
    if match is None:
        raise AttributeProblem(f"'language' is {value!r}, but must be a code such as 'ja' or 'en'")
    return match[1].lower()


def _day(values: Mapping[str, object], key: str) -> date | None:
    value = values.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip()[:10] if "T" in value else value.strip())
        except ValueError:
            pass
    raise AttributeProblem(f"{key!r} is {value!r}, but must be a day such as '2026-04-01'")


def _field(key: str) -> str:
    if not key.strip() or len(key) > 128 or _UNPRINTABLE.search(key):
        raise AttributeProblem(f"{key[:40]!r} is no name of a metadata field (1 to 128 characters)")
    return key


def _metadata(key: str, value: object) -> MetadataValue:
    if isinstance(value, str) and not _UNPRINTABLE.search(value):
        return value
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < 2**63:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, list | tuple) and all(isinstance(v, str) and not _UNPRINTABLE.search(v) for v in value):
        return tuple(value)
    raise AttributeProblem(f"{key!r} must be a text, a number, true, false or a list of texts, not {_kind(value)}")


def _kind(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", dict: "an object", list: "a list"}
    return names.get(type(value), "an unreadable text" if isinstance(value, str) else type(value).__name__)
