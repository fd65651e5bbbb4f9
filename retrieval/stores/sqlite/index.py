"""The derived index of one store in one process: pictures, open segments, and what has to be built in memory."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import structlog

from retrieval.stores.sqlite.building import build
from retrieval.stores.sqlite.layout import Layout, lay_out, norms_of
from retrieval.stores.sqlite.picture import Picture, take_picture
from retrieval.stores.sqlite.schema import fts_table
from retrieval.stores.sqlite.segment import Damaged, Floats, Ints, Segment, open_segment
from retrieval.values import GenerationSpec

__all__ = ["Index", "Sizes", "build_rows", "vectors_of"]

_PICTURES_KEPT = 4

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizes:
    """Numbers of rows: ``tail`` may lie in no segment, ``overdue`` in no file, ``largest`` in one segment.

    What lies in no segment is looked up in the database itself; a segment is bounded so that building and merging
    it takes a bounded amount of memory.
    """

    tail: int = 512
    overdue: int = 4_096
    largest: int = 16_384


@dataclass(kw_only=True)
class _Shelf:
    """What this process keeps of one generation. ``memory`` are segments that are not, or not yet, files."""

    files: dict[str, Segment] = field(default_factory=dict)
    unusable: set[str] = field(default_factory=set)
    given_up: bool = False
    memory: list[Segment] = field(default_factory=list)
    layouts: OrderedDict[tuple[int, tuple[str, ...]], Layout] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Index:
    """Gives layouts to views. Thread-safe; one per store."""

    def __init__(self, folder: Path, sizes: Sizes) -> None:
        self.sizes = sizes
        self._folder = folder
        self._shelves: dict[int, _Shelf] = {}
        self._lock = threading.Lock()

    def folder(self, name: str) -> Path:
        """Return the folder of a generation's segments."""
        return self._folder / name

    def forget(self, generation: int) -> None:
        """Drop what is kept of a generation."""
        with self._lock:
            self._shelves.pop(generation, None)

    def overdue(self, generation: int) -> bool:
        """Tell whether segments should be written: one was found missing or damaged, or memory holds many rows."""
        shelf = self._shelf(generation)
        in_memory = sum(len(segment.rows) for segment in shelf.memory)
        return not shelf.given_up and (bool(shelf.unusable) or in_memory >= self.sizes.overdue)

    def give_up(self, generation: int) -> None:
        """Leave writing segments to others from now on: what cannot be written now would be tried at every view."""
        self._shelf(generation).given_up = True

    def written(self, generation: int, names: Collection[str]) -> None:
        """Take up files that were written, also in place of damaged ones of the same name, the hash of the content."""
        shelf = self._shelf(generation)
        with shelf.lock:
            if not shelf.unusable.isdisjoint(names):
                shelf.unusable.difference_update(names)
                shelf.memory.clear()
                shelf.layouts.clear()

    def layout(self, connection: sqlite3.Connection, generation: int, spec: GenerationSpec) -> Layout:
        """Return the layout of what ``connection`` sees, with a tail of at most `Sizes.tail` rows."""
        (seq,) = connection.execute("SELECT seq FROM generations WHERE id = ?", (generation,)).fetchone()
        listed = connection.execute(
            "SELECT name, bytes FROM segments WHERE generation = ? ORDER BY rows DESC, name", (generation,)
        ).fetchall()
        key = (seq, tuple(segment for segment, _ in listed))
        shelf = self._shelf(generation)
        with shelf.lock:
            known = shelf.layouts.get(key)
            if known is None:
                picture = take_picture(
                    connection, generation, seq, [layout.picture for layout in shelf.layouts.values()]
                )
                known = self._lay_out(
                    connection, shelf, self._opened(shelf, spec.name, listed), picture, spec.dimensions
                )
                shelf.layouts[key] = known
                while len(shelf.layouts) > _PICTURES_KEPT:
                    shelf.layouts.popitem(last=False)
            else:
                shelf.layouts.move_to_end(key)
            return known

    def _shelf(self, generation: int) -> _Shelf:
        with self._lock:
            return self._shelves.setdefault(generation, _Shelf())

    def _opened(self, shelf: _Shelf, name: str, listed: list[tuple[str, int]]) -> list[Segment]:
        for segment, size in listed:
            if segment in shelf.files or segment in shelf.unusable:
                continue
            try:
                shelf.files[segment] = open_segment(self.folder(name), segment, size=size)
            except Damaged as exc:
                shelf.unusable.add(segment)
                _log.warning("segment.unusable", generation=name, problem=str(exc))
        wanted = {segment for segment, _ in listed}
        for segment in shelf.files.keys() - wanted:
            del shelf.files[segment]
        shelf.unusable &= wanted
        return [shelf.files[segment] for segment, _ in listed if segment in shelf.files]

    def _lay_out(
        self, connection: sqlite3.Connection, shelf: _Shelf, files: list[Segment], picture: Picture, dimensions: int
    ) -> Layout:
        parts, tail = lay_out(picture, [*files, *shelf.memory])
        if len(tail) > self.sizes.tail:
            for begin in range(0, len(tail), self.sizes.largest):
                rows = picture.rows[tail[begin : begin + self.sizes.largest]]
                shelf.memory.append(build_rows(connection, picture.generation, rows, dimensions))
            parts, tail = lay_out(picture, [*files, *shelf.memory])
        in_use = {id(part.segment) for part in parts}
        shelf.memory = [segment for segment in shelf.memory if id(segment) in in_use]
        return Layout(
            picture=picture,
            parts=parts,
            tail=tail,
            tail_vectors=vectors_of(connection, picture.rows[tail], dimensions),
            norms=norms_of(picture),
        )


def vectors_of(connection: sqlite3.Connection, rows: Ints, dimensions: int) -> Floats:
    """Return the vectors of chunk rows, given in rising order, as one matrix."""
    vectors = np.empty((len(rows), dimensions), dtype=np.float32)
    found = connection.execute(
        "SELECT v.vector FROM chunks c JOIN vectors v ON v.row = c.vector"
        " WHERE c.row IN (SELECT value FROM json_each(?)) ORDER BY c.row",
        (json.dumps(rows.tolist()),),
    )
    for i, (vector,) in enumerate(found):
        vectors[i] = np.frombuffer(vector, dtype="<f4")
    return vectors


def build_rows(connection: sqlite3.Connection, generation: int, rows: Ints, dimensions: int) -> Segment:
    """Return a segment of chunk rows, read from the database."""
    titles: list[list[str]] = []
    bodies: list[list[str]] = []
    for title, body in connection.execute(
        f"SELECT title, body FROM {fts_table(generation)}"  # noqa: S608 - a number of our own
        " WHERE rowid IN (SELECT value FROM json_each(?)) ORDER BY rowid",
        (json.dumps(rows.tolist()),),
    ):
        titles.append(title.split())
        bodies.append(body.split())
    return build(rows, vectors_of(connection, rows, dimensions), titles, bodies)
