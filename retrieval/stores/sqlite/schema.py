"""The tables of the SQLite store. A database says in ``user_version`` which of these it was made with."""

from __future__ import annotations

import sqlite3

from retrieval.errors import UserError

__all__ = ["PAGE_SIZE", "SCHEMA_VERSION", "fts_statement", "fts_table", "prepare"]

SCHEMA_VERSION = 2

PAGE_SIZE = 8192
"""Bytes; five vectors of 384 dimensions fill a page of this size well, a smaller one wastes a quarter."""

_TABLES = """
CREATE TABLE lease (
    one INTEGER PRIMARY KEY CHECK (one = 1), holder TEXT NOT NULL, fence INTEGER NOT NULL, expires_at TEXT NOT NULL);
INSERT INTO lease VALUES (1, '', 0, '');

CREATE TABLE generations (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, fingerprint TEXT NOT NULL, parts TEXT NOT NULL,
    dimensions INTEGER NOT NULL, state TEXT NOT NULL, seq INTEGER NOT NULL DEFAULT 0,
    filed INTEGER NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX one_current_generation ON generations (state) WHERE state = 'current';

CREATE TABLE sources (name TEXT PRIMARY KEY, root TEXT NOT NULL) WITHOUT ROWID;

-- The text read out of a version; two readings that differ under one id are two rows, so that nothing that is
-- cited ever changes beneath its citation.
CREATE TABLE extractions (
    row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, digest BLOB NOT NULL, reader TEXT NOT NULL,
    length INTEGER NOT NULL, text TEXT NOT NULL, structure BLOB NOT NULL, boxes BLOB NOT NULL, UNIQUE (id, digest));

-- One version of a document in one generation, on its way in (staged), in force (current) or kept (superseded).
CREATE TABLE versions (
    row INTEGER PRIMARY KEY AUTOINCREMENT, generation INTEGER NOT NULL REFERENCES generations (id),
    document TEXT NOT NULL, extraction INTEGER NOT NULL REFERENCES extractions (row), extraction_id TEXT NOT NULL,
    state TEXT NOT NULL, fence INTEGER NOT NULL, value TEXT NOT NULL, chunks INTEGER NOT NULL,
    changed_at TEXT NOT NULL);
CREATE INDEX versions_of_document ON versions (document, generation, state);
CREATE INDEX versions_of_extraction ON versions (extraction);
CREATE INDEX versions_by_state ON versions (state, changed_at);

CREATE TABLE documents (
    row INTEGER PRIMARY KEY AUTOINCREMENT, generation INTEGER NOT NULL REFERENCES generations (id), id TEXT NOT NULL,
    source TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL REFERENCES versions (row),
    effective_from TEXT, superseded_by TEXT, value TEXT NOT NULL, chunks INTEGER NOT NULL, committed_at TEXT NOT NULL,
    UNIQUE (generation, id), UNIQUE (generation, source, key));
CREATE INDEX documents_by_id ON documents (id);
CREATE INDEX documents_by_version ON documents (version);
CREATE INDEX documents_of_generation ON documents (generation, version);

-- Labels belong to the document, whatever the generation: a rollback never brings old rights back.
CREATE TABLE labels (
    document TEXT NOT NULL, deny INTEGER NOT NULL, label TEXT NOT NULL,
    PRIMARY KEY (document, deny, label)) WITHOUT ROWID;

CREATE TABLE metadata (
    document INTEGER NOT NULL REFERENCES documents (row), field TEXT NOT NULL, kind TEXT NOT NULL, value,
    PRIMARY KEY (document, field, kind, value)) WITHOUT ROWID;
CREATE INDEX metadata_fields ON metadata (field);

-- A row number is given once and never again, and what it names never changes: segments build on both.
CREATE TABLE chunks (
    row INTEGER PRIMARY KEY AUTOINCREMENT, version INTEGER NOT NULL REFERENCES versions (row), id TEXT NOT NULL,
    ordinal INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, kind TEXT NOT NULL,
    language TEXT NOT NULL, page INTEGER, title_tokens INTEGER NOT NULL, body_tokens INTEGER NOT NULL,
    vector INTEGER NOT NULL REFERENCES vectors (row), heading_path TEXT NOT NULL, text TEXT NOT NULL,
    embedding_text TEXT NOT NULL, lexical_title TEXT NOT NULL, lexical_text TEXT NOT NULL, UNIQUE (version, id));
CREATE INDEX chunks_of_version ON chunks (version, language, title_tokens, body_tokens, ordinal);
CREATE INDEX chunks_by_id ON chunks (id);
CREATE INDEX chunks_by_vector ON chunks (vector);

-- Of chunks in full, of statements in their compact form: the key is that of the purpose too.
CREATE TABLE vectors (row INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, vector BLOB NOT NULL);

-- What changed at which count of a generation, so that a reader brings its picture up to date in small steps.
CREATE TABLE changes (
    generation INTEGER NOT NULL, seq INTEGER NOT NULL, document INTEGER NOT NULL,
    PRIMARY KEY (generation, seq, document)) WITHOUT ROWID;

-- The derived files that may be used, by the hash of their content; the files themselves are disposable.
CREATE TABLE segments (
    generation INTEGER NOT NULL, name TEXT NOT NULL, rows INTEGER NOT NULL, bytes INTEGER NOT NULL,
    PRIMARY KEY (generation, name)) WITHOUT ROWID;

CREATE TABLE standing (
    generation TEXT NOT NULL, source TEXT NOT NULL, document TEXT NOT NULL, key TEXT NOT NULL, status TEXT NOT NULL,
    reason TEXT NOT NULL, version TEXT NOT NULL, etag TEXT NOT NULL, reader TEXT NOT NULL, attempts INTEGER NOT NULL,
    PRIMARY KEY (generation, document)) WITHOUT ROWID;
CREATE INDEX standing_of_document ON standing (document);

CREATE TABLE runs (
    row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL, started_at TEXT NOT NULL,
    value TEXT NOT NULL);
CREATE TABLE outcomes (
    run INTEGER NOT NULL REFERENCES runs (row), key TEXT NOT NULL, document TEXT NOT NULL, status TEXT NOT NULL,
    value TEXT NOT NULL, PRIMARY KEY (run, key, document)) WITHOUT ROWID;

CREATE TABLE answers (id TEXT PRIMARY KEY, principal TEXT NOT NULL, asked_at TEXT NOT NULL, value TEXT NOT NULL);
CREATE TABLE answer_documents (
    document TEXT NOT NULL, answer TEXT NOT NULL REFERENCES answers (id), PRIMARY KEY (document, answer)) WITHOUT ROWID;
CREATE INDEX answer_documents_by_answer ON answer_documents (answer);
CREATE TABLE gaps (
    id TEXT PRIMARY KEY, question TEXT NOT NULL, language TEXT NOT NULL, reason TEXT NOT NULL, count INTEGER NOT NULL,
    first_asked TEXT NOT NULL, last_asked TEXT NOT NULL) WITHOUT ROWID;
"""

_STATEMENTS = """
-- The pieces of a chunk that may be quoted, by their place in the extraction.
CREATE TABLE statements (
    chunk INTEGER NOT NULL REFERENCES chunks (row), start INTEGER NOT NULL, end INTEGER NOT NULL,
    vector INTEGER NOT NULL REFERENCES vectors (row), PRIMARY KEY (chunk, start, end)) WITHOUT ROWID;
CREATE INDEX statements_by_vector ON statements (vector);

-- The evidence rule fitted to a generation; the text is retrieval.calibration's own.
CREATE TABLE calibrations (
    generation INTEGER PRIMARY KEY REFERENCES generations (id), value TEXT NOT NULL);
"""

_ADDED = {2: _STATEMENTS}
"""What each schema has more than the one before it: a store of an older schema gets what it lacks."""


def fts_table(generation: int) -> str:
    """Return the name of a generation's FTS5 table."""
    return f"fts_{int(generation)}"


def fts_statement(generation: int) -> str:
    """Return the statement that makes a generation's lexical index of our own tokens, separated by spaces.

    Every category but white space is a token character, so that a token stays whole whatever it is made of.
    ``detail=none`` keeps no positions: no phrase is ever asked for.
    """
    return (
        f"CREATE VIRTUAL TABLE {fts_table(generation)} USING fts5(title, body, detail=none, "
        "tokenize=\"unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'\")"
    )


def prepare(connection: sqlite3.Connection, *, path: str) -> None:
    """Make the tables in an empty database, and in one of an older schema those it lacks, in one transaction.

    Refuses a newer one with `UserError`.
    """
    found = _version(connection)
    if found < SCHEMA_VERSION:
        connection.execute("BEGIN IMMEDIATE")
        try:
            found = _version(connection)
            if found < SCHEMA_VERSION:
                for statement in _lacking(found).split(";\n"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
                found = SCHEMA_VERSION
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
    if found > SCHEMA_VERSION:
        raise UserError(
            f"The store {path!r} was written by a newer Tenkyo (schema {found}, this one knows {SCHEMA_VERSION}): "
            "upgrade Tenkyo, or name another store in TENKYO_STORE."
        )


def _lacking(found: int) -> str:
    """Return the statements that bring a database of schema ``found``, 0 for an empty one, to this one."""
    return "".join(([] if found else [_TABLES]) + [sql for number, sql in _ADDED.items() if number > max(found, 1)])


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
