"""Extractions to cut: a small notation for real-looking documents in both languages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ingest.chunking import split
from retrieval.values import Block, BlockKind, Chunk, Extraction, Page, Span, Table
from tests.fakes.embedder import HashEmbedder

Part = tuple[str, str]
"""A kind (``h1``-``h6``, ``p``, ``li``, ``table``, ``code``, ``q``, ``a``) and its text."""

_KINDS = {
    "p": BlockKind.PARAGRAPH,
    "li": BlockKind.LIST_ITEM,
    "table": BlockKind.TABLE,
    "code": BlockKind.CODE,
    "q": BlockKind.QUESTION,
    "a": BlockKind.ANSWER,
}

count: Callable[[Sequence[str]], list[int]] = HashEmbedder().count_tokens


def extraction(parts: Sequence[Part], *, caption: str | None = None, pages: Sequence[Page] = ()) -> Extraction:
    """Return an extraction of these parts, a blank line between two of them (a line break between list items)."""
    text, blocks, tables = "", [], []
    for index, (kind, raw) in enumerate(parts):
        if text:
            text += "\n" if kind == "li" == parts[index - 1][0] else "\n\n"
        start = len(text)
        text += raw
        heading = kind.startswith("h")
        blocks.append(
            Block(
                kind=BlockKind.HEADING if heading else _KINDS[kind],
                start=start,
                end=len(text),
                level=int(kind[1]) if heading else int(kind == "li"),
            )
        )
        if kind == "table":
            tables.append(_table(raw, start, caption))
    return Extraction(
        id="e" * 32,
        text=text,
        media_type="text/plain",
        reader_fingerprint="r",
        blocks=tuple(blocks),
        tables=tuple(tables),
        pages=tuple(pages),
    )


def _table(raw: str, start: int, caption: str | None) -> Table:
    rows, at = [], start
    for line in raw.split("\n"):
        cells, cell_at = [], at
        for cell in line.split(" | "):
            cells.append(Span(start=cell_at, end=cell_at + len(cell)))
            cell_at += len(cell) + 3
        rows.append(tuple(cells))
        at += len(line) + 1
    return Table(start=start, end=start + len(raw), rows=tuple(rows), caption=caption)


def cut(source: Extraction, *, budget: int = 512, title: str = "就業規則", language: str = "ja") -> list[Chunk]:
    """Return the chunks of an extraction under the hash embedder's count."""
    return split(source, document_id="d" * 32, title=title, language=language, count=count, budget=budget)


def paragraph(number: int, *, language: str) -> str:
    """Return a paragraph of about 60 tokens that no other number gives."""
    if language == "ja":
        return (
            f"第{number}号の申請は、所属長の承認を得てから{number + 3}営業日以内に総務部へ提出してください。"
            f"期限を過ぎた場合は、理由書（様式{number}）を添えて改めて申請します。承認番号はA-{number:04}です。"
        )
    return (
        f"Request number {number} is sent to the general affairs team within {number + 3} business days. "
        f"After the deadline, attach form {number} with the reason, e.g. illness. The approval code is A-{number:04}."
    )
