"""Reads plain text and reStructuredText: paragraphs, lists and the headings that writers of plain text use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ingest.readers.assembly import Assembly
from ingest.readers.cleaning import clean, width
from ingest.readers.decoding import decode
from ingest.readers.media_types import RST, TEXT
from ingest.readers.wrapping import unwrap
from retrieval.ids import fingerprint
from retrieval.ports import Hints
from retrieval.values import BlockKind, Extraction

__all__ = ["PlainReader"]

_ITEM = re.compile(
    r"(?P<indent>[ \t\u3000]*)(?:[-*•‣◦●○・･][ \t\u3000]+|[・･●○](?=\S)|\(?\d{1,3}[.)．）][ \t\u3000]+"
    r"|[（(][0-9０-９]{1,3}[)）]|[①-⑳]|[ａ-ｚa-z][)）][ \t\u3000]*)(?=\S)"
)
_HEADINGS = (
    (re.compile(r"第\s*[0-9０-９一二三四五六七八九十百]+\s*[章編部](?:\s|\u3000|[^、。]{0,40}$).{0,40}"), 1),
    (re.compile(r"(?:Chapter|CHAPTER|Part|PART)\s+[0-9IVXLC]+\b.{0,60}"), 1),
    (re.compile(r"第\s*[0-9０-９一二三四五六七八九十百]+\s*節(?:\s|\u3000|[^、。]{0,40}$).{0,40}"), 2),
    (re.compile(r"[■◆▼▲□◇]\s*[^。]{1,40}"), 2),
    (re.compile(r"【[^】]{1,40}】"), 2),
    (
        re.compile(
            r"第\s*[0-9０-９一二三四五六七八九十百]+\s*条(?:の[0-9０-９一二三四五六七八九十]+)?(?:[\s\u3000]*[（(][^）)]{1,40}[）)]|[\s\u3000]+[^。、]{1,30})"
        ),
        3,
    ),
    (re.compile(r"\d{1,2}(?:[.．]\d{1,2}){1,3}[.．]?[\s\u3000]+[^。]{1,50}"), 3),
)
_UNDERLINE = re.compile(r"([=\-~^\"'`#*+_:.<>])\1{2,}")


class PlainReader:
    """Reads text of any of the encodings of `decoding`. Lines broken by a fixed width are joined (`wrapping`)."""

    def __init__(self) -> None:
        self.media_types = frozenset({TEXT, RST})
        self.fingerprint = fingerprint("plain", "1")

    def read(self, path: Path, hints: Hints) -> Extraction:
        """Return the extraction. Raises `DocumentError` when the bytes are no text or there is none."""
        decoded = decode(path.read_bytes(), name=hints.name)
        assembly = Assembly(missing=list(decoded.missing))
        lines = clean(decoded.text).expandtabs(4).split("\n")
        marks: list[str] = []
        for paragraph in _paragraphs(lines):
            _add(assembly, paragraph, marks)
        return assembly.finish(hints, fingerprint=self.fingerprint, properties={"encoding": decoded.encoding})


def _paragraphs(lines: list[str]) -> Iterator[list[str]]:
    paragraph: list[str] = []
    for line in lines:
        if line.strip():
            paragraph.append(line.rstrip())
        elif paragraph:
            yield paragraph
            paragraph = []
    if paragraph:
        yield paragraph


def _add(assembly: Assembly, lines: list[str], marks: list[str]) -> None:
    """Append one paragraph; ``marks`` holds the underline characters seen, in the order of their levels."""
    at = 0
    run: list[str] = []
    item = 0

    def close() -> None:
        nonlocal run, item
        if run:
            kind = BlockKind.LIST_ITEM if item else BlockKind.PARAGRAPH
            assembly.add(unwrap(run), kind=kind, level=item)
        run, item = [], 0

    while at < len(lines):
        line = lines[at]
        underline = _UNDERLINE.fullmatch(lines[at + 1].strip()) if at + 1 < len(lines) else None
        if underline and not run and width(line.strip()) <= width(lines[at + 1].strip()) + 2:
            mark = underline.group(1)
            if mark not in marks:
                marks.append(mark)
            assembly.add(line, kind=BlockKind.HEADING, level=min(marks.index(mark) + 1, 6))
            at += 2
            continue
        level = _heading(line.strip())
        match = _ITEM.match(line)
        if level:
            close()
            assembly.add(line, kind=BlockKind.HEADING, level=level)
        elif match:
            close()
            item = 1 + min(width(match["indent"]) // 2, 5)
            run = [line]
        elif not _UNDERLINE.fullmatch(line.strip()):
            if run and not item and line.startswith("\u3000") and not line.startswith("\u3000\u3000"):
                close()  # one full-width space opens a paragraph in Japanese
            run.append(line)
        at += 1
    close()


def _heading(line: str) -> int:
    if len(line) > 80 or line.endswith(("。", "、", ".", ",")):
        return 0
    return next((level for pattern, level in _HEADINGS if pattern.fullmatch(line)), 0)
