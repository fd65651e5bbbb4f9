"""Reads Word and PowerPoint files through unstructured: the one place that imports it.

unstructured would load a spaCy model and, when it is absent, download and install it; and it would report its use
over the network. Both are closed before the first import: the environment says so, and the loader of the model is
replaced by a blank pipeline that ends sentences at their punctuation. `prepare` fails loudly when that private name
has moved, because then a run could reach for the network.

Of unstructured's classes only those are trusted that come from the file: a heading style, a list, a table. Its guess
by words (``NarrativeText``, and ``Title`` outside Word) counts spaces and knows no Japanese.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.readers.assembly import Assembly, unreadable
from ingest.readers.html_blocks import collapse, parse
from ingest.readers.html_hidden import Hidden
from ingest.readers.html_tables import grid
from ingest.readers.media_types import DOCX, PPTX
from retrieval.ids import fingerprint
from retrieval.ports import Hints
from retrieval.values import BlockKind, Extraction

if TYPE_CHECKING:
    from unstructured.documents.elements import Element

__all__ = ["OfficeReader", "prepare"]

_QUIET = {"DO_NOT_TRACK": "true", "SCARF_NO_ANALYTICS": "true", "UNSTRUCTURED_DISABLE_NOTICE": "1"}
_SENTENCE_ENDS = [".", "!", "?", "。", "！", "？", "．"]
_LEFT_OUT = frozenset({"Header", "Footer", "PageBreak", "PageNumber", "Image"})


@cache
def prepare() -> None:
    """Load unstructured without telemetry and without its model. Raises `RuntimeError` when it has changed."""
    os.environ.update(_QUIET)
    import spacy
    from unstructured.nlp import tokenize

    if not hasattr(tokenize, "_load_spacy_model"):
        raise RuntimeError("unstructured.nlp.tokenize._load_spacy_model has moved: it could download a model now")
    pipeline = spacy.blank("xx")
    pipeline.add_pipe("sentencizer", config={"punct_chars": _SENTENCE_ENDS})
    tokenize._load_spacy_model = lambda: pipeline  # noqa: SLF001  (the only way to keep it off the network)
    import unstructured.partition.docx
    import unstructured.partition.pptx  # noqa: F401 - loaded now, so that the first document does not pay for it


class OfficeReader:
    """Reads DOCX and PPTX. Headers and footers are left out; a slide is a page."""

    def __init__(self) -> None:
        self.media_types = frozenset({DOCX, PPTX})
        self.fingerprint = fingerprint(
            "office",
            "1",
            f"unstructured {version('unstructured')}",
            f"python-docx {version('python-docx')}",
            f"python-pptx {version('python-pptx')}",
        )

    def prepare(self) -> None:
        """Load the libraries."""
        prepare()

    def read(self, path: Path, hints: Hints) -> Extraction:
        """Return the extraction. Raises `DocumentError` (``malformed``, or skipped with ``no_text``)."""
        prepare()
        elements, properties = _elements(path, hints)
        assembly = Assembly()
        slides = hints.media_type == PPTX
        page = 0
        for element in elements:
            number = element.metadata.page_number or page
            if slides:
                while page < number:
                    assembly.begin_page(label=str(page + 1))
                    page += 1
            _add(assembly, element, slides=slides)
        return assembly.finish(
            hints,
            fingerprint=self.fingerprint,
            title=properties.get("title"),
            language=properties.get("language"),
        )


def _elements(path: Path, hints: Hints) -> tuple[list[Element], dict[str, str]]:
    from docx.opc.exceptions import PackageNotFoundError as NoDocx
    from pptx.exc import PackageNotFoundError as NoPptx
    from unstructured.partition.docx import partition_docx
    from unstructured.partition.pptx import partition_pptx

    partition = partition_docx if hints.media_type == DOCX else partition_pptx
    try:
        with path.open("rb") as stream:
            elements: list[Element] = partition(file=stream, include_page_breaks=False)
        return elements, _properties(path)
    except (zipfile.BadZipFile, NoDocx, NoPptx, KeyError, ValueError, AttributeError, SyntaxError) as exc:
        raise unreadable(
            f"{hints.name!r} is no Office file that can be read ({type(exc).__name__})", reason="malformed"
        ) from exc


def _properties(path: Path) -> dict[str, str]:
    """Return title and language of the package's core properties (ISO/IEC 29500-2, 11)."""
    import lxml.etree

    with zipfile.ZipFile(path) as package:
        if "docProps/core.xml" not in package.namelist():
            return {}
        data = package.read("docProps/core.xml")
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    root = lxml.etree.fromstring(data, parser=parser)
    found = {} if root is None else {name: root.findtext(f"{{*}}{name}") for name in ("title", "language")}
    return {name: value.strip() for name, value in found.items() if value and value.strip()}


def _add(assembly: Assembly, element: Element, *, slides: bool) -> None:
    category, text = element.category, element.text or ""
    depth = element.metadata.category_depth or 0
    if category in _LEFT_OUT:
        return
    if category == "Table":
        _add_table(assembly, element)
    elif category == "Title" and (not slides or depth == 0):
        level = depth + (2 if slides else 1)
        assembly.add(text, kind=BlockKind.HEADING, level=min(level, 6))
    elif category == "ListItem":
        assembly.add(text, kind=BlockKind.LIST_ITEM, level=depth + 1)
    else:
        assembly.add(text)


def _add_table(assembly: Assembly, element: Element) -> None:
    html = element.metadata.text_as_html
    root = parse(html) if html else None
    table = None if root is None else next(root.iter("table"), None)
    if table is None:
        assembly.add(element.text or "")
        return
    rows, headers = grid(table, hidden=Hidden(furniture=False), collapse=collapse)
    if _columns(rows) < 2:
        for row in rows:
            assembly.add("\n".join(row))
        return
    assembly.add_table(rows, header_rows=max(headers, 1))


def _columns(rows: Iterable[list[str]]) -> int:
    return max((len(row) for row in rows), default=0)
