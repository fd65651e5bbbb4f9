"""Running the child of these tests, and looking at the store it left behind."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from retrieval.access import OPERATOR, filter_for
from retrieval.errors import UserError
from retrieval.ports import Store
from retrieval.stores.sqlite import open_store
from retrieval.text.lexical import plain_query
from tests.fakes.embedder import HashEmbedder

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples" / "knowledge"
EVERYTHING = filter_for(OPERATOR)


def start(folder: Path, docs: Path, *, file_limit: int = 0) -> subprocess.Popen[str]:
    """Start the child; its lines are read from ``stdout``."""
    folder.mkdir(parents=True, exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-m", "tests.crash.child", str(folder), str(docs), str(file_limit)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(child: subprocess.Popen[str]) -> tuple[int, list[str]]:
    """Wait for the child; return its exit code and lines. What it says on standard error is shown by the test."""
    out, err = child.communicate(timeout=120)
    sys.stderr.write(err)
    return child.returncode, out.splitlines()


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    """Open the store that a child left."""
    store = open_store(folder / "kb.db", clock=lambda: datetime.now(UTC))
    try:
        yield store
    finally:
        store.close()


def dump(folder: Path) -> list[str]:
    """Return the canonical dump of a store."""
    with opened(folder) as store:
        return list(store.dump())


def unanswerable(store: Store, document_ids: set[str]) -> set[str]:
    """Return which of the documents cannot be found, opened and quoted."""
    embedder, missing = HashEmbedder(), set[str]()
    if not document_ids:
        return missing
    with store.view() as view:
        for document_id in document_ids:
            stored = view.document(document_id, where=EVERYTHING).document
            whole = view.extraction_slice(document_id, stored.extraction_id, 0, 10**9, where=EVERYTHING)
            words = whole.text[:200]
            dense = [hit.chunk_id for hit in view.dense(embedder.embed_query(words), k=200, where=EVERYTHING).hits]
            lexical = [hit.chunk_id for hit in view.lexical(plain_query(words), k=200, where=EVERYTHING).hits]
            for lane in (dense, lexical):
                passages = view.passages(lane, where=EVERYTHING).values()
                own = [passage for passage in passages if passage.document_id == document_id]
                if not own or any(whole.text[p.start : p.end] != p.text for p in own):
                    missing.add(document_id)
    return missing


def committed(store: Store) -> set[str]:
    """Return the ids of all documents that a reader sees."""
    found: set[str] = set()
    after = ""
    with contextlib.suppress(UserError), store.view() as view:  # no generation can be read yet
        while page := view.documents(where=EVERYTHING, after=after, limit=100):
            found |= {stored.document.id for stored in page}
            after = page[-1].document.id
    return found
