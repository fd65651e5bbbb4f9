"""What every reader's extraction must hold; a new reader begins with one subclass of `ReaderContract`."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from ingest.readers.media_types import media_type_of
from retrieval.codec import pack, unpack
from retrieval.ids import extraction_id
from retrieval.ports import Hints, Reader
from retrieval.values import BlockKind, Extraction

__all__ = ["ReaderContract", "check", "read"]

VERSION = "ab" * 32


def read(reader: Reader, path: Path) -> Extraction:
    """Read a file as the run does."""
    media_type = media_type_of(path.name, path.read_bytes())
    return reader.read(path, Hints(name=path.name, media_type=media_type, version=VERSION))


def check(extraction: Extraction) -> None:
    """Assert what holds for every extraction of every reader."""
    text = extraction.text
    assert text.strip()
    assert "\0" not in text
    text.encode("utf-8")  # no lone surrogate
    assert "\r" not in text
    ends = [0, *(block.end for block in extraction.blocks)]
    starts = [*(block.start for block in extraction.blocks), len(text)]
    for end, start in zip(ends, starts, strict=True):
        assert end <= start
        assert not text[end:start].strip()
    for block in extraction.blocks:
        assert text[block.start : block.end].strip()
        assert (1 <= block.level <= 6) or block.kind not in {BlockKind.HEADING, BlockKind.LIST_ITEM}
    _check_tables(extraction)
    _check_pages(extraction)
    assert unpack(pack(extraction)) == extraction
    assert extraction.title is None or extraction.title.strip() == extraction.title != ""


def _check_tables(extraction: Extraction) -> None:
    kinds = {(b.start, b.end) for b in extraction.blocks if b.kind is BlockKind.TABLE}
    assert kinds == {(table.start, table.end) for table in extraction.tables}
    for table in extraction.tables:
        lines = extraction.text[table.start : table.end].split("\n")
        rows = [[extraction.text[cell.start : cell.end] for cell in row] for row in table.rows]
        assert [" | ".join(row) for row in rows] == lines
        assert 0 <= table.header_rows <= len(rows)


def _check_pages(extraction: Extraction) -> None:
    assert [page.number for page in extraction.pages] == list(range(1, len(extraction.pages) + 1))
    for one, two in pairwise(extraction.pages):
        assert one.end <= two.start
    assert all(page.start <= page.end <= len(extraction.text) for page in extraction.pages)
    for boxes in extraction.boxes:
        page = extraction.pages[boxes.page - 1]
        assert (boxes.start, boxes.end) == (page.start, page.end)
        assert len(boxes.quads) == 16 * (boxes.end - boxes.start)


class ReaderContract:
    """Subclass with fixtures ``reader`` and ``sample``: a file that the reader can read."""

    def test_extraction_is_well_formed(self, reader: Reader, sample: Path) -> None:
        """Blocks, tables, pages and boxes lie in the text, in order, and survive packing."""
        check(read(reader, sample))

    def test_same_bytes_give_the_same_extraction(self, reader: Reader, sample: Path) -> None:
        """Reading twice gives equal values."""
        assert read(reader, sample) == read(reader, sample)

    def test_the_id_names_version_and_reader(self, reader: Reader, sample: Path) -> None:
        """Offsets belong to one version read by one reader."""
        found = read(reader, sample)
        assert found.id == extraction_id(version=VERSION, reader_fingerprint=reader.fingerprint)
        assert found.reader_fingerprint == reader.fingerprint
        assert found.media_type in reader.media_types

    def test_an_empty_file_is_a_document_error(self, reader: Reader, sample: Path, tmp_path: Path) -> None:
        """No reader makes an extraction, or any other error, of nothing."""
        from retrieval.errors import DocumentError

        empty = tmp_path / f"empty{sample.suffix}"
        empty.write_bytes(b"")
        with pytest.raises(DocumentError) as caught:
            read(reader, empty)
        assert caught.value.reason in {"no_text", "malformed"}
