"""Makes PDFs from the small markup with ReportLab: horizontal text, tables over pages, scanned pages, bookmarks."""

from __future__ import annotations

import io
from collections.abc import Iterator
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from samples.making.bundle import Piece, SourceDocument, pieces
from samples.making.font import font_path
from samples.making.scan import scanned_page
from samples.making.vertical import make_vertical_pdf

__all__ = ["make_pdf"]

_JAPANESE = "IPAexGothic"
_MARGIN = 20 * mm


def make_pdf(document: SourceDocument) -> bytes:
    """Return a PDF of the document; one whose name holds ``vertical`` is set in columns from right to left.

    English is set in Helvetica, which every viewer has; Japanese in a subset of an embedded font.
    """
    if "vertical" in document.path:
        return make_vertical_pdf(document)
    japanese = document.headers.get("language") != "en"
    if japanese:
        pdfmetrics.registerFont(TTFont(_JAPANESE, str(font_path())))
    font = _JAPANESE if japanese else "Helvetica"
    target = io.BytesIO()
    template = _Bookmarked(
        target,
        pagesize=A4,
        title=document.title,
        author="Aoba Techno",
        lang="ja-JP" if japanese else "en-GB",
        invariant=1,
        pageCompression=0,
    )
    printed = Frame(_MARGIN, _MARGIN, A4[0] - 2 * _MARGIN, A4[1] - 2 * _MARGIN)
    running = document.headers["running_title"]

    def furnish(canvas: Canvas, page: BaseDocTemplate) -> None:
        canvas.setFont(font, 8)
        canvas.drawString(_MARGIN, A4[1] - 12 * mm, running)
        canvas.drawCentredString(A4[0] / 2, 10 * mm, str(page.page))

    template.addPageTemplates(
        [
            PageTemplate(id="printed", frames=[printed], onPage=furnish),
            PageTemplate(id="scan", frames=[Frame(0, 0, *A4, 0, 0, 0, 0)]),
        ]
    )
    template.build(list(_story(document, font=font, wrap="CJK" if japanese else None)))
    return target.getvalue()


class _Bookmarked(BaseDocTemplate):  # type: ignore[misc]  # ReportLab has no types
    """A template that puts every heading into the outline."""

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802  ReportLab calls it so
        level = getattr(flowable, "outline_level", None)
        if level is None:
            return
        key = f"h{self.seq.nextf('heading')}"
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(flowable.getPlainText(), key, level - 1)


class _Scan(Flowable):  # type: ignore[misc]  # ReportLab has no types
    """A page that is nothing but an image."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self.jpeg = scanned_page(lines)

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        return width, height

    def draw(self) -> None:
        self.canv.drawImage(ImageReader(io.BytesIO(self.jpeg)), 0, 0, *A4)


def _story(document: SourceDocument, *, font: str, wrap: str | None) -> Iterator[Flowable]:
    def style(size: float, *, before: float = 0.0, after: float = 4.0, indent: float = 0.0) -> ParagraphStyle:
        return ParagraphStyle(
            f"{font}-{size}-{indent}",
            fontName=font,
            fontSize=size,
            leading=size * 1.6,
            spaceBefore=before,
            spaceAfter=after,
            leftIndent=indent,
            bulletFontName=font,
            bulletIndent=indent and 4,
            alignment=TA_LEFT,
            wordWrap=wrap,
        )

    body, listed = style(10.5), style(10.5, indent=18, after=2)
    headings = {1: style(17, after=10), 2: style(13, before=10, after=6)}
    for piece in pieces(document.body):
        if piece.kind == "heading":
            heading = Paragraph(escape(piece.text), headings[piece.level])
            heading.outline_level = piece.level
            yield heading
        elif piece.kind == "bullet":
            yield Paragraph(escape(piece.text), listed, bulletText="・" if wrap else "\u2022")
        elif piece.kind == "step":
            yield Paragraph(escape(piece.text), listed, bulletText=f"{piece.level}.")
        elif piece.kind == "table":
            yield _table(piece, font=font)
            yield Spacer(1, 6)
        elif piece.kind == "scan":
            yield from (NextPageTemplate("scan"), PageBreak(), _Scan([row[0] for row in piece.rows]))
            yield from (NextPageTemplate("printed"), PageBreak())
        else:
            yield Paragraph(escape(piece.text), body)


def _table(piece: Piece, *, font: str) -> Table:
    return Table(
        [list(row) for row in piece.rows],
        hAlign="LEFT",
        repeatRows=1,
        style=TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), font, 10),
                ("RIGHTPADDING", (0, 0), (-1, -1), 18),
                ("GRID", (0, 0), (-1, -1), 0.5, colors.grey),
                ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
            ]
        ),
    )
