"""What tells a document apart from others of its kind: product, version, plan, model number, year. Pure.

Taken from the metadata fields that sources declare for it, from identifiers in the title and the headings (AB-100S),
and from a year or date in the title (2025年版).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from retrieval.answers.coverage import is_identifier
from retrieval.text.facts import FactKind, facts_in
from retrieval.text.folding import nfkc
from retrieval.text.lexical import analyze
from retrieval.values import MetadataValue, Passage

__all__ = ["DATE", "MODEL", "apart", "marks"]

MODEL = "model"
"""The field of identifiers in titles and headings, which no source declared."""

DATE = "date"
"""The field of a year or date in the title."""

_YEAR = re.compile(r"(?<![\w.-])(?:19|20)[0-9]{2}(?![0-9]|[\w.-]*[0-9])")
_DECLARED = frozenset(
    {"product", "model", "edition", "version", "plan", "tier", "platform", "series", "region", "country"}
    | {"製品", "製品名", "型番", "機種", "品番", "版", "バージョン", "プラン", "エディション", "地域", "国"}
)


def marks(passage: Passage) -> dict[str, frozenset[str]]:
    """Return the values that tell a passage's document apart, by field; a field of several values names them all."""
    found = {name: _listed(value) for name, value in _declared(passage.metadata)}
    for over in (passage.heading_path[-1:], (passage.title,)):
        models = _models(over)
        if models:
            found[MODEL] = models
            break
    dated = _date(passage.title)
    if dated:
        found[DATE] = frozenset({dated})
    return found


def apart(one: Passage, other: Passage) -> bool:
    """Tell whether two passages are marked as being about different things: a field that shares no value."""
    mine, theirs = marks(one), marks(other)
    return any(mine[field].isdisjoint(theirs[field]) for field in mine.keys() & theirs.keys())


def _declared(metadata: Mapping[str, MetadataValue]) -> Iterable[tuple[str, MetadataValue]]:
    return ((name, metadata[name]) for name in sorted(metadata) if name.casefold() in _DECLARED)


def _listed(value: MetadataValue) -> frozenset[str]:
    listed = value if isinstance(value, tuple) else (value,)
    return frozenset(str(one) for one in listed)


def _date(title: str) -> str:
    """Return the date in a title with all its parts, else the year, of a fiscal year too; empty without any."""
    dates = [fact.value for fact in facts_in(title) if fact.kind is FactKind.DATE]
    years = [match.group() for match in _YEAR.finditer(nfkc(title))]
    return max(dates, key=lambda one: (len(one), one)) if dates else max(years, default="")


def _models(texts: Iterable[str]) -> frozenset[str]:
    """Return the identifiers of texts, the longest form of each."""
    found = {token for text in texts for token in analyze(text) if is_identifier(token)}
    return frozenset(token for token in found if not any(token != other and token in other for other in found))
