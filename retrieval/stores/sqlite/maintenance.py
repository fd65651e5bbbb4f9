"""Writing segments: what is in no file yet, what lost many rows, and small ones together.

Sizes grow geometrically, as in a log-structured merge tree: a row is rewritten a few times in its life, and a
generation has a few segments. Files are derived: when one cannot be written, everything works without it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from retrieval.stores.sqlite.building import merge
from retrieval.stores.sqlite.connection import Database, translated
from retrieval.stores.sqlite.generations import generation_row
from retrieval.stores.sqlite.index import Index, build_rows
from retrieval.stores.sqlite.layout import Layout, Part, lay_out
from retrieval.stores.sqlite.segment import Segment, delete_segment, write_segment

__all__ = ["maintain", "remove_strays"]

_WORTH_KEEPING = 0.7  # share of a segment's rows that are current; below it the segment is written anew


@dataclass(frozen=True, kw_only=True, slots=True)
class _Change:
    """Segments to write, each from parts, and the files that they replace."""

    groups: tuple[tuple[Part, ...], ...]
    dropped: frozenset[str]


def maintain(database: Database, index: Index, generation: str, *, all_rows: bool = False, wait: bool = True) -> None:
    """Write what should be in files: from `Sizes.overdue` rows on, with ``all_rows`` whatever is in none.

    Raises `StoreError` when a file or the list of files cannot be written, a retryable one when ``wait`` is false
    and a writer is at work.
    """
    with database.read("build segments") as connection:
        number, spec = generation_row(connection, generation)
        seq, filed = connection.execute("SELECT seq, filed FROM generations WHERE id = ?", (number,)).fetchone()
        sizes = connection.execute("SELECT name, bytes FROM segments WHERE generation = ?", (number,)).fetchall()
        if all_rows and seq == filed and _present(index.folder(generation), sizes):
            return
        layout = index.layout(connection, number, spec)
        listed = {name for name, _ in sizes}
        parts = list(layout.parts)
        rows = layout.picture.rows[layout.tail]
        due = all_rows or _unfiled(layout) >= index.sizes.overdue
        if len(rows) and due:
            parts += lay_out(layout.picture, [build_rows(connection, number, rows, spec.dimensions)])[0]
    change = _planned(parts, listed, unfiled=due, largest=index.sizes.largest)
    if not change.groups and not change.dropped and not all_rows:
        return
    folder = index.folder(generation)
    with translated("write a segment"):
        written = [write_segment(folder, _merged(group)) for group in change.groups]
    counts = [sum(int(part.used.sum()) for part in group) for group in change.groups]
    kept = {name for name, _ in written}
    dropped = change.dropped - kept
    with database.write("list segments", wait=wait) as connection:
        if connection.execute("SELECT 1 FROM generations WHERE id = ?", (number,)).fetchone() is None:
            return
        connection.execute(
            "DELETE FROM segments WHERE generation = ? AND name IN (SELECT value FROM json_each(?))",
            (number, json.dumps(sorted(dropped))),
        )
        if all_rows:
            connection.execute("UPDATE generations SET filed = ? WHERE id = ?", (seq, number))
        connection.executemany(
            "INSERT OR REPLACE INTO segments VALUES (?, ?, ?, ?)",
            [(number, name, count, size) for (name, size), count in zip(written, counts, strict=True)],
        )
    index.written(number, kept)
    with translated("remove a segment"):
        for name in dropped:
            delete_segment(folder, name)


def _present(folder: Path, sizes: Sequence[tuple[str, int]]) -> bool:
    return all((folder / name).is_file() and (folder / name).stat().st_size == size for name, size in sizes)


def _unfiled(layout: Layout) -> int:
    memory = sum(int(part.used.sum()) for part in layout.parts if not part.segment.name)
    return memory + len(layout.tail)


def _planned(parts: Sequence[Part], listed: set[str], *, unfiled: bool, largest: int) -> _Change:
    """Decide what is written anew. A segment without a name is in no file."""
    files = [part for part in parts if part.segment.name]
    loose = sorted((part for part in parts if not part.segment.name), key=_size) if unfiled else []
    worn = [part for part in files if _size(part) < _WORTH_KEEPING * len(part.segment.rows)]
    groups: list[tuple[Part, ...]] = []
    group: list[Part] = []
    for part in loose + worn:
        if group and sum(map(_size, group)) + _size(part) > largest:
            groups.append(tuple(group))
            group = []
        group.append(part)
    for part in sorted((part for part in files if part not in worn), key=_size):
        total = sum(map(_size, group))
        if group and _size(part) <= 2 * total and total + _size(part) <= largest:
            group.append(part)
    if group:
        groups.append(tuple(group))
    rewritten = {part.segment.name for group in groups for part in group if part.segment.name}
    in_use = {part.segment.name for part in files}
    return _Change(groups=tuple(groups), dropped=frozenset(rewritten | (listed - in_use)))


def _size(part: Part) -> int:
    return int(part.used.sum())


def _merged(group: Sequence[Part]) -> Segment:
    return merge([(part.segment, part.used) for part in group])


def remove_strays(database: Database, index: Index, generation: str) -> None:
    """Remove files of a generation that the database does not list, as a killed process leaves them."""
    with database.read("list segments") as connection:
        number, _ = generation_row(connection, generation)
        listed = {name for (name,) in connection.execute("SELECT name FROM segments WHERE generation = ?", (number,))}
    folder = index.folder(generation)
    with translated("remove a segment"):
        if folder.is_dir():
            for path in folder.iterdir():
                if path.name not in listed:
                    path.unlink(missing_ok=True)
