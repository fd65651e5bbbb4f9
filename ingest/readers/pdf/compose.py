"""Pages of paragraphs to one extraction: text, blocks, pages and the box of every code point."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.readers.assembly import join, language_code, telling_title, unreadable
from ingest.readers.cleaning import noise, single_line
from ingest.readers.pdf.furniture import without_furniture
from ingest.readers.pdf.headings import Levels
from ingest.readers.pdf.lines import Rune
from ingest.readers.pdf.order import Region
from ingest.readers.pdf.paragraphs import Paragraph, body_size, paragraphs, unfinished
from ingest.readers.pdf.structure import Structure
from retrieval.ids import extraction_id
from retrieval.ports import Hints
from retrieval.values import Block, BlockKind, Extraction, Page, PageBoxes

__all__ = ["PageText", "compose"]

_QUAD = struct.Struct("<4f")
_NO_PLACE = _QUAD.pack(*([float("nan")] * 4))


@dataclass(frozen=True, kw_only=True)
class PageText:
    """The regions of one page in reading order, with its displayed size in points."""

    regions: tuple[Region, ...]
    width: float
    height: float
    label: str | None
    broken: bool = False


def compose(pages: Sequence[PageText], *, hints: Hints, fingerprint: str, structure: Structure) -> Extraction:
    """Return the extraction. Raises `DocumentError` (``no_text``) when no page has any text."""
    kept = without_furniture([page.regions for page in pages], heights=[page.height for page in pages])
    lines = [line for found in kept for region in found for line in region.lines]
    if not lines:
        raise unreadable(f"{hints.name!r} has no text layer (scanned images?): run OCR on it first", reason="no_text")
    main = [line for found in kept for region in found for line in region.lines if not region.side]
    levels = Levels(main, body=body_size(lines), outline=structure.outline)
    text = _Text()
    for index, found in enumerate(kept):
        for paragraph in paragraphs(found, page=index):
            text.add(paragraph, level=levels.level(paragraph))
    text.close()
    extents = text.extents(len(pages))
    return Extraction(
        id=extraction_id(version=hints.version, reader_fingerprint=fingerprint),
        text="".join(text.characters),
        media_type=hints.media_type,
        reader_fingerprint=fingerprint,
        title=telling_title(structure.title) or text.first_heading(),
        language=language_code(structure.language),
        pages=tuple(
            Page(number=index + 1, start=start, end=end, label=page.label, width=page.width, height=page.height)
            for index, (page, (start, end)) in enumerate(zip(pages, extents, strict=True))
        ),
        blocks=tuple(text.blocks),
        boxes=tuple(
            PageBoxes(page=index + 1, start=start, end=end, quads=b"".join(text.quads[start:end]))
            for index, (start, end) in enumerate(extents)
            if start < end
        ),
        missing=tuple(_missing(pages)),
        properties={"structure": f"unread ({structure.problem})"} if structure.problem else {},
    )


def _missing(pages: Sequence[PageText]) -> Iterable[str]:
    for number, page in enumerate(pages, start=1):
        if page.broken:
            yield f"page {number} is damaged and could not be read"
        elif not page.regions:
            yield f"page {number} has no text layer (scanned image?)"


class _Text:
    """Grows the text code point by code point; ``quads`` and ``page_of`` run beside ``characters``."""

    def __init__(self) -> None:
        self.characters: list[str] = []
        self.quads: list[bytes] = []
        self.page_of: list[int] = []
        self.blocks: list[Block] = []
        self._open: tuple[BlockKind, int, int, Paragraph] | None = None  # kind, level, start, last paragraph

    def add(self, paragraph: Paragraph, *, level: int) -> None:
        """Append a paragraph as a block, or to the block before when it goes on from the page before."""
        runes = _cleaned(paragraph.runes())
        if not runes:
            return
        if self._open is not None:
            kind, open_level, start, last = self._open
            if kind is not BlockKind.HEADING and not level and _goes_on(last, paragraph):
                separator = join(self.characters[-1], runes[0][0])
                self._put([(character, None) for character in separator], paragraph.page)
                self._put(runes, paragraph.page)
                self._open = (kind, open_level, start, paragraph)
                return
            self.close()
            self._put([("\n", None), ("\n", None)], last.page)
        plain = BlockKind.LIST_ITEM if paragraph.item else BlockKind.PARAGRAPH
        kind = BlockKind.HEADING if level else plain
        start = len(self.characters)
        self._put(runes, paragraph.page)
        self._open = (kind, level or int(kind is BlockKind.LIST_ITEM), start, paragraph)

    def close(self) -> None:
        """End the block that is open."""
        if self._open is not None:
            kind, level, start, _ = self._open
            self.blocks.append(Block(kind=kind, start=start, end=len(self.characters), level=level))
            self._open = None

    def extents(self, pages: int) -> list[tuple[int, int]]:
        """Return where each page's text begins and ends; an empty page lies where its text would be."""
        found: list[tuple[int, int]] = []
        at = 0
        for page in range(pages):
            start = at
            while at < len(self.page_of) and self.page_of[at] == page:
                at += 1
            end = at
            while end > start and self.characters[end - 1] == "\n":
                end -= 1
            found.append((start, end))
        return found

    def first_heading(self) -> str | None:
        """Return the first heading's text."""
        first = next((block for block in self.blocks if block.kind is BlockKind.HEADING), None)
        return single_line("".join(self.characters[first.start : first.end])) if first else None

    def _put(self, runes: Iterable[Rune], page: int) -> None:
        for character, glyph in runes:
            self.characters.append(character)
            self.quads.append(_NO_PLACE if glyph is None else _QUAD.pack(*glyph.quad))
            self.page_of.append(page)


def _goes_on(last: Paragraph, paragraph: Paragraph) -> bool:
    if paragraph.page <= last.page or paragraph.item or not unfinished(last):
        return False
    return abs(last.size - paragraph.size) < 0.1 * last.size and last.bold is paragraph.bold


def _cleaned(runes: list[Rune]) -> list[Rune]:
    """Return the code points without noise and without white space at the ends."""
    text = "".join(character for character, _ in runes)
    for start, end in reversed(noise(text)):
        del runes[start:end]
    while runes and runes[-1][0].isspace():
        runes.pop()
    first = next((index for index, (character, _) in enumerate(runes) if not character.isspace()), len(runes))
    return runes[first:]
