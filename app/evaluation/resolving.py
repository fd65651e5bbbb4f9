"""Find the documents that a question set names by path or record id."""

from __future__ import annotations

from collections.abc import Mapping

from retrieval.access import OPERATOR, filter_for
from retrieval.errors import NotVisible
from retrieval.ids import document_id
from retrieval.ports import StoredDocument, View
from retrieval.search.naming import places_of
from retrieval.values import Filter

__all__ = ["Library", "visible"]

_ALL = filter_for(OPERATOR)


class Library:
    """The documents of a store by the names that people give them (`retrieval.search.naming`)."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._roots = dict(sorted(sources.items()))
        self._found: dict[str, tuple[StoredDocument, ...]] = {}

    def named(self, name: str, view: View) -> tuple[StoredDocument, ...]:
        """Return the documents of a name, by source; several when several sources hold the key, none when none does."""
        if name not in self._found:
            places = dict.fromkeys(places_of(name, self._roots))
            self._found[name] = tuple(stored for place in places if (stored := _stored(view, *place, where=_ALL)))
        return self._found[name]


def visible(document: StoredDocument, view: View, *, where: Filter) -> bool:
    """Tell whether a filter admits a document."""
    return _stored(view, document.document.source, document.document.key, where=where) is not None


def _stored(view: View, source: str, key: str, *, where: Filter) -> StoredDocument | None:
    try:
        return view.document(document_id(source=source, key=key), where=where)
    except NotVisible:
        return None
