"""Reads XML: feeds item by item, anything else element by element, in document order."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.readers.assembly import Assembly, unreadable
from ingest.readers.decoding import decode
from ingest.readers.html import declared_encoding
from ingest.readers.html_blocks import add_blocks, collapse, parse
from ingest.readers.html_hidden import Hidden
from ingest.readers.media_types import XML
from retrieval.ids import fingerprint
from retrieval.ports import Hints
from retrieval.values import BlockKind, Extraction

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["XmlReader"]

_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_ITEMS = frozenset({"item", "entry"})
_BODIES = ("encoded", "content", "description", "summary")
_MARKUP = re.compile(
    r"<(?:p|br|a|div|span|b|i|ul|ol|li|img|table|h[1-6])\b[^<>]*>|&(?:[a-z]{2,8}|#\d{1,6});", re.IGNORECASE
)
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


class XmlReader:
    """Reads XML and RSS, RDF and Atom feeds. Entities beyond the five of XML are not resolved, nothing is fetched."""

    def __init__(self) -> None:
        self.media_types = frozenset({XML, "text/xml"})
        self.fingerprint = fingerprint("xml", "1", f"lxml {version('lxml')}")

    def read(self, path: Path, hints: Hints) -> Extraction:
        """Return the extraction. Raises `DocumentError` when it is no text, no XML or holds no text."""
        import lxml.etree

        data = path.read_bytes()
        decoded = decode(data, name=hints.name, declared=declared_encoding(data))
        parser = lxml.etree.XMLParser(
            encoding="utf-8",
            recover=True,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
        )
        text = decoded.text.replace("\0", "")
        declaration = _DECLARATION.match(text)
        body = text[declaration.end() :] if declaration else text
        try:
            root = lxml.etree.fromstring(body.encode("utf-8", "replace"), parser=parser)
        except lxml.etree.XMLSyntaxError:
            root = None
        if root is None:
            raise unreadable(f"{hints.name!r} is no XML", reason="malformed")
        assembly = Assembly(missing=list(decoded.missing))
        if any(error.level_name == "FATAL" for error in parser.error_log):
            assembly.missing.append("not well-formed XML, read as far as it could be mended")
        items = [element for element in root.iter("{*}item", "{*}entry") if len(element)]
        title = None
        if items:
            title = _read_feed(assembly, root, items)
        else:
            _read_elements(assembly, root)
        return assembly.finish(
            hints,
            fingerprint=self.fingerprint,
            title=title,
            language=root.get(_LANGUAGE) or root.findtext(".//{*}language"),
            properties={"encoding": decoded.encoding},
        )


def _read_feed(assembly: Assembly, root: _Element, items: list[_Element]) -> str | None:
    channel = next(root.iter("{*}channel"), root)
    title = _child(channel, "title")
    assembly.add(title, kind=BlockKind.HEADING, level=1)
    _add_text(assembly, _child(channel, "description") or _child(channel, "subtitle"))
    for item in items:
        assembly.add(_child(item, "title"), kind=BlockKind.HEADING, level=2)
        body = next((text for name in _BODIES if (text := _child(item, name)).strip()), "")
        _add_text(assembly, body)
    return title


def _read_elements(assembly: Assembly, root: _Element) -> None:
    for element in root.iter():
        if isinstance(element.tag, str):
            _add_text(assembly, element.text or "")
        _add_text(assembly, element.tail or "")


def _child(element: _Element, name: str) -> str:
    """Return the text of a direct child by its local name, inner elements included."""
    child = element.find(f"{{*}}{name}")
    return "" if child is None else "".join(child.itertext())


def _add_text(assembly: Assembly, text: str) -> None:
    if _MARKUP.search(text):
        root = parse(text, missing=assembly.missing)
        if root is not None:
            add_blocks(assembly, root, hidden=Hidden(furniture=False))
            return
    assembly.add(collapse(text))
