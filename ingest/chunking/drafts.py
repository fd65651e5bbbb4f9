"""Chunks before they are measured: which spans belong together, under which heading, matched by what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from ingest.chunking.cutting import Unit, lines, pieces, unit
from ingest.chunking.packing import pack
from ingest.chunking.sections import Section, heading_text, sections
from ingest.chunking.sizes import TOKEN, Sizes, size_of
from ingest.chunking.tables import clipped, rows_of
from retrieval.values import Block, BlockKind, ChunkKind, Extraction

__all__ = ["Draft", "Plan", "drafts"]

_QUESTION = 8
"""How many times a chunk's size a question may be before it is measured; each chunk of its answer carries it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """Sizes aimed at, in hundredths of a token: a chunk ends between ``low`` and ``high``.

    Neighbouring sections up to ``tiny`` under one parent are joined to between ``small`` and ``full``. A paragraph up
    to ``lead`` before a list, a table or code is kept with it.
    """

    low: int
    high: int
    tiny: int
    small: int
    full: int
    lead: int

    @classmethod
    def of(cls, budget: int) -> Plan:
        """Return the plan for an embedder's budget in tokens; more than 512 does not make chunks longer."""
        tokens = min(budget, 512) * TOKEN
        return cls(
            low=tokens * 30 // 100,
            high=tokens * 60 // 100,
            tiny=tokens * 8 // 100,
            small=tokens * 12 // 100,
            full=tokens * 30 // 100,
            lead=tokens * 12 // 100,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A span with what is shown to the embedder beside it.

    ``body`` is where the text begins that the heading path does not already say. ``header`` is repeated before the
    body (caption and header rows of a table), ``repeated`` before what is cut off this draft later. ``question`` stands
    for the body of an answer.
    """

    start: int
    end: int
    body: int
    kind: ChunkKind
    path: tuple[str, ...]
    header: str = ""
    repeated: str = ""
    question: str | None = None


def drafts(extraction: Extraction, *, plan: Plan, sizes: Sizes) -> Iterator[Draft]:
    """Yield the drafts of an extraction in text order, without overlap.

    Only white space and questions are left out: a question is no chunk, it is what its answer is matched by.
    """
    shaper = _Shaper(extraction, plan=plan, sizes=sizes)
    for (mergeable, parent, _), group in groupby(shaper.sections, key=shaper.kinship):
        members = list(group)
        if mergeable and len(members) > 1:
            yield from shaper.merged(members, parent)
        else:
            for section in members:
                yield from shaper.section(section)


class _Shaper:
    """Turns sections into drafts."""

    def __init__(self, extraction: Extraction, *, plan: Plan, sizes: Sizes) -> None:
        self.text = extraction.text
        self.extraction = extraction
        self.plan = plan
        self.sizes = sizes
        self.sections = sections(extraction)

    def kinship(self, section: Section) -> tuple[bool, tuple[str, ...], int]:
        """Return whether a section may be joined with its neighbours, and with which ones."""
        special = (BlockKind.TABLE, BlockKind.QUESTION, BlockKind.ANSWER)
        mergeable = (
            bool(section.path)
            and self.sizes.of(section.start, section.end) <= self.plan.tiny
            and not any(block.kind in special for block in section.blocks)
        )
        return (mergeable, section.path[:-1], section.level) if mergeable else (False, (), section.start)

    def merged(self, members: Sequence[Section], parent: tuple[str, ...]) -> Iterator[Draft]:
        """Yield tiny sections joined under their common parent; their own headings stay in the body."""
        units = [Unit(section.start, section.end) for section in members]
        own = {section.start: section for section in members}
        for group in pack(self.text, units, low=self.plan.small, high=self.plan.full, sizes=self.sizes):
            first = own[group[0].start]
            alone = len(group) == 1
            yield Draft(
                start=first.start,
                end=group[-1].end,
                body=first.body if alone else first.own,
                kind=ChunkKind.TEXT,
                path=first.path if alone else parent,
            )

    def section(self, section: Section) -> Iterator[Draft]:
        """Yield the drafts of one section; the first begins with the heading."""
        stretches = list(self._stretches(section.blocks))
        begin = section.start
        if not stretches or isinstance(stretches[0], _Answer):
            if begin < section.body:
                yield self._draft(section, begin, section.body, body=section.body)
            begin = -1
        for stretch in stretches:
            if isinstance(stretch, _Answer):
                yield from self._answer(stretch, section)
            elif isinstance(stretch, _Table):
                yield from self._table(stretch, section, begin=begin)
            else:
                yield from self._texts(stretch, section, begin=begin)
            begin = -1

    def _stretches(self, blocks: Sequence[Block]) -> Iterator[list[Block] | _Table | _Answer]:
        """Yield runs of text, tables with what leads to them, and answers with their questions."""
        texts: list[Block] = []
        questions: list[str] = []
        answered = False
        for block in blocks:
            if block.kind is BlockKind.ANSWER and questions:
                yield _Answer("\n".join(questions), block)
                answered = True
                continue
            if answered or block.kind is not BlockKind.QUESTION:
                questions, answered = [], False
            if block.kind in (BlockKind.QUESTION, BlockKind.TABLE):
                lead = texts.pop() if block.kind is BlockKind.TABLE and self._leads(texts) else None
                if texts:
                    yield texts
                    texts = []
                if block.kind is BlockKind.TABLE:
                    yield _Table(lead.start if lead else block.start, block)
                else:
                    questions.append(heading_text(self.text[block.start : block.end]))
            else:
                texts.append(block)
        if texts:
            yield texts

    def _leads(self, before: Sequence[Block]) -> bool:
        """Tell whether the block before a list, a table or code belongs to it: a short paragraph."""
        if not before or before[-1].kind is not BlockKind.PARAGRAPH:
            return False
        return self.sizes.of(before[-1].start, before[-1].end) <= self.plan.lead

    def _draft(self, section: Section, start: int, end: int, *, body: int) -> Draft:
        return Draft(start=start, end=end, body=body, kind=ChunkKind.TEXT, path=section.path)

    def _texts(self, blocks: Sequence[Block], section: Section, *, begin: int) -> Iterator[Draft]:
        units = self._units(blocks)
        for group in pack(self.text, units, low=self.plan.low, high=self.plan.high, sizes=self.sizes):
            body, end = group[0].start, group[-1].end
            yield self._draft(section, body if begin < 0 else begin, end, body=body)
            begin = -1

    def _units(self, blocks: Sequence[Block]) -> list[Unit]:
        """Return what is not cut if it fits: paragraphs, code, and lists with the paragraph that leads to them."""
        units: list[Unit] = []
        for kind, group in groupby(blocks, key=lambda block: block.kind):
            members = list(group)
            if kind is BlockKind.LIST_ITEM:
                units.extend(self._led(units, members, blocks))
            else:
                for block in members:
                    fitting = [Unit(block.start, block.end)]
                    if self.sizes.of(block.start, block.end) > self.plan.high:
                        cut = lines if kind is BlockKind.CODE else pieces
                        fitting = cut(self.text, block.start, block.end, limit=self.plan.high, sizes=self.sizes)
                    units.extend(fitting)
        return units

    def _led(self, units: list[Unit], items: Sequence[Block], blocks: Sequence[Block]) -> list[Unit]:
        """Return a list as one unit or by its items; the paragraph before it is taken out of ``units`` if it leads."""
        at = blocks.index(items[0])
        start, end = items[0].start, items[-1].end
        leads = bool(units) and self._leads(blocks[:at])
        if leads and self.sizes.of(units[-1].start, end) <= self.plan.high:
            start = units.pop().start
        if self.sizes.of(start, end) <= self.plan.high:
            return [Unit(start, end)]
        found: list[Unit] = []
        for item in items:
            rank = (3 if leads else 0) if item is items[0] else min(item.level, 2)
            found.extend(pieces(self.text, item.start, item.end, limit=self.plan.high, sizes=self.sizes, rank=rank))
        return found

    def _answer(self, answer: _Answer, section: Section) -> Iterator[Draft]:
        block = answer.block
        question = clipped(answer.question, _QUESTION * self.plan.high)
        units = pieces(self.text, block.start, block.end, limit=self.plan.high, sizes=self.sizes)
        for group in pack(self.text, units, low=self.plan.low, high=self.plan.high, sizes=self.sizes):
            start, end = group[0].start, group[-1].end
            yield Draft(start=start, end=end, body=start, kind=ChunkKind.ANSWER, path=section.path, question=question)

    def _table(self, table: _Table, section: Section, *, begin: int) -> Iterator[Draft]:
        rows = rows_of(self.extraction, table.block, limit=self.plan.high // 3)
        limit = max(self.plan.high - size_of(rows.header), self.plan.high // 2)
        units = [Unit(table.start, table.block.end)]
        if self.sizes.of(table.start, table.block.end) > self.plan.high:
            units = self._rows(table, rows.starts, limit=limit)
        low = min(self.plan.low, limit // 2)
        for group in pack(self.text, units, low=low, high=max(limit, self.plan.high), sizes=self.sizes):
            body, end = group[0].start, group[-1].end
            header = rows.caption if body <= table.block.start else rows.header
            start = body if begin < 0 else begin
            yield replace(
                self._draft(section, start, end, body=body), kind=ChunkKind.TABLE, header=header, repeated=rows.header
            )
            begin = -1

    def _rows(self, table: _Table, starts: Sequence[tuple[int, bool]], *, limit: int) -> list[Unit]:
        """Return rows as units; those after a header row, and the first, are not parted from it."""
        found: list[Unit] = []
        ends = [*(start for start, _ in starts[1:]), table.block.end]
        after_header = table.start < table.block.start
        if after_header:
            found.extend(pieces(self.text, table.start, table.block.start, limit=limit, sizes=self.sizes))
        for (start, is_header), end in zip(starts, ends, strict=True):
            row = unit(self.text, start, end)
            if row is not None:
                rank = 3 if after_header else 0
                found.extend(pieces(self.text, row.start, row.end, limit=limit, sizes=self.sizes, rank=rank))
                after_header = is_header
        return found


@dataclass(frozen=True, slots=True)
class _Table:
    start: int
    block: Block


@dataclass(frozen=True, slots=True)
class _Answer:
    question: str
    block: Block
