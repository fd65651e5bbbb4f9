"""Generations, sources, what is known of documents, and the soundness of the whole."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator

from retrieval.errors import StoreError, UserError
from retrieval.stores.records import decode_document
from retrieval.stores.sqlite import checking, dumping
from retrieval.stores.sqlite.connection import Database, translated
from retrieval.stores.sqlite.documents import labels_of
from retrieval.stores.sqlite.generations import generation_row
from retrieval.stores.sqlite.guard import fenced, guarded
from retrieval.stores.sqlite.index import Index
from retrieval.stores.sqlite.removal import drop_orphans, drop_version
from retrieval.stores.sqlite.schema import fts_statement, fts_table
from retrieval.values import Attributes, GenerationSpec, KnownDocument, OutcomeStatus

__all__ = ["SqliteAdmin"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class SqliteAdmin:
    """The `Admin` of the SQLite store but for its leases."""

    def __init__(self, database: Database, index: Index) -> None:
        self._database = database
        self._index = index

    def create_generation(self, spec: GenerationSpec, *, fence: int) -> None:
        """See `Admin.create_generation`. A name is 1-64 letters, digits, dots, underscores and hyphens."""
        if not _NAME.fullmatch(spec.name) or spec.dimensions < 1:
            raise UserError(f"{spec.name!r} with {spec.dimensions} dimensions cannot be a generation.")
        with self._database.write("create a generation", durable=True) as connection:
            fenced(connection, fence)
            found = connection.execute("SELECT 1 FROM generations WHERE name = ?", (spec.name,)).fetchone()
            if found is not None:
                _, known = generation_row(connection, spec.name)
                same = (known.fingerprint, dict(known.parts), known.dimensions)
                if same != (spec.fingerprint, dict(spec.parts), spec.dimensions):
                    raise StoreError(f"There is another generation {spec.name!r}, built with other parts.")
                return
            number = connection.execute(
                "INSERT INTO generations (name, fingerprint, parts, dimensions, state) VALUES (?, ?, ?, ?, 'building')",
                (spec.name, spec.fingerprint, json.dumps(dict(spec.parts), sort_keys=True), spec.dimensions),
            ).lastrowid
            connection.execute(fts_statement(int(number or 0)))

    def promote(self, name: str, *, fence: int) -> None:
        """See `Admin.promote`."""
        with self._database.write("promote a generation", durable=True) as connection:
            number, _ = guarded(connection, fence=fence, generation=name)
            connection.execute(
                "UPDATE generations SET state = 'retired' WHERE state = 'current' AND id <> ?", (number,)
            )
            connection.execute("UPDATE generations SET state = 'current' WHERE id = ?", (number,))

    def drop(self, name: str, *, fence: int) -> None:
        """See `Admin.drop`. Harmless when there is no such generation."""
        with self._database.write("drop a generation", durable=True) as connection:
            fenced(connection, fence)
            found = connection.execute("SELECT id, state FROM generations WHERE name = ?", (name,)).fetchone()
            if found is None:
                return
            number, state = found
            if state == "current":
                raise UserError(f"Generation {name!r} is current and cannot be dropped: promote another one first.")
            _drop_rows(connection, number)
            connection.execute("DELETE FROM standing WHERE generation = ?", (name,))
        self._index.forget(number)
        with translated("remove segments"):
            shutil.rmtree(self._index.folder(name), ignore_errors=True)

    def set_calibration(self, name: str, calibration: str, *, fence: int) -> None:
        """See `Admin.set_calibration`."""
        with self._database.write("keep a calibration") as connection:
            number, _ = guarded(connection, fence=fence, generation=name)
            connection.execute("INSERT OR REPLACE INTO calibrations VALUES (?, ?)", (number, calibration))

    def generations(self) -> tuple[GenerationSpec, ...]:
        """See `Admin.generations`."""
        with self._database.read("list generations") as connection:
            names = connection.execute("SELECT name FROM generations ORDER BY state <> 'current', name").fetchall()
            return tuple(generation_row(connection, name)[1] for (name,) in names)

    def register_source(self, name: str, root: str, *, fence: int) -> None:
        """See `Admin.register_source`."""
        with self._database.write("note a source") as connection:
            fenced(connection, fence)
            found = connection.execute("SELECT root FROM sources WHERE name = ?", (name,)).fetchone()
            if found is not None and found[0] != root:
                raise UserError(
                    f"Source {name!r} is known at {found[0]!r}, not at {root!r}:"
                    " give this one another name with --source."
                )
            connection.execute("INSERT OR IGNORE INTO sources VALUES (?, ?)", (name, root))

    def sources(self) -> dict[str, str]:
        """See `Admin.sources`."""
        with self._database.read("list sources") as connection:
            return dict(connection.execute("SELECT name, root FROM sources ORDER BY name").fetchall())

    def known(self, source: str, *, generation: str) -> dict[str, KnownDocument]:
        """See `Admin.known`. A committed document keeps version and etag of what is committed."""
        with self._database.read("list what is known of a source") as connection:
            number, _ = generation_row(connection, generation)
            return _known(connection, number, generation, source)

    def kept_versions(self) -> frozenset[str]:
        """See `Admin.kept_versions`."""
        with self._database.read("list kept versions") as connection:
            found = connection.execute("SELECT DISTINCT json_extract(value, '$.version') FROM versions").fetchall()
            return frozenset(version for (version,) in found)

    def dump(self, *, generation: str | None = None, vectors: bool = False) -> Iterator[str]:
        """See `Admin.dump`; with ``vectors`` their numbers too, for `retrieval.stores.dumps.compare_dumps`."""
        with self._database.read("dump the store") as connection:
            if generation is None and connection.execute("SELECT 1 FROM generations LIMIT 1").fetchone() is None:
                return
            number, spec = generation_row(connection, generation)
            yield from dumping.lines(connection, number, spec, vectors=vectors)

    def check(self) -> tuple[str, ...]:
        """See `Admin.check`."""
        with self._database.read("check the store") as connection:
            return tuple(checking.findings(connection, self._index))


def _drop_rows(connection: sqlite3.Connection, number: int) -> None:
    connection.execute(
        "DELETE FROM metadata WHERE document IN (SELECT row FROM documents WHERE generation = ?)", (number,)
    )
    connection.execute("DELETE FROM documents WHERE generation = ?", (number,))
    for (version,) in connection.execute("SELECT row FROM versions WHERE generation = ?", (number,)).fetchall():
        drop_version(connection, number, version)
    connection.execute("DELETE FROM labels WHERE document NOT IN (SELECT document FROM versions)")
    for table in ("changes", "segments", "calibrations"):
        connection.execute(f"DELETE FROM {table} WHERE generation = ?", (number,))  # noqa: S608 - one of three constants
    connection.execute("DELETE FROM generations WHERE id = ?", (number,))
    connection.execute(f"DROP TABLE {fts_table(number)}")
    drop_orphans(connection)


def _known(connection: sqlite3.Connection, number: int, generation: str, source: str) -> dict[str, KnownDocument]:
    found: dict[str, KnownDocument] = {}
    for document, key, status, reason, version, etag, reader, attempts in connection.execute(
        "SELECT document, key, status, reason, version, etag, reader, attempts FROM standing"
        " WHERE generation = ? AND source = ? ORDER BY key",
        (generation, source),
    ):
        found[key] = KnownDocument(
            id=document,
            key=key,
            version=version,
            etag=etag,
            extraction_id="",
            title="",
            attributes=Attributes(),
            committed=False,
            status=OutcomeStatus(status),
            reason=reason,
            reader_fingerprint=reader,
            attempts=attempts,
        )
    for document_id, value, reader in connection.execute(
        "SELECT d.id, d.value, x.reader FROM documents d JOIN versions v ON v.row = d.version"
        " JOIN extractions x ON x.row = v.extraction WHERE d.generation = ? AND d.source = ?",
        (number, source),
    ).fetchall():
        document = decode_document(value, labels=labels_of(connection, document_id))
        standing = found.get(document.key)
        default = OutcomeStatus.PARTIAL if document.missing else OutcomeStatus.INDEXED
        found[document.key] = KnownDocument(
            id=document.id,
            key=document.key,
            version=document.version,
            etag=document.etag,
            extraction_id=document.extraction_id,
            title=document.title,
            attributes=document.attributes,
            committed=True,
            status=standing.status if standing else default,
            reason=standing.reason if standing else "",
            reader_fingerprint=reader,
            attempts=standing.attempts if standing else 0,
        )
    return dict(sorted(found.items()))
