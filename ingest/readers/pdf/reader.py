"""Reads PDF: PDFium for text and boxes, pypdf for structure and, where PDFium fails, as second reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.readers.assembly import Assembly, unreadable
from ingest.readers.media_types import PDF
from ingest.readers.pdf.compose import PageText, compose
from ingest.readers.pdf.glyphs import Glyph, page_glyphs
from ingest.readers.pdf.lines import pieces
from ingest.readers.pdf.order import Region, regions
from ingest.readers.pdf.structure import Structure, plain_pages, read_structure
from retrieval.ids import fingerprint
from retrieval.ports import Hints
from retrieval.values import Extraction

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

__all__ = ["PdfReader"]


class PdfReader:
    """Reads PDF with a box for every code point; wrapped lines are joined, nothing else is changed."""

    def __init__(self) -> None:
        self.media_types = frozenset({PDF})
        self.fingerprint = fingerprint("pdf", "1", f"pypdfium2 {version('pypdfium2')}", f"pypdf {version('pypdf')}")

    def prepare(self) -> None:
        """Load the libraries."""
        import pypdf  # noqa: F401  (heavy imports load on first use)
        import pypdfium2  # noqa: F401 - loaded now, so that the first document does not pay for it

    def read(self, path: Path, hints: Hints) -> Extraction:
        """Return the extraction.

        Raises `DocumentError`: ``encrypted`` (skipped), ``no_text``, ``malformed``. Pages without a text layer are
        named in ``missing``.
        """
        import pypdfium2

        structure = read_structure(path)
        try:
            document = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError as exc:
            if structure.encrypted or getattr(exc, "err_code", None) == 4:  # FPDF_ERR_PASSWORD
                raise unreadable(f"{hints.name!r} needs a password", reason="encrypted", skipped=True) from exc
            return self._second_reader(path, hints, structure)
        try:
            pages = _pages(document, structure)
        finally:
            document.close()
        return compose(pages, hints=hints, fingerprint=self.fingerprint, structure=structure)

    def _second_reader(self, path: Path, hints: Hints, structure: Structure) -> Extraction:
        from pypdf.errors import PyPdfError

        assembly = Assembly()
        assembly.missing.append("PDFium cannot open the file: text by pypdf, without boxes on the page")
        try:
            for number, text in enumerate(plain_pages(path), start=1):
                assembly.begin_page(label=_label(structure, number - 1))
                for paragraph in text.split("\n\n"):
                    assembly.add(paragraph)
        except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as exc:
            if not assembly.blocks:
                raise unreadable(f"{hints.name!r} is no PDF that can be read", reason="malformed") from exc
            assembly.missing.append(f"text after page {len(assembly.pages)} could not be read")
        return assembly.finish(hints, fingerprint=self.fingerprint, title=structure.title, language=structure.language)


def _pages(document: PdfDocument, structure: Structure) -> list[PageText]:
    import pypdfium2

    found = []
    for index in range(len(document)):
        label = _label(structure, index)
        try:
            page = document[index]
        except pypdfium2.PdfiumError:
            found.append(PageText(regions=(), width=0.0, height=0.0, label=label, broken=True))
            continue
        try:
            width, height = page.get_size()
            found.append(PageText(regions=tuple(_in_order(page_glyphs(page))), width=width, height=height, label=label))
        finally:
            page.close()
    return found


def _in_order(glyphs: Sequence[Glyph]) -> list[Region]:
    """Return the regions of a page: first the direction that most of its text has, then the others."""
    ways: dict[int, list[Glyph]] = {}
    for glyph in glyphs:
        ways.setdefault(glyph.way, []).append(glyph)
    found: list[Region] = []
    for rank, way in enumerate(sorted(ways, key=lambda way: (-len(ways[way]), way))):
        found.extend(replace(region, side=rank > 0) for region in regions(pieces(ways[way])))
    return found


def _label(structure: Structure, index: int) -> str | None:
    return structure.labels[index] if index < len(structure.labels) else None
