"""The rows of a table block, and the header that is repeated where a table is cut."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.chunking.cutting import unit
from ingest.chunking.sizes import size_of
from retrieval.text.graphemes import boundaries
from retrieval.values import Block, Extraction

__all__ = ["Rows", "clipped", "rows_of"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """Where each row begins and whether it is a header; ``header`` is caption and header rows, as one text."""

    starts: tuple[tuple[int, bool], ...]
    caption: str
    header: str


def rows_of(extraction: Extraction, block: Block, *, limit: int) -> Rows:
    """Return the rows of a table block; without a known table its lines are the rows, and none is a header.

    ``limit`` bounds the header, in hundredths of a token; a longer one is cut at its end.
    """
    text = extraction.text
    table = next((each for each in extraction.tables if each.start < block.end and block.start < each.end), None)
    starts: list[tuple[int, bool]] = [(block.start, False)]
    headers: list[str] = []
    caption = ""
    if table is None:
        at = text.find("\n", block.start, block.end)
        while at >= 0:
            starts.append((at + 1, False))
            at = text.find("\n", at + 1, block.end)
        return Rows(starts=tuple(starts), caption="", header="")
    caption = " ".join((table.caption or "").split())
    for index, row in enumerate(table.rows):
        if not row:
            continue
        is_header = index < table.header_rows
        begin, end = row[0].start, row[-1].end
        if starts[-1][0] < begin < block.end:
            starts.append((begin, is_header))
        elif begin <= block.start:
            starts[0] = (block.start, is_header)
        line = unit(text, max(begin, block.start), min(end, block.end))
        if is_header and line is not None:
            headers.append(text[line.start : line.end])
    caption = clipped(caption, limit)
    return Rows(
        starts=tuple(starts), caption=caption, header=clipped("\n".join(filter(None, [caption, *headers])), limit)
    )


def clipped(text: str, limit: int) -> str:
    """Return a text cut at its end to ``limit`` hundredths of a token, an ellipsis showing it; empty if none fits."""
    if size_of(text) <= limit:
        return text
    kept = 0
    room = limit - size_of("…")
    for at in boundaries(text):
        room -= size_of(text[kept:at])
        if room < 0:
            break
        kept = at
    return f"{text[:kept].rstrip()}…" if kept else ""
