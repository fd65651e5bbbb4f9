"""What tells a document apart from others of its kind: product, version, plan, model number, year. Pure.

Taken from the metadata fields that sources declare for it, from model and version numbers in the title and the nearest
heading (AB-100S, 2.8.0), and from a year or date in the title (2025年版).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from retrieval.answers.coverage import is_identifier
from retrieval.text.facts import FactKind, facts_in, find_facts
from retrieval.text.folding import nfkc
from retrieval.values import MetadataValue, Passage

__all__ = ["DATE", "MODEL", "VERSION", "apart", "marks"]

MODEL = "model"
"""The field of identifiers in titles and headings, which no source declared."""

VERSION = "version"
"""The field of version numbers in titles and headings (2.8.0, v2), where no source declared it."""

DATE = "date"
"""The field of a year or date in the title."""

_VERSION = re.compile(r"v\d+(?:\.\d+)*")
_YEAR = re.compile(r"(?<![\w.-])(?:19|20)[0-9]{2}(?![0-9]|[\w.-]*[0-9])")
_DECLARED = frozenset(
    {"product", "model", "edition", "version", "plan", "tier", "platform", "series", "region", "country"}
    | {"製品", "製品名", "型番", "機種", "品番", "版", "バージョン", "プラン", "エディション", "地域", "国"}
)


def marks(passage: Passage) -> dict[str, dict[str, str]]:
    """Return what tells a passage's document apart: by field its values, each with how it is written.

    A field of several values names them all. Declared fields come first, by name.
    """
    found = {name: {one: one for one in _listed(value)} for name, value in _declared(passage.metadata)}
    for over in (passage.title, *passage.heading_path[-1:]):  # the nearest heading says it last
        found.update(
            {
                field: values
                for field, values in _identified(over).items()
                if field == MODEL or field not in passage.metadata
            }
        )
    dated = _date(passage.title)
    if dated:
        found[DATE] = {dated: dated}
    return found


def apart(one: Passage, other: Passage) -> bool:
    """Tell whether two passages are marked as being about different things: a field that shares no value."""
    mine, theirs = marks(one), marks(other)
    return any(mine[field].keys().isdisjoint(theirs[field]) for field in mine.keys() & theirs.keys())


def _declared(metadata: Mapping[str, MetadataValue]) -> Iterable[tuple[str, MetadataValue]]:
    return ((name, metadata[name]) for name in sorted(metadata) if name.casefold() in _DECLARED)


def _listed(value: MetadataValue) -> list[str]:
    listed = value if isinstance(value, tuple) else (value,)
    return [str(one) for one in listed]


def _date(title: str) -> str:
    """Return the date in a title with all its parts, else the year, of a fiscal year too; empty without any."""
    dates = [fact.value for fact in facts_in(title) if fact.kind is FactKind.DATE]
    years = [match.group() for match in _YEAR.finditer(nfkc(title))]
    return max(dates, key=lambda one: (len(one), one)) if dates else max(years, default="")


def _identified(text: str) -> dict[str, dict[str, str]]:
    """Return the identifiers of a text by field, the same with or without hyphens, each with how it is written."""
    identified: dict[str, dict[str, str]] = {}
    for found in find_facts(text):
        value = found.fact.value
        if found.fact.kind is FactKind.CODE and (_VERSION.fullmatch(value) or is_identifier(value)):
            field = VERSION if _VERSION.fullmatch(value) else MODEL
            identified.setdefault(field, {})[value] = nfkc(text[found.span.start : found.span.end])
    return identified
