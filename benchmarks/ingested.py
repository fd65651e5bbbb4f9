"""Question sets taken in by the real ingestion, each into a store of its own that stays for the next run."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import tarfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.questions import QuestionSet, language_of
from benchmarks.remembering import Remembering
from ingest.isolation import IsolatedReader, Limits
from ingest.run import Ingestion
from ingest.sources.folder import FolderSource
from ingest.sources.records import RecordSource
from retrieval.embedding import local_embedder
from retrieval.ports import Source
from retrieval.stores.originals import FolderOriginals
from retrieval.stores.sqlite import open_store

__all__ = ["code_digest", "ingested"]

_ROOT = Path(__file__).resolve().parent.parent


def code_digest() -> str:
    """Return a fingerprint of the program: what other code made is neither a store nor a measurement of this one."""
    digest = hashlib.sha256()
    for path in sorted(path for package in ("retrieval", "ingest", "app") for path in (_ROOT / package).rglob("*.py")):
        digest.update(f"{path.relative_to(_ROOT)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def ingested(one: QuestionSet, *, work: Path, cache: Path) -> Path:
    """Return the database of a set, made if this program has not made it yet; the vectors of any earlier run are used.

    ``work`` keeps unpacked corpora, vectors and for each set a folder named like the program that filled it; ``cache``
    the built embedder.
    """
    folder = work / "sets" / one.name / code_digest()
    database, complete = folder / "kb.db", folder / "ingested"
    if complete.exists():
        return database
    shutil.rmtree(folder.parent, ignore_errors=True)
    folder.mkdir(parents=True)
    embedder = Remembering(local_embedder(cache), work / "vectors.db")
    store = open_store(database, clock=_now)
    try:
        with IsolatedReader(Limits()) as reader:
            ingestion = Ingestion(
                store=store,
                originals=FolderOriginals(database.with_name(f"{database.name}.files") / "originals"),
                embedder=embedder,
                reader=reader,
                clock=_now,
                new_id=lambda: uuid.uuid4().hex,
            )
            for source in _sources(one, work / "corpora"):
                ingestion.run(source)
    finally:
        store.close()
        embedder.close()
    complete.touch()
    return database


def _sources(one: QuestionSet, place: Path) -> Iterator[Source]:
    if one.corpus.is_dir():
        yield FolderSource(one.corpus, name=one.corpus.name, labels=("support",))
        yield RecordSource(
            one.corpus.parent / "faq.jsonl",
            name="faq",
            id_field="id",
            text_field="answer",
            question_field="question",
            labels=("public",),
        )
    elif one.pages:
        yield FolderSource(_unpacked(one, place), name=one.name, labels=("public",))
    else:
        records = place / f"{one.name}.jsonl"
        if not records.exists():
            place.mkdir(parents=True, exist_ok=True)
            with gzip.open(one.corpus) as packed, records.open("wb") as plain:
                shutil.copyfileobj(packed, plain)
        yield RecordSource(records, name=one.name, id_field="doc_id", labels=("public",))


def _unpacked(one: QuestionSet, place: Path) -> Path:
    folder = place / one.name
    if not folder.exists():
        draft = place / f".{one.name}.part"
        shutil.rmtree(draft, ignore_errors=True)
        with tarfile.open(one.corpus) as pages:
            pages.extractall(draft, filter="data")
        for page in sorted(path for path in draft.rglob("*") if path.is_file() and one.only is not None):
            text = page.read_text(encoding="utf-8", errors="replace")
            if language_of(page.relative_to(draft).as_posix(), text) != one.only:
                page.unlink()
        draft.rename(folder)
    return folder


def _now() -> datetime:
    return datetime.now(UTC)
