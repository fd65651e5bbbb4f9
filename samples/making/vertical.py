"""Makes a PDF of vertical Japanese text: an embedded CID font with Identity-V, columns from right to left.

ReportLab writes no vertical text in embedded fonts, so the few objects are written here. Punctuation takes the
font's vertical forms (OpenType feature ``vert``), and ToUnicode leads each back to the character it stands for.
ISO 32000-1, 9.7.4.3 (vertical metrics) and 9.10.3 (ToUnicode).
"""

from __future__ import annotations

import io

from fontTools import subset
from fontTools.ttLib import TTFont

from samples.making.bundle import SourceDocument
from samples.making.font import font_path

__all__ = ["make_vertical_pdf"]

_WIDTH, _HEIGHT = 595, 842
_SIZE, _PITCH = 18, 32
_TOP, _RIGHT = 760, 525


def make_vertical_pdf(document: SourceDocument) -> bytes:
    """Return a PDF of one page with one column per line of the body. All characters must be full width."""
    columns = document.body.strip("\n").split("\n")
    font, glyphs = _subset("".join(columns))
    content = "\n".join(
        f"BT /F1 {_SIZE} Tf {_RIGHT - _PITCH * i} {_TOP} Td <{''.join(f'{glyphs[c]:04X}' for c in column)}> Tj ET"
        for i, column in enumerate(columns)
    )
    head = font["head"]
    scale = 1000 / head.unitsPerEm
    box = " ".join(str(round(v * scale)) for v in (head.xMin, head.yMin, head.xMax, head.yMax))
    program = io.BytesIO()
    font.save(program)
    name = "/AOBATK+IPAexGothic"
    page = f"/MediaBox [0 0 {_WIDTH} {_HEIGHT}] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >>"
    system = "<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
    metrics = f"/FontBBox [{box}] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 740 /StemV 80"
    title = "FEFF" + document.title.encode("utf-16-be").hex().upper()
    return _file(
        [
            _dictionary("/Type /Catalog /Pages 2 0 R /Lang (ja-JP)"),
            _dictionary("/Type /Pages /Kids [3 0 R] /Count 1"),
            _dictionary("/Type /Page /Parent 2 0 R", page),
            _stream(content.encode()),
            _dictionary(
                f"/Type /Font /Subtype /Type0 /BaseFont {name}-Identity-V /Encoding /Identity-V",
                "/DescendantFonts [6 0 R] /ToUnicode 9 0 R",
            ),
            _dictionary(
                f"/Type /Font /Subtype /CIDFontType2 /BaseFont {name} /FontDescriptor 7 0 R",
                f"/CIDToGIDMap /Identity /CIDSystemInfo {system} /DW 1000 /DW2 [880 -1000]",
            ),
            _dictionary(f"/Type /FontDescriptor /FontName {name} /Flags 4", metrics, "/FontFile2 8 0 R"),
            _stream(program.getvalue(), f"/Length1 {program.tell()} "),
            _stream(_to_unicode(glyphs)),
            _dictionary(f"/Title <{title}> /Producer (Tenkyo samples) /CreationDate (D:20260105000000Z)"),
        ]
    )


def _subset(text: str) -> tuple[TTFont, dict[str, int]]:
    """Return the font cut down to a text, and the glyph id of each character in its vertical form."""
    font = TTFont(str(font_path()), recalcTimestamp=False)
    upright = font.getBestCmap()
    table = font["GSUB"].table
    lookups = {
        i
        for record in table.FeatureList.FeatureRecord
        if record.FeatureTag == "vert"
        for i in record.Feature.LookupListIndex
    }
    turned: dict[str, str] = {}
    for i in sorted(lookups):
        for part in table.LookupList.Lookup[i].SubTable:
            turned.update(part.mapping)
    names = {c: turned.get(upright[ord(c)], upright[ord(c)]) for c in sorted(set(text))}
    options = subset.Options(layout_features=[], notdef_outline=True, hinting=False, glyph_names=False)
    cutter = subset.Subsetter(options)
    cutter.populate(glyphs=sorted(names.values()))
    cutter.subset(font)
    return font, {c: font.getGlyphID(name) for c, name in names.items()}


def _to_unicode(glyphs: dict[str, int]) -> bytes:
    pairs = sorted((gid, c) for c, gid in glyphs.items())
    blocks = [pairs[i : i + 100] for i in range(0, len(pairs), 100)]
    mapped = "\n".join(
        f"{len(block)} beginbfchar\n"
        + "\n".join(f"<{gid:04X}> <{c.encode('utf-16-be').hex().upper()}>" for gid, c in block)
        + "\nendbfchar"
        for block in blocks
    )
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        f"{mapped}\nendcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode()


def _dictionary(*entries: str) -> bytes:
    return f"<< {' '.join(entries)} >>".encode()


def _stream(data: bytes, entries: str = "") -> bytes:
    return f"<< {entries}/Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def _file(objects: list[bytes]) -> bytes:
    """Return a PDF file of these objects, numbered from 1: the catalogue first, the information last."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, value in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + value + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += "".join(f"{offset:010d} 00000 n \n" for offset in offsets).encode()
    out += (
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>\nstartxref\n{start}\n%%EOF\n"
    ).encode()
    return bytes(out)
