"""An extraction as bytes and back: JSON for the structure, raw bytes for the boxes. No pickle anywhere.

Used between a reader's child process and its parent, and by the stores. The layout is a header line of JSON with
the lengths of the parts that follow it.
"""

from __future__ import annotations

import json
from typing import Any

from retrieval.values import Block, BlockKind, Extraction, Page, PageBoxes, Span, Table

__all__ = ["decode_boxes", "decode_structure", "encode_boxes", "encode_structure", "pack", "unpack"]


def encode_structure(extraction: Extraction) -> bytes:
    """Return everything of an extraction but its text and boxes, as canonical JSON."""
    value = {
        "blocks": [[b.kind.value, b.start, b.end, b.level] for b in extraction.blocks],
        "id": extraction.id,
        "language": extraction.language,
        "media_type": extraction.media_type,
        "missing": list(extraction.missing),
        "pages": [[p.number, p.start, p.end, p.label, p.width, p.height] for p in extraction.pages],
        "properties": dict(extraction.properties),
        "reader": extraction.reader_fingerprint,
        "tables": [
            {
                "caption": t.caption,
                "end": t.end,
                "header_rows": t.header_rows,
                "rows": [[[c.start, c.end] for c in row] for row in t.rows],
                "start": t.start,
            }
            for t in extraction.tables
        ],
        "title": extraction.title,
    }
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def decode_structure(data: bytes, *, text: str, boxes: tuple[PageBoxes, ...] = ()) -> Extraction:
    """Return the extraction of `encode_structure`, given its text and, if wanted, its boxes."""
    value: dict[str, Any] = json.loads(data)
    return Extraction(
        id=value["id"],
        text=text,
        media_type=value["media_type"],
        reader_fingerprint=value["reader"],
        title=value["title"],
        language=value["language"],
        pages=tuple(
            Page(number=n, start=s, end=e, label=label, width=w, height=h) for n, s, e, label, w, h in value["pages"]
        ),
        blocks=tuple(Block(kind=BlockKind(k), start=s, end=e, level=n) for k, s, e, n in value["blocks"]),
        tables=tuple(
            Table(
                start=t["start"],
                end=t["end"],
                header_rows=t["header_rows"],
                caption=t["caption"],
                rows=tuple(tuple(Span(start=s, end=e) for s, e in row) for row in t["rows"]),
            )
            for t in value["tables"]
        ),
        boxes=boxes,
        missing=tuple(value["missing"]),
        properties=value["properties"],
    )


def encode_boxes(boxes: tuple[PageBoxes, ...]) -> bytes:
    """Return boxes as one header line of JSON followed by the packed quads."""
    header = json.dumps([[b.page, b.start, b.end, len(b.quads)] for b in boxes], separators=(",", ":"))
    return b"\n".join([header.encode(), b"".join(b.quads for b in boxes)])


def decode_boxes(data: bytes) -> tuple[PageBoxes, ...]:
    """Return the boxes of `encode_boxes`."""
    header, _, packed = data.partition(b"\n")
    boxes, at = [], 0
    for page, start, end, length in json.loads(header):
        boxes.append(PageBoxes(page=page, start=start, end=end, quads=packed[at : at + length]))
        at += length
    return tuple(boxes)


def pack(extraction: Extraction) -> bytes:
    """Return a whole extraction as bytes."""
    parts = [
        extraction.text.encode(),
        encode_structure(extraction),
        encode_boxes(extraction.boxes),
    ]
    return json.dumps([len(part) for part in parts]).encode() + b"\n" + b"".join(parts)


def unpack(data: bytes) -> Extraction:
    """Return the extraction of `pack`. Raises `ValueError` when the bytes are not one."""
    header, _, body = data.partition(b"\n")
    lengths = json.loads(header)
    if len(lengths) != 3 or sum(lengths) != len(body):
        raise ValueError("packed extraction is cut short")
    text, structure, boxes = (body[sum(lengths[:i]) : sum(lengths[: i + 1])] for i in range(3))
    return decode_structure(structure, text=text.decode(), boxes=decode_boxes(boxes))
