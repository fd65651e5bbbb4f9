"""Writes small PDFs byte by byte: CID fonts, horizontal and vertical, any code points, rotation and crop boxes."""

from __future__ import annotations

import functools
import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

__all__ = ["PageSpec", "Run", "make_pdf"]

STAND_INS = {"𠮷": "吉", "\u200b": "■"}
"""Characters beyond the font, drawn with another glyph but written into the text layer as themselves."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """A line of text with the origin of its first glyph, in points of the unrotated page, y upwards."""

    text: str
    x: float
    y: float
    size: float = 20.0
    vertical: bool = False


@dataclass(frozen=True, kw_only=True)
class PageSpec:
    """A page: its media box is ``0 0 width height``."""

    runs: tuple[Run, ...] = ()
    width: float = 400.0
    height: float = 300.0
    rotate: int = 0
    crop: tuple[float, float, float, float] | None = None
    extra: str = ""
    entries: dict[str, str] = field(default_factory=dict)


def make_pdf(pages: Sequence[PageSpec], *, info: str = "", catalog: str = "", objects: Sequence[bytes] = ()) -> bytes:
    """Return the bytes of a PDF. ``objects`` are appended and numbered from 10 + 2 * len(pages)."""
    characters = "".join(sorted({c for page in pages for run in page.runs for c in run.text} | {" "}))
    data, glyphs, widths = _font(characters)
    to_unicode = "".join(f"<{glyphs[c]:04x}> <{c.encode('utf-16-be').hex()}>\n" for c in characters if c in glyphs)
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{len(to_unicode.splitlines())} beginbfchar\n{to_unicode}endbfchar endcmap end end"
    )
    width_array = " ".join(f"{glyphs[c]} [{widths[c]}]" for c in characters)
    kids = " ".join(f"{10 + 2 * index} 0 R" for index in range(len(pages)))
    numbered: dict[int, bytes] = {
        1: f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
        2: f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(),
        3: _font_object("Identity-H"),
        4: _font_object("Identity-V"),
        5: (
            "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /IPAexGothic /CIDToGIDMap /Identity /DW 1000 "
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
            f"/FontDescriptor 6 0 R /W [{width_array}] >>"
        ).encode(),
        6: (
            b"<< /Type /FontDescriptor /FontName /IPAexGothic /Flags 4 /FontBBox [-100 -200 1100 900] /ItalicAngle 0 "
            b"/Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 /FontFile2 7 0 R >>"
        ),
        7: _stream(data, extra=f"/Length1 {len(data)}"),
        8: _stream(cmap.encode()),
        9: f"<< {info} >>".encode(),
    }
    for index, page in enumerate(pages):
        numbered[10 + 2 * index] = _page(page, contents=11 + 2 * index)
        numbered[11 + 2 * index] = _stream(_contents(page, glyphs).encode())
    numbered |= {10 + 2 * len(pages) + i: body for i, body in enumerate(objects)}
    return _file(numbered)


def _font_object(encoding: str) -> bytes:
    return (
        f"<< /Type /Font /Subtype /Type0 /BaseFont /IPAexGothic /Encoding /{encoding} "
        "/DescendantFonts [5 0 R] /ToUnicode 8 0 R >>"
    ).encode()


def _page(page: PageSpec, *, contents: int) -> bytes:
    crop = f"/CropBox [{' '.join(map(str, page.crop))}]" if page.crop else ""
    entries = " ".join(f"/{name} {value}" for name, value in page.entries.items())
    return (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {page.width} {page.height}] {crop} /Rotate {page.rotate} "
        f"{entries} "
        f"/Resources << /Font << /H 3 0 R /V 4 0 R >> >> /Contents {contents} 0 R >>"
    ).encode()


def _contents(page: PageSpec, glyphs: dict[str, int]) -> str:
    lines = [page.extra]
    for run in page.runs:
        codes = "".join(f"{glyphs[c]:04x}" for c in run.text)
        lines.append(f"BT /{'V' if run.vertical else 'H'} {run.size} Tf 1 0 0 1 {run.x} {run.y} Tm <{codes}> Tj ET")
    return "\n".join(lines)


def _stream(data: bytes, *, extra: str = "") -> bytes:
    packed = zlib.compress(data)
    return f"<< /Length {len(packed)} /Filter /FlateDecode {extra} >>\nstream\n".encode() + packed + b"\nendstream"


def _file(numbered: dict[int, bytes]) -> bytes:
    out, offsets = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), {}
    for number in sorted(numbered):
        offsets[number] = len(out)
        out += f"{number} 0 obj\n".encode() + numbered[number] + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {max(numbered) + 1}\n0000000000 65535 f \n".encode()
    for number in range(1, max(numbered) + 1):
        out += f"{offsets[number]:010d} 00000 n \n".encode() if number in offsets else b"0000000000 65535 f \n"
    out += f"trailer\n<< /Size {max(numbered) + 1} /Root 1 0 R /Info 9 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


@functools.cache
def _font(characters: str) -> tuple[bytes, dict[str, int], dict[str, int]]:
    spec = find_spec("matplotlib_fontja")
    assert spec is not None
    assert spec.origin is not None
    drawn = {c: STAND_INS.get(c, c) for c in characters}
    font = TTFont(Path(spec.origin).parent / "fonts" / "ipaexg.ttf")
    options = subset.Options(notdef_outline=True, layout_features=[], drop_tables=["GSUB", "GPOS", "DSIG"])
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(drawn.values()))
    subsetter.subset(font)
    buffer = io.BytesIO()
    font.save(buffer)

    cmap, order = font.getBestCmap(), {name: i for i, name in enumerate(font.getGlyphOrder())}
    glyphs = {c: order[cmap[ord(d)]] for c, d in drawn.items()}
    scale = 1000 / font["head"].unitsPerEm
    widths = {c: round(font["hmtx"][cmap[ord(d)]][0] * scale) for c, d in drawn.items()}
    return buffer.getvalue(), glyphs, widths
