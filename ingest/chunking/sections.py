"""An extraction as sections: headings with their path, and what stands below each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.values import Block, BlockKind, Extraction

__all__ = ["Section", "heading_text", "sections"]

_HEADING_LIMIT = 200
"""Code points; a longer "heading" is a paragraph that a reader mistook."""

_LINE = re.compile(r"[^\n]*\S[^\n]*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """Blocks under one heading. ``path`` ends with the heading's own text, or is empty before the first one.

    ``start`` is where the first heading that belongs to it begins, ``own`` where its own heading begins (a parent
    heading directly above is taken along), ``body`` where its blocks begin.
    """

    path: tuple[str, ...]
    level: int
    start: int
    own: int
    body: int
    blocks: tuple[Block, ...]

    @property
    def end(self) -> int:
        """Where the section's last block ends, or its heading when there is none."""
        return self.blocks[-1].end if self.blocks else self.body


def heading_text(text: str) -> str:
    """Return a heading on one line."""
    return " ".join(text.split())


def sections(extraction: Extraction) -> list[Section]:
    """Return the sections in text order; together they hold every character that is not white space.

    A heading directly followed by a deeper one belongs to that one's section; one followed by nothing of its own is a
    section without blocks.
    """
    found: list[Section] = []
    stack: list[Block] = []
    pending: list[Block] = []
    blocks: list[Block] = []

    def close() -> None:
        if pending or blocks:
            heads = pending or blocks[:1]
            found.append(
                Section(
                    path=tuple(heading_text(extraction.text[head.start : head.end]) for head in stack),
                    level=stack[-1].level if stack else 0,
                    start=heads[0].start,
                    own=pending[-1].start if pending else blocks[0].start,
                    body=blocks[0].start if blocks else pending[-1].end,
                    blocks=tuple(blocks),
                )
            )
        pending.clear()
        blocks.clear()

    for block in _whole(extraction):
        if block.kind is not BlockKind.HEADING:
            blocks.append(block)
            continue
        if blocks or (pending and block.level <= pending[-1].level):
            close()
        while stack and stack[-1].level >= block.level:
            stack.pop()
        stack.append(block)
        pending.append(block)
    close()
    return found


def _whole(extraction: Extraction) -> Iterator[Block]:
    """Yield the blocks trimmed, in order, without overlap, and a paragraph for any text that no block holds."""
    text, at = extraction.text, 0
    for block in sorted(extraction.blocks, key=lambda each: (each.start, each.end)):
        start, end = max(block.start, at), min(block.end, len(text))
        if start >= end or not text[start:end].strip():
            continue
        yield from _paragraphs(text, at, start)
        raw = text[start:end]
        trimmed = Block(
            kind=_kind(block, raw),
            start=start + len(raw) - len(raw.lstrip()),
            end=start + len(raw.rstrip()),
            level=max(block.level, 1) if block.kind is BlockKind.HEADING else block.level,
        )
        yield trimmed
        at = end
    yield from _paragraphs(text, at, len(text))


def _kind(block: Block, raw: str) -> BlockKind:
    mistaken = block.kind is BlockKind.HEADING and len(raw.strip()) > _HEADING_LIMIT
    return BlockKind.PARAGRAPH if mistaken else block.kind


def _paragraphs(text: str, start: int, end: int) -> Iterator[Block]:
    """Yield the paragraphs of a stretch of text without blocks: lines up to an empty one."""
    begin = finish = -1
    for line in _LINE.finditer(text, start, end):
        if begin >= 0 and text.count("\n", finish, line.start()) > 1:
            yield Block(kind=BlockKind.PARAGRAPH, start=begin, end=finish)
            begin = -1
        raw = line.group()
        if begin < 0:
            begin = line.start() + len(raw) - len(raw.lstrip())
        finish = line.start() + len(raw.rstrip())
    if begin >= 0:
        yield Block(kind=BlockKind.PARAGRAPH, start=begin, end=finish)
