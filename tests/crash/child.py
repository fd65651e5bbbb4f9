"""One ingestion in a process of its own, to be killed from outside: ``child.py STORE_FOLDER DOCS [FILE_LIMIT]``.

It tells on standard output, line by line, what it is about to do and what it has done. SIGTERM and SIGINT stop it as
they stop the command line. With FILE_LIMIT no file can grow beyond so many bytes, as on a full disk.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import threading
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from ingest.isolation import IsolatedReader
from ingest.report import DocumentDone, Event
from ingest.run import Ingestion
from ingest.sources.folder import FolderSource
from retrieval.errors import ServiceError
from retrieval.ports import Store
from retrieval.stores.originals import FolderOriginals
from retrieval.stores.sqlite import open_store
from retrieval.values import Document, EmbeddedChunk, Extraction, Staged
from tests.fakes.embedder import HashEmbedder


def tell(*words: str) -> None:
    os.write(1, (" ".join(words) + "\n").encode())


def telling(store: Store) -> Store:
    """Tell of every stage and commit, before and after."""
    stage, commit = store.stage, store.commit

    def told_stage(
        document: Document,
        extraction: Extraction,
        chunks: Sequence[EmbeddedChunk],
        *,
        generation: str,
        fence: int,
    ) -> Staged:
        tell("stage", document.id)
        staged = stage(document, extraction, chunks, generation=generation, fence=fence)
        tell("staged", document.id)
        return staged

    def told_commit(staged: Staged, *, generation: str, fence: int) -> None:
        tell("commit", staged.document_id)
        commit(staged, generation=generation, fence=fence)
        tell("committed", staged.document_id)

    store.stage, store.commit = told_stage, told_commit  # type: ignore[method-assign]  # a tap on two methods
    return store


def on_event(event: Event) -> None:
    if isinstance(event, DocumentDone):
        tell("done", event.outcome.document_id, event.outcome.status.value)


def main(folder: Path, docs: Path, file_limit: int) -> int:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if file_limit:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))
    store = open_store(folder / "kb.db", clock=lambda: datetime.now(UTC))
    with IsolatedReader() as reader:
        ingestion = Ingestion(
            store=telling(store),
            originals=FolderOriginals(folder / "originals"),
            embedder=HashEmbedder(),
            reader=reader,
            clock=lambda: datetime.now(UTC),
            new_id=lambda: uuid.uuid4().hex,
        )
        try:
            report = ingestion.run(FolderSource(docs, labels=["public"]), stop=stop, on_event=on_event)
        except ServiceError as exc:
            tell("error", str(exc))
            return exc.exit_code
    store.close()
    tell("ended", report.run.state.value)
    return report.exit_code


if __name__ == "__main__":
    import logging

    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0))
