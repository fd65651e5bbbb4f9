"""Makes Office files the same byte for byte: their zip members and properties carry the time of writing."""

from __future__ import annotations

import io
import re
import zipfile

__all__ = ["WRITTEN", "settle"]

WRITTEN = "2026-01-05T00:00:00Z"
"""The moment that every made file claims to be written at."""

_PROPERTIES = "docProps/core.xml"


def settle(data: bytes) -> bytes:
    """Return an Office file with fixed times and without compression.

    Members are stored, not deflated: compressed bytes differ between builds of zlib, and the files are small.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as settled:
        for name in source.namelist():
            content = source.read(name)
            if name == _PROPERTIES:
                content = re.sub(rb"(<dcterms:(created|modified)[^>]*>)[^<]*", rb"\g<1>" + WRITTEN.encode(), content)
            member = zipfile.ZipInfo(name, date_time=(2026, 1, 5, 0, 0, 0))
            member.external_attr = 0o644 << 16
            member.create_system = 3
            settled.writestr(member, content, compress_type=zipfile.ZIP_STORED)
    return target.getvalue()
