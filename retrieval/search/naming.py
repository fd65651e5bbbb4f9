"""The names that people give to documents, as places in sources. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from retrieval.ids import document_id

__all__ = ["ids_of", "places_of"]

_ID = re.compile(r"[0-9a-f]{32}")


def places_of(name: str, roots: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the places, as source and key, that a name may mean; ``roots`` are the sources by name.

    A name is a path relative to the root of a source, or a record's id, in any source; ``source/key`` in that source;
    ``file#id`` is the record ``id`` of the source that was read from ``file`` or is named like it.
    """
    for source in sorted(roots):
        for form in (name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)):
            yield source, form
            if form.startswith(f"{source}/"):
                yield source, form.removeprefix(f"{source}/")
    file, mark, record = name.rpartition("#")
    if not mark:
        return
    last = _last(file)
    stem = last.removesuffix(".gz").rpartition(".")[0] or last
    for source, root in sorted(roots.items()):
        if source == stem or _last(root.replace("\\", "/")) == last:
            yield source, record


def _last(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def ids_of(name: str, roots: Mapping[str, str]) -> tuple[str, ...]:
    """Return the ids of the documents that a name may mean, whether they are there or not; an id means itself."""
    own = (name,) if _ID.fullmatch(name) else ()
    return tuple(dict.fromkeys((*own, *(document_id(source=s, key=k) for s, k in places_of(name, roots)))))
