"""What running and asking leave behind. Short transactions without a fence, from any process."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from retrieval.errors import StoreError
from retrieval.ids import fingerprint
from retrieval.ports import Clock
from retrieval.stores.records import (
    decode_answer,
    decode_outcome,
    decode_run,
    encode_answer,
    encode_outcome,
    encode_run,
    stamp,
)
from retrieval.stores.sqlite.connection import Database
from retrieval.text.folding import fold
from retrieval.values import Answer, Gap, Outcome, OutcomeStatus, Run

__all__ = ["SqliteJournal"]


class SqliteJournal:
    """The `Journal` of the SQLite store."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def start_run(self, run: Run) -> None:
        """See `Journal.start_run`."""
        with self._database.write("note a run") as connection:
            connection.execute(
                "INSERT INTO runs (id, source, started_at, value) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET value = excluded.value",
                (run.id, run.source, stamp(run.started_at), encode_run(run)),
            )

    def record(self, run_id: str, outcomes: Iterable[Outcome]) -> None:
        """See `Journal.record`. Raises `StoreError` for a run that was not started."""
        with self._database.write("note outcomes") as connection:
            found = connection.execute("SELECT row, value FROM runs WHERE id = ?", (run_id,)).fetchone()
            if found is None:
                raise StoreError(f"There is no run {run_id!r} to note outcomes of.")
            row, run = found[0], decode_run(found[1])
            for outcome in outcomes:
                before = connection.execute(
                    "DELETE FROM outcomes WHERE run = ? AND key = ? AND document = ? RETURNING status",
                    (row, outcome.key, outcome.document_id),
                ).fetchall()
                connection.execute(
                    "INSERT INTO outcomes (run, key, document, status, value) VALUES (?, ?, ?, ?, ?)",
                    (row, outcome.key, outcome.document_id, outcome.status.value, encode_outcome(outcome)),
                )
                again = bool(before) and before[0][0] == OutcomeStatus.FAILED.value
                _note_standing(connection, run, outcome, again=again)

    def finish_run(self, run: Run) -> None:
        """See `Journal.finish_run`. Everything written before it is on the disk when it returns."""
        with self._database.write("note the end of a run", durable=True) as connection:
            changed = connection.execute("UPDATE runs SET value = ? WHERE id = ?", (encode_run(run), run.id)).rowcount
            if not changed:
                raise StoreError(f"There is no run {run.id!r} to finish.")

    def runs(self, *, limit: int = 20, source: str | None = None) -> tuple[Run, ...]:
        """See `Journal.runs`."""
        with self._database.read("list runs") as connection:
            found = connection.execute(
                "SELECT value FROM runs WHERE ?1 IS NULL OR source = ?1 ORDER BY started_at DESC, row DESC LIMIT ?2",
                (source, limit),
            ).fetchall()
            return tuple(decode_run(value) for (value,) in found)

    def outcomes(self, run_id: str, *, statuses: Iterable[OutcomeStatus] | None = None) -> tuple[Outcome, ...]:
        """See `Journal.outcomes`."""
        wanted = None if statuses is None else {status.value for status in statuses}
        with self._database.read("list outcomes") as connection:
            found = connection.execute(
                "SELECT o.status, o.value FROM outcomes o JOIN runs r ON r.row = o.run WHERE r.id = ? ORDER BY o.key",
                (run_id,),
            ).fetchall()
            return tuple(decode_outcome(value) for status, value in found if wanted is None or status in wanted)

    def record_answer(self, answer: Answer, *, principal: str, at: datetime) -> None:
        """See `Journal.record_answer`. An answer that only names a document as near goes with it too."""
        near = {item.document_id for item in answer.not_found.closest} if answer.not_found else set()
        texts = {(citation.document_id, citation.extraction_id) for citation in answer.citations}
        documents = {document for document, _ in texts} | near
        with self._database.write("keep an answer") as connection:
            if not all(_stands(connection, *text) for text in texts) or not all(_stands(connection, d) for d in near):
                return
            connection.execute("DELETE FROM answer_documents WHERE answer = ?", (answer.id,))
            connection.execute(
                "INSERT OR REPLACE INTO answers (id, principal, asked_at, value) VALUES (?, ?, ?, ?)",
                (answer.id, principal, stamp(at), encode_answer(answer)),
            )
            connection.executemany(
                "INSERT INTO answer_documents (document, answer) VALUES (?, ?)",
                [(document, answer.id) for document in sorted(documents)],
            )

    def answer(self, answer_id: str) -> Answer | None:
        """See `Journal.answer`."""
        with self._database.read("read an answer") as connection:
            found = connection.execute("SELECT value FROM answers WHERE id = ?", (answer_id,)).fetchone()
            return None if found is None else decode_answer(found[0])

    def record_gap(self, question: str, *, language: str, reason: str, at: datetime) -> str:
        """See `Journal.record_gap`. The first wording stays, the last reason counts."""
        gap = fingerprint("gap", fold(question).text.strip())
        with self._database.write("note a gap") as connection:
            connection.execute(
                "INSERT INTO gaps VALUES (?1, ?2, ?3, ?4, 1, ?5, ?5) ON CONFLICT (id) DO UPDATE SET count = count + 1,"
                " reason = excluded.reason, first_asked = min(first_asked, excluded.first_asked),"
                " last_asked = max(last_asked, excluded.last_asked)",
                (gap, question, language, reason, stamp(at)),
            )
        return gap

    def gaps(self, *, limit: int = 50) -> tuple[Gap, ...]:
        """See `Journal.gaps`."""
        with self._database.read("list gaps") as connection:
            found = connection.execute(
                "SELECT id, question, language, reason, count, first_asked, last_asked FROM gaps"
                " ORDER BY count DESC, last_asked DESC, id LIMIT ?",
                (limit,),
            ).fetchall()
        return tuple(
            Gap(
                id=gap,
                question=question,
                language=language,
                reason=reason,
                count=count,
                first_asked=datetime.fromisoformat(first),
                last_asked=datetime.fromisoformat(last),
            )
            for gap, question, language, reason, count, first, last in found
        )


def _stands(connection: sqlite3.Connection, document: str, extraction: str | None = None) -> bool:
    """Tell whether a document has a version in force or kept, with this text if one is given."""
    found = connection.execute(
        "SELECT 1 FROM versions WHERE document = ?1 AND state <> 'staged' AND (?2 IS NULL OR extraction_id = ?2)",
        (document, extraction),
    )
    return found.fetchone() is not None


def _note_standing(connection: sqlite3.Connection, run: Run, outcome: Outcome, *, again: bool) -> None:
    """Note how a document stands after an outcome, as the next run's plan wants to know it.

    ``again``: the same run noted a failure of it before, which must not be counted twice.
    """
    if outcome.status is OutcomeStatus.UNCHANGED:  # a failure before is over, and what is committed stands again
        connection.execute(
            "DELETE FROM standing WHERE generation = ? AND document = ? AND status IN ('failed', 'skipped')",
            (run.generation, outcome.document_id),
        )
        return
    if outcome.status is OutcomeStatus.DELETED:
        connection.execute(
            "DELETE FROM standing WHERE generation = ? AND document = ?", (run.generation, outcome.document_id)
        )
        return
    connection.execute(
        "INSERT INTO standing (generation, source, document, key, status, reason, version, etag, reader, attempts)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (generation, document) DO UPDATE SET"
        " status = excluded.status, reason = excluded.reason, version = excluded.version, etag = excluded.etag,"
        " reader = excluded.reader,"
        " attempts = CASE excluded.status WHEN 'failed' THEN attempts + excluded.attempts ELSE 0 END",
        (
            run.generation,
            run.source,
            outcome.document_id,
            outcome.key,
            outcome.status.value,
            outcome.reason,
            outcome.version,
            outcome.etag,
            outcome.reader_fingerprint,
            int(outcome.status is OutcomeStatus.FAILED and not again),
        ),
    )
