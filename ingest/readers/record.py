"""Reads a record: its text as it stands, so that offsets are the user's own, or a question and its answer.

A record reaches Tenkyo as canonical JSON that Tenkyo itself has written (`encode_record`), so that this reader
parses nothing hostile and needs no child process.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from retrieval.errors import DocumentError, Stage
from retrieval.ids import extraction_id, fingerprint
from retrieval.ports import Hints
from retrieval.values import Block, BlockKind, Extraction

__all__ = ["RECORD", "RecordReader", "encode_record"]

RECORD = "application/vnd.tenkyo.record+json"
"""Media type of a record's canonical bytes."""

# NUL and lone surrogates are refused by stores; tags and bidirectional controls hide text from who reads a page.
_HIDDEN = re.compile("[\x00\u202a-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]")
_BLANK_LINES = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")


def encode_record(text: str, *, question: str | None = None) -> bytes:
    """Return a record as canonical JSON in UTF-8: the same content always gives the same bytes.

    A character that must not be kept becomes U+FFFD, one for one, so that no offset moves.
    """
    value = {"text": _HIDDEN.sub("\ufffd", text)}
    if question is not None:
        value["question"] = _HIDDEN.sub("\ufffd", question)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class RecordReader:
    """Reads what `encode_record` wrote."""

    def __init__(self) -> None:
        self.media_types = frozenset({RECORD})
        self.fingerprint = fingerprint("record", "1")

    def read(self, path: Path, hints: Hints) -> Extraction:
        """Return the extraction of a record in a file."""
        return self.read_bytes(path.read_bytes(), hints)

    def read_bytes(self, data: bytes, hints: Hints) -> Extraction:
        """Return the extraction of a record. Raises `DocumentError` (skipped, ``empty``) when its text is blank.

        With a question, the text is the question, a line feed and the answer, each a block of its own.
        """
        value = json.loads(data)
        text, question = str(value["text"]), value.get("question")
        if not text.strip():
            raise DocumentError(
                f"The record {hints.name!r} has no text.", stage=Stage.READ, reason="empty", skipped=True
            )
        blocks = tuple(_paragraphs(text))
        if isinstance(question, str) and question.strip():
            start = len(question) + 1
            text = f"{question}\n{text}"
            blocks = (
                Block(kind=BlockKind.QUESTION, start=0, end=len(question)),
                Block(kind=BlockKind.ANSWER, start=start, end=len(text)),
            )
        return Extraction(
            id=extraction_id(version=hints.version, reader_fingerprint=self.fingerprint),
            text=text,
            media_type=RECORD,
            reader_fingerprint=self.fingerprint,
            blocks=blocks,
        )


def _paragraphs(text: str) -> Iterator[Block]:
    """Yield the stretches of text between blank lines, without white space around them."""
    at = 0
    for gap in [*_BLANK_LINES.finditer(text), None]:
        end = gap.start() if gap else len(text)
        piece = text[at:end]
        stripped = piece.strip()
        if stripped:
            start = at + piece.index(stripped)
            yield Block(kind=BlockKind.PARAGRAPH, start=start, end=start + len(stripped))
        at = gap.end() if gap else end
