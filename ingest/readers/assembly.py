"""Builds the text of an extraction block by block, so that every offset is right by construction."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.readers.cleaning import clean, is_cjk, single_line
from retrieval.errors import DocumentError, Stage
from retrieval.ids import extraction_id
from retrieval.ports import Hints
from retrieval.values import Block, BlockKind, Extraction, Page, Span, Table

__all__ = ["Assembly", "join", "language_code", "telling_title", "unreadable"]

_CLOSE = {BlockKind.LIST_ITEM, BlockKind.CODE}
_NO_TITLE = re.compile(
    r"(?i)untitled.*|microsoft (?:word|excel|powerpoint) - .*|(?:powerpoint|word) (?:presentation|document)|無題.*"
    r"|powerpoint プレゼンテーション|.*\.(?:docx?|indd|xlsx?|pptx?|tex|dvi|html?)|\(anonymous\)|title"
)
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_].*)?")


def unreadable(message: str, *, reason: str, skipped: bool = False) -> DocumentError:
    """Return the error of a file that a reader cannot take; the same bytes never succeed later."""
    return DocumentError(message, stage=Stage.READ, reason=reason, skipped=skipped)


def language_code(value: str | None) -> str | None:
    """Return the ISO 639-1 code in a language tag such as ``ja-JP`` or ``en_US``, or None."""
    match = _LANGUAGE.fullmatch(value.strip()) if value else None
    return match.group(1).lower() if match else None


def telling_title(title: str | None) -> str | None:
    """Return a title on one line, or None when it is what a program puts where nobody wrote one."""
    title = single_line(title) if title else ""
    return title if title and not _NO_TITLE.fullmatch(title) else None


def join(left: str, right: str) -> str:
    """Return what stands between two lines of one paragraph: nothing between CJK characters, else one space.

    A line end in the file is no sentence end there. A hyphen at a line end stays: nothing is guessed away.
    """
    if not left or not right or (is_cjk(left[-1]) and is_cjk(right[0])):
        return ""
    return " "


@dataclass(kw_only=True)
class Assembly:
    """Collects blocks, tables and pages in text order; ``finish`` gives the extraction."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    blocks: list[Block] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def add(self, text: str, *, kind: BlockKind = BlockKind.PARAGRAPH, level: int = 0) -> Span | None:
        """Append one block and return its span, or None when nothing but white space is left of it."""
        text = clean(text).strip("\n") if kind is BlockKind.CODE else clean(text).strip()
        if not text.strip():
            return None
        if kind is BlockKind.HEADING:
            text = single_line(text)
        span = self._append(text, kind)
        self.blocks.append(Block(kind=kind, start=span.start, end=span.end, level=level))
        return span

    def add_table(
        self, rows: Iterable[Sequence[str]], *, header_rows: int = 1, caption: str | None = None
    ) -> Span | None:
        """Append a table, one line per row; rows without any text are left out. Rows may differ in length."""
        kept, headers = [], 0
        for index, row in enumerate(rows):
            cells = [single_line(cell) for cell in row]
            if any(cells):
                kept.append(cells)
                headers += index < header_rows
        if not kept:
            return None
        span = self._append("\n".join(" | ".join(cells) for cells in kept), BlockKind.TABLE)
        self.blocks.append(Block(kind=BlockKind.TABLE, start=span.start, end=span.end))
        spans, at = [], span.start
        for cells in kept:
            row_spans = []
            for cell in cells:
                row_spans.append(Span(start=at, end=at + len(cell)))
                at += len(cell) + 3
            at -= 2
            spans.append(tuple(row_spans))
        self.tables.append(
            Table(start=span.start, end=span.end, rows=tuple(spans), header_rows=headers, caption=caption)
        )
        return span

    def begin_page(self, *, label: str | None = None, width: float = 0.0, height: float = 0.0) -> None:
        """Start the next page; what is added from here on lies on it."""
        self._close_page()
        at = self.length
        label = single_line(label) if label else None
        self.pages.append(
            Page(number=len(self.pages) + 1, start=at, end=at, label=label or None, width=width, height=height)
        )

    def finish(  # the parts of an extraction
        self,
        hints: Hints,
        *,
        fingerprint: str,
        title: str | None = None,
        language: str | None = None,
        properties: Mapping[str, str] | None = None,
    ) -> Extraction:
        """Return the extraction.

        Raises `DocumentError` when there is no text at all: skipped, ``no_text``, or a failure, ``incomplete``, when
        something is known to be missing.
        """
        self._close_page()
        if not self.blocks and self.missing:
            raise unreadable(f"no text of {hints.name!r} could be read: {'; '.join(self.missing)}", reason="incomplete")
        if not self.blocks:
            raise unreadable(f"{hints.name!r} holds no text", reason="no_text", skipped=True)
        return Extraction(
            id=extraction_id(version=hints.version, reader_fingerprint=fingerprint),
            text="".join(self.parts),
            media_type=hints.media_type,
            reader_fingerprint=fingerprint,
            title=telling_title(title) or self._first_heading(),
            language=language_code(language),
            pages=tuple(self.pages),
            blocks=tuple(self.blocks),
            tables=tuple(self.tables),
            missing=tuple(self.missing),
            properties={name: single_line(value) for name, value in (properties or {}).items()},
        )

    def _append(self, text: str, kind: BlockKind) -> Span:
        if self.blocks:
            close = kind in _CLOSE and self.blocks[-1].kind is kind
            self._push("\n" if close else "\n\n")
        if self.pages and self.pages[-1].start == self.pages[-1].end:
            page = self.pages.pop()
            self.pages.append(_moved(page, start=self.length, end=self.length))
        start = self.length
        self._push(text)
        if self.pages:
            self.pages.append(_moved(self.pages.pop(), end=self.length))
        return Span(start=start, end=self.length)

    def _push(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def _close_page(self) -> None:
        if self.pages and self.pages[-1].start == self.pages[-1].end:
            self.pages.append(_moved(self.pages.pop(), start=self.length, end=self.length))

    def _first_heading(self) -> str | None:
        first = next((block for block in self.blocks if block.kind is BlockKind.HEADING), None)
        return "".join(self.parts)[first.start : first.end] if first else None


def _moved(page: Page, *, end: int, start: int | None = None) -> Page:
    return Page(
        number=page.number,
        start=page.start if start is None else start,
        end=end,
        label=page.label,
        width=page.width,
        height=page.height,
    )
