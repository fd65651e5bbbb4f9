"""Reads HTML pages: the content that is shown, with headings, lists and tables."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.readers.assembly import Assembly
from ingest.readers.decoding import decode
from ingest.readers.html_blocks import add_blocks, parse
from ingest.readers.html_hidden import Hidden
from ingest.readers.media_types import HTML
from retrieval.ids import fingerprint
from retrieval.ports import Hints
from retrieval.values import Extraction

if TYPE_CHECKING:
    from lxml.html import HtmlElement

__all__ = ["HtmlReader", "declared_encoding"]

_META = re.compile(rb"<meta[^>]{0,500}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_:.-]{2,40})")
_MAIN_SHARE = 0.3  # a main element with less of the page's text is an ornament


def declared_encoding(data: bytes) -> str | None:
    """Return the encoding that an HTML or XML file declares in its first 4 KiB, as written."""
    match = _XML.match(data.lstrip()[:300]) or _META.search(data[:4096])
    return match.group(1).decode("ascii") if match else None


class HtmlReader:
    """Reads HTML. Scripts, hidden elements and navigation are left out; see `html_hidden`."""

    def __init__(self) -> None:
        self.media_types = frozenset({HTML, "application/xhtml+xml"})
        self.fingerprint = fingerprint("html", "1", f"lxml {version('lxml')}")

    def read(self, path: Path, hints: Hints) -> Extraction:
        """Return the extraction. Raises `DocumentError` when there is no text in it or it is none."""
        data = path.read_bytes()
        decoded = decode(data, name=hints.name, declared=declared_encoding(data))
        missing = list(decoded.missing)
        root = parse(decoded.text, missing=missing)
        assembly, title, language = Assembly(), None, None
        if root is not None:
            title = root.findtext(".//title")
            language = (
                root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang")
            )
            assembly = _read(root)
        assembly.missing.extend(missing)
        return assembly.finish(
            hints,
            fingerprint=self.fingerprint,
            title=title,
            language=language,
            properties={"encoding": decoded.encoding},
        )


def _read(root: HtmlElement) -> Assembly:
    styles = [element.text or "" for element in root.iter("style")]
    for hidden in (Hidden(styles=styles), Hidden(styles=styles, furniture=False)):
        assembly = Assembly()
        add_blocks(assembly, _content(root), hidden=hidden)
        if assembly.blocks:
            break
    return assembly


def _content(root: HtmlElement) -> HtmlElement:
    body = root.find("body")
    if body is None:
        return root
    candidates = body.xpath(".//main | .//*[@role='main']") or body.xpath(".//article[not(ancestor::article)]")
    if len(candidates) != 1:
        return body
    main: HtmlElement = candidates[0]
    return main if _length(main) >= _MAIN_SHARE * _length(body) else body


def _length(element: HtmlElement) -> int:
    return sum(len(text.strip()) for text in element.itertext() if isinstance(text, str))
