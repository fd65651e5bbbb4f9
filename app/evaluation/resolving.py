"""Find the documents that a question set names by path or record id."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from retrieval.access import OPERATOR, filter_for
from retrieval.errors import NotVisible
from retrieval.ids import document_id
from retrieval.ports import StoredDocument, View
from retrieval.values import Filter

__all__ = ["Library", "visible"]

_ALL = filter_for(OPERATOR)


class Library:
    """The documents of a store by the names that people give them.

    A name is a path relative to the root of a source, or a record's id, in any source; ``source/key`` in that source;
    ``file#id`` is the record ``id`` of the source that was read from ``file`` or is named like it.
    """

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._roots = dict(sorted(sources.items()))
        self._found: dict[str, tuple[StoredDocument, ...]] = {}

    def named(self, name: str, view: View) -> tuple[StoredDocument, ...]:
        """Return the documents of a name, by source; several when several sources hold the key, none when none does."""
        if name not in self._found:
            places = dict.fromkeys((*self._plain(name), *self._of_record(name)))
            self._found[name] = tuple(stored for place in places if (stored := _stored(view, *place, where=_ALL)))
        return self._found[name]

    def _plain(self, name: str) -> Iterator[tuple[str, str]]:
        for source in self._roots:
            for form in (name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)):
                yield source, form
                if form.startswith(f"{source}/"):
                    yield source, form.removeprefix(f"{source}/")

    def _of_record(self, name: str) -> Iterator[tuple[str, str]]:
        file, mark, record = name.rpartition("#")
        if not mark:
            return
        path = PurePosixPath(file)
        stem = path.name.removesuffix(".gz").rpartition(".")[0] or path.name
        for source, root in self._roots.items():
            if source == stem or PurePosixPath(root.replace("\\", "/")).name == path.name:
                yield source, record


def visible(document: StoredDocument, view: View, *, where: Filter) -> bool:
    """Tell whether a filter admits a document."""
    return _stored(view, document.document.source, document.document.key, where=where) is not None


def _stored(view: View, source: str, key: str, *, where: Filter) -> StoredDocument | None:
    try:
        return view.document(document_id(source=source, key=key), where=where)
    except NotVisible:
        return None
