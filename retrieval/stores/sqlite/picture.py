"""Which chunk rows of a generation are current, as arrays, at one count of its changes."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from retrieval.stores.sqlite.admission import admission, filter_key
from retrieval.stores.sqlite.segment import Ints
from retrieval.values import Filter

__all__ = ["Bools", "Picture", "take_picture"]

Bools = npt.NDArray[np.bool_]

_FILTERS_KEPT = 64
_MOST_CHANGES = 2_000  # beyond this many changed documents a new picture is cheaper than a changed one


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Picture:
    """The current chunks of ``generation`` (its number) after ``seq`` changes, in rising order of ``rows``.

    ``documents`` are numbers of rows of the documents table, ``languages`` indexes into ``language_names``, the
    two ``tokens`` arrays the lengths of the lexical fields. Shared between threads; the arrays are never changed.
    """

    generation: int
    seq: int
    rows: Ints
    documents: Ints
    languages: Ints
    title_tokens: Ints
    body_tokens: Ints
    language_names: tuple[str, ...]
    _masks: OrderedDict[tuple[object, ...], Bools] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def admitted(self, connection: sqlite3.Connection, where: Filter) -> Bools:
        """Return which rows a filter admits; ``connection`` must see the generation after ``seq`` changes."""
        key = filter_key(where)
        with self._lock:
            known = self._masks.get(key)
            if known is not None:
                self._masks.move_to_end(key)
                return known
        mask = self._mask(connection, where)
        with self._lock:
            self._masks[key] = mask
            while len(self._masks) > _FILTERS_KEPT:
                self._masks.popitem(last=False)
        return mask

    def _mask(self, connection: sqlite3.Connection, where: Filter) -> Bools:
        mask = np.ones(len(self.rows), dtype=np.bool_)
        rule = admission(where)
        if rule.sql != "1" and len(mask):
            found = connection.execute(
                f"SELECT d.row FROM documents d WHERE d.generation = ? AND {rule.sql}",  # noqa: S608 - made of constants
                (self.generation, *rule.parameters),
            ).fetchall()
            admitted = np.zeros(int(self.documents.max()) + 1, dtype=np.bool_)
            admitted[np.fromiter((row for (row,) in found), dtype=np.int64, count=len(found))] = True
            mask = admitted[self.documents]
        if where.languages is not None:
            wanted = np.array([name in where.languages for name in self.language_names], dtype=np.bool_)
            mask &= wanted[self.languages] if len(wanted) else False
        return mask


def take_picture(connection: sqlite3.Connection, generation: int, seq: int, known: Iterable[Picture]) -> Picture:
    """Return the picture after ``seq`` changes, which ``connection`` sees, from the nearest known one if there is any.

    Pictures later than ``seq`` are of no use to an older reader and are passed over.
    """
    earlier = max((picture for picture in known if picture.seq <= seq), key=lambda picture: picture.seq, default=None)
    if earlier is None:
        return _fetched(connection, generation, seq, None, ())
    if earlier.seq == seq:
        return earlier
    counts, changed = set(), set()
    for count, document in connection.execute(
        "SELECT seq, document FROM changes WHERE generation = ? AND seq > ? AND seq <= ? LIMIT ?",
        (generation, earlier.seq, seq, _MOST_CHANGES + 1),
    ):
        counts.add(count)
        changed.add(document)
    if len(counts) != seq - earlier.seq or len(changed) > _MOST_CHANGES:
        return _fetched(connection, generation, seq, None, ())
    fresh = _fetched(connection, generation, seq, sorted(changed), earlier.language_names)
    return _joined(earlier, fresh, changed)


def _fetched(
    connection: sqlite3.Connection, generation: int, seq: int, documents: list[int] | None, names: tuple[str, ...]
) -> Picture:
    narrowed = "" if documents is None else "AND d.row IN (SELECT value FROM json_each(?))"
    found = connection.execute(
        "SELECT c.row, d.row, c.title_tokens, c.body_tokens, c.language FROM documents d"  # noqa: S608 - constants
        f" JOIN chunks c ON c.version = d.version WHERE d.generation = ? {narrowed}",
        (generation,) if documents is None else (generation, json.dumps(documents)),
    ).fetchall()
    places = {name: i for i, name in enumerate(names)}
    columns = list(zip(*found, strict=True)) or [()] * 5
    languages = [places.setdefault(language, len(places)) for language in columns[4]]
    table = [np.array(column, dtype=np.int64) for column in (*columns[:4], languages)]
    order = np.argsort(table[0], kind="stable")
    table = [column[order] for column in table]
    return Picture(
        generation=generation,
        seq=seq,
        rows=table[0],
        documents=table[1],
        title_tokens=table[2],
        body_tokens=table[3],
        languages=table[4],
        language_names=tuple(places),
    )


def _joined(earlier: Picture, fresh: Picture, changed: set[int]) -> Picture:
    stays = ~np.isin(earlier.documents, np.fromiter(changed, dtype=np.int64, count=len(changed)))
    rows = np.concatenate([earlier.rows[stays], fresh.rows])
    order = np.argsort(rows, kind="stable")

    def both(name: str) -> Ints:
        joined: Ints = np.concatenate([getattr(earlier, name)[stays], getattr(fresh, name)])[order]
        return joined

    return replace(
        fresh,
        rows=rows[order],
        documents=both("documents"),
        title_tokens=both("title_tokens"),
        body_tokens=both("body_tokens"),
        languages=both("languages"),
        _masks=OrderedDict(),
        _lock=threading.Lock(),
    )
