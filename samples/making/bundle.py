"""Reads the source bundles: many documents in one readable text file.

A document starts at a line ``@@@ path``. Header lines ``key: value`` follow up to an empty line, then its body up
to the next ``@@@``. ``amounts``, ``encoding`` and ``running_title`` tell how to make the file; every other header
goes into its sidecar.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Piece", "SourceDocument", "pieces", "read_bundle", "sidecar"]

_BUILD_KEYS = frozenset({"amounts", "encoding", "running_title"})
_LISTS = frozenset({"allow", "deny"})
_SEARCH_LISTS = frozenset({"product", "plan"})


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceDocument:
    """One document to make: its path below ``knowledge/``, its headers and its body."""

    path: str
    headers: Mapping[str, str]
    body: str

    @property
    def suffix(self) -> str:
        """Return the file name's last extension, with its dot."""
        return Path(self.path).suffix

    @property
    def title(self) -> str:
        """Return the title given in the headers, else the path."""
        return self.headers.get("title", self.path)


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A piece of a body in the small markup: heading, paragraph, bullet, step, table, scan or page break.

    ``level`` is a heading's level or a step's number. ``rows`` holds a table's cells or a scan's lines.
    """

    kind: str
    text: str = ""
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


def read_bundle(path: Path) -> list[SourceDocument]:
    """Return the documents of one bundle, in order. Raises `ValueError` at a header line without a colon."""
    documents = []
    for part in re.split(r"(?m)^@@@ ", path.read_text(encoding="utf-8"))[1:]:
        head, _, body = part.partition("\n\n")
        name, *lines = head.split("\n")
        headers = {}
        for line in lines:
            key, colon, value = line.partition(": ")
            if not colon:
                raise ValueError(f"{path.name}: header line {line!r} of {name!r} has no colon")
            headers[key] = value
        documents.append(SourceDocument(path=name, headers=headers, body=body.strip("\n") + "\n"))
    return documents


def sidecar(document: SourceDocument) -> bytes | None:
    """Return the sidecar in the form of Bedrock Knowledge Bases, or None when there is nothing to say.

    Labels are plain lists, fields of several values the typed ``STRING_LIST``, all others plain strings:
    https://docs.aws.amazon.com/bedrock/latest/userguide/kb-metadata.html
    """
    attributes: dict[str, object] = {}
    for key, value in document.headers.items():
        if key in _BUILD_KEYS:
            continue
        if key in _LISTS:
            attributes[key] = value.split(",")
        elif key in _SEARCH_LISTS and "," in value:
            attributes[key] = {
                "value": {"type": "STRING_LIST", "stringListValue": value.split(",")},
                "includeForEmbedding": False,
            }
        else:
            attributes[key] = value
    if not attributes:
        return None
    text = json.dumps({"metadataAttributes": attributes}, ensure_ascii=False, indent=2)
    return (text + "\n").encode()


def pieces(body: str) -> Iterator[Piece]:
    """Yield the pieces of a body in the small markup that PDF, Word and Excel documents are written in.

    Lines between ``%%scan%%`` and ``%%page%%`` are a scanned page; each of the two begins a new page.
    """
    printed, *scanned = body.split("%%scan%%\n")
    yield from _lines(printed.split("\n"))
    for part in scanned:
        image, _, rest = part.partition("%%page%%\n")
        yield Piece(kind="scan", rows=tuple((line,) for line in image.strip("\n").split("\n")))
        yield from _lines(rest.split("\n"))


def _lines(lines: list[str]) -> Iterator[Piece]:
    rows: list[tuple[str, ...]] = []
    for line in lines:
        if line.startswith("|"):
            rows.append(tuple(cell.strip() for cell in line.strip()[1:-1].split("|")))
            continue
        if rows:
            yield Piece(kind="table", rows=tuple(rows))
            rows = []
        if not line:
            continue
        if heading := re.fullmatch(r"(#{1,6}) (.*)", line):
            yield Piece(kind="heading", text=heading[2], level=len(heading[1]))
        elif step := re.fullmatch(r"(\d+)\. (.*)", line):
            yield Piece(kind="step", text=step[2], level=int(step[1]))
        elif line.startswith("- "):
            yield Piece(kind="bullet", text=line[2:])
        else:
            yield Piece(kind="paragraph", text=line)
    if rows:
        yield Piece(kind="table", rows=tuple(rows))
