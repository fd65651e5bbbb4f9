"""Files that attack whoever reads them: bombs, outside entities, loops, endless nesting. Small, made in memory."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence

__all__ = ["hostile_files"]

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LAUGHS = '<!DOCTYPE x [<!ENTITY l0 "haha">{}]>'.format(
    "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
)


def hostile_files(secret: str) -> Mapping[str, bytes]:
    """Return the files by their names; ``secret`` is the path of a file that entities shall try to read."""
    outside = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'
    return {
        "bomb.docx": _docx("見える", extra={"word/media/big.bin": bytes(300_000_000)}),
        "laughs.docx": _docx("&l9;", prolog=_LAUGHS),
        "outside.docx": _docx("前&e;後", prolog=outside),
        "overlap.docx": _overlapping(300),
        "corner.xlsx": _xlsx(_cell("A1", "料金") + _cell("B1", "円"), last=_cell("XFD1048576", "隅")),
        "outside.xlsx": _xlsx(_cell("A1", "&e;") + _cell("B1", "x"), prolog=outside),
        "outside.html": f"{outside}<p>前 &e; 後</p>".encode(),
        "outside.xml": f"{outside}<r><a>前</a><b>&e;</b></r>".encode(),
        "laughs.xml": f"{_LAUGHS}<r><a>前</a><b>&l9;</b></r>".encode(),
        "deep.html": ("<p>上</p>" + "<div>" * 100_000 + "底").encode(),
        "comments.txt": b"<!---->" * 5000 + "本文".encode(),
        "quotes.md": b">" * 50_000 + "引用".encode(),
        "deep.json": b"[" * 100_000,
        "wide.csv": (",".join(f"c{n}" for n in range(20_000)) + "\n" + ",".join(["1"] * 20_000)).encode(),
        "zalgo.txt": ("あ" + "\u0301" * 50_000).encode(),
        "hidden.txt": "見える\u202e\U000e0041\u200b文".encode(),
        "blanks.pdf": _pdf(["<</Type/Pages/Kids[3 0 R]/Count 1>>", _PAGE], content=b" " * 74_000_000),
        "cycle.pdf": _pdf(["<</Type/Pages/Kids[3 0 R 2 0 R]/Count 2000000000>>", _PAGE]),
        "nothing.pdf": b"%PDF-1.7\n",
    }


def _zip(parts: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return buffer.getvalue()


def _types(parts: Mapping[str, str]) -> str:
    named = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in parts.items())
    defaults = "".join(
        f'<Default Extension="{suffix}" ContentType="application/{kind}"/>'
        for suffix, kind in {"rels": "vnd.openxmlformats-package.relationships+xml", "xml": "xml"}.items()
    )
    return f'<Types xmlns="{_PACKAGE}/content-types">{defaults}{named}</Types>'


def _relations(kind: str, target: str) -> str:
    relation = f'<Relationship Id="r1" Type="{_OFFICE}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{relation}</Relationships>'


def _docx(text: str, *, prolog: str = "", extra: Mapping[str, bytes] | None = None) -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    body = f"<w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body>"
    return _zip(
        {
            "[Content_Types].xml": _types({"/word/document.xml": kind}),
            "_rels/.rels": _relations("officeDocument", "word/document.xml"),
            "word/document.xml": f'{prolog}<w:document xmlns:w="{_WORD}">{body}</w:document>',
            **(extra or {}),
        }
    )


def _cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def _xlsx(first: str, *, last: str = "", prolog: str = "") -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    rows = f'<row r="1">{first}</row>' + (f'<row r="1048576">{last}</row>' if last else "")
    sheets = '<sheets><sheet name="表" sheetId="1" r:id="r1"/></sheets>'
    return _zip(
        {
            "[Content_Types].xml": _types(
                {"/xl/workbook.xml": f"{kind}.sheet.main+xml", "/xl/worksheets/s.xml": f"{kind}.worksheet+xml"}
            ),
            "_rels/.rels": _relations("officeDocument", "xl/workbook.xml"),
            "xl/workbook.xml": f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}">{sheets}</workbook>',
            "xl/_rels/workbook.xml.rels": _relations("worksheet", "worksheets/s.xml"),
            "xl/worksheets/s.xml": f'{prolog}<worksheet xmlns="{_SHEET}"><sheetData>{rows}</sheetData></worksheet>',
        }
    )


def _overlapping(members: int) -> bytes:
    """Return a package whose members all are one and the same run of 100 MB of zeros (after David Fifield's bomb)."""
    size = 100_000_000
    packer = zlib.compressobj(9, wbits=-15)
    data, check = packer.compress(bytes(size)) + packer.flush(), zlib.crc32(bytes(size))
    names = [b"[Content_Types].xml", b"_rels/.rels", *(f"word/{n}.xml".encode() for n in range(members))]
    head = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0, check, len(data), size, len(names[0]), 0) + names[0]
    directory = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 0, check, len(data), size, len(name), 0, 0, 0, 0, 0, 0)
        + name
        for name in names
    )
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(names), len(names), len(directory), len(head) + len(data), 0)
    return head + data + directory + end


_PAGE = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"


def _pdf(pages: Sequence[str], *, content: bytes = b"") -> bytes:
    """Return a file with the given objects 2 and 3, and one line of text behind ``content``."""
    packed = zlib.compress(content + b"BT /F 12 Tf 50 700 Td (Hello) Tj ET", 9)
    stream = b"<</Length %d/Filter/FlateDecode>>stream\n" % len(packed) + packed + b"\nendstream"
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    out, places = io.BytesIO(b"%PDF-1.7\n"), list[int]()
    out.seek(0, io.SEEK_END)
    bodies = [b"<</Type/Catalog/Pages 2 0 R>>", *(page.encode() for page in pages), stream, font]
    for number, body in enumerate(bodies, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n" % number + body + b"\nendobj\n")
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(places) + 1, table))
    return out.getvalue()
