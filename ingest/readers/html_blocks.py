"""An HTML tree as blocks: what a browser would show of it, in order, without the furniture of the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.readers.assembly import Assembly, join
from ingest.readers.html_hidden import Hidden
from ingest.readers.html_tables import grid, is_data
from retrieval.values import BlockKind

if TYPE_CHECKING:
    from lxml.html import HtmlElement

__all__ = ["add_blocks", "collapse", "parse"]

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LISTS = frozenset({"ul", "ol", "menu", "dir"})
_BLOCKS = (
    frozenset(
        {"address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div"}
        | {"dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "html", "legend", "li"}
        | {"main", "nav", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr"}
    )
    | _LISTS
    | frozenset(_HEADINGS)
)
_BREAK = "\v"
_EMPTY_LINES = re.compile(r"\n\s*\n")
_WHITE = re.compile(r"[ \t\r\n\f\v]+")


def parse(text: str, *, missing: list[str] | None = None) -> HtmlElement | None:
    """Return the root of an HTML text, or None when there is no element in it. Reads nothing but the text.

    A sentence is appended to ``missing`` when the parser gave up before the end, as it does 2048 elements deep.
    The parser's own smaller limits are off: the confined child has better ones.
    """
    import lxml.etree
    import lxml.html

    parser = lxml.html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True
    )
    try:
        return lxml.html.document_fromstring(text.replace("\0", "").encode("utf-8", "replace"), parser=parser)
    except lxml.etree.ParserError:
        return None
    finally:
        if missing is not None and any(error.level_name == "FATAL" for error in parser.error_log):
            missing.append("what follows a place where elements are nested too deeply")


def collapse(text: str) -> str:
    """Return a text with runs of white space as the browser shows them; a line end between CJK shows nothing."""

    def shown(match: re.Match[str]) -> str:
        run = match.group()
        if _BREAK in run:
            return "\n" * run.count(_BREAK)
        if "\n" in run and match.start() > 0 and match.end() < len(text):
            return join(text[match.start() - 1], text[match.end()])
        return " "

    return _WHITE.sub(shown, text).strip()


def add_blocks(assembly: Assembly, root: HtmlElement, *, hidden: Hidden) -> None:
    """Append the blocks below a root element. Does not recurse, so that deep nesting costs no stack."""
    import lxml.etree

    walker = _Walker(assembly, hidden)
    walk = lxml.etree.iterwalk(root, events=("start", "end"))
    skipping: HtmlElement | None = None
    for event, element in walk:
        if skipping is not None:
            if event == "end" and element is skipping:
                skipping = None
                walker.tail(element, root)
        elif event == "start":
            if not walker.start(element):
                skipping = element
        else:
            walker.end(element)
            walker.tail(element, root)
    walker.flush()


class _Walker:
    """Turns start and end of elements into blocks."""

    def __init__(self, assembly: Assembly, hidden: Hidden) -> None:
        self._assembly = assembly
        self._hidden = hidden
        self._pieces: list[str] = []
        self._heading = 0
        self._pre = 0
        self._items: list[bool] = []  # one per open <li>: whether its text is still to come
        self._numbers: list[int | None] = []  # one per open list: the next number, None for bullets

    def start(self, element: HtmlElement) -> bool:
        """Take an element in; return False when its whole subtree is done or hidden."""
        tag = element.tag
        if not isinstance(tag, str) or self._hidden(element):
            return False
        if tag == "br":
            self._pieces.append("\n" if self._pre else _BREAK)
        elif tag in _BLOCKS:
            self.flush()
            if tag == "table" and is_data(element):
                self._table(element)
                return False
            self._open(element, tag)
        if element.text:
            self._pieces.append(element.text)
        return True

    def end(self, element: HtmlElement) -> None:
        """Close an element that was taken in."""
        tag = element.tag
        if tag not in _BLOCKS:
            return
        self.flush()
        if tag in _HEADINGS:
            self._heading = 0
        elif tag == "pre":
            self._pre -= 1
        elif tag == "li":
            self._items.pop()
        elif tag in _LISTS:
            self._numbers.pop()

    def tail(self, element: HtmlElement, root: HtmlElement) -> None:
        """Take in what follows an element within its parent."""
        if element is not root and element.tail:
            self._pieces.append(element.tail)

    def flush(self) -> None:
        """Append what was gathered as one block of the kind that is open."""
        text = "".join(self._pieces)
        self._pieces.clear()
        if self._pre:
            self._assembly.add(text, kind=BlockKind.CODE)
            return
        text = collapse(text)
        if not text:
            return
        if self._heading:
            self._assembly.add(text, kind=BlockKind.HEADING, level=self._heading)
        elif self._items:
            self._assembly.add(self._marker() + text, kind=BlockKind.LIST_ITEM, level=max(1, len(self._numbers)))
        else:
            for paragraph in _EMPTY_LINES.split(text):
                self._assembly.add(paragraph)

    def _open(self, element: HtmlElement, tag: str) -> None:
        if tag in _HEADINGS:
            self._heading = _HEADINGS[tag]
        elif tag == "pre":
            self._pre += 1
        elif tag == "li":
            self._items.append(True)
        elif tag in _LISTS:
            start = element.get("start", "1")
            first = int(start) if start.isdecimal() and len(start) < 9 else 1
            self._numbers.append(first if tag == "ol" else None)

    def _marker(self) -> str:
        if not self._items[-1]:
            return ""
        self._items[-1] = False
        number = self._numbers[-1] if self._numbers else None
        if number is None:
            return ""
        self._numbers[-1] = number + 1
        return f"{number}. "

    def _table(self, element: HtmlElement) -> None:
        caption = element.find("caption")
        name = None
        if caption is not None and not self._hidden(caption):
            name = collapse(self._hidden.text_of(caption)) or None
            self._assembly.add(name or "")
        rows, headers = grid(element, hidden=self._hidden, collapse=collapse)
        self._assembly.add_table(rows, header_rows=headers, caption=name)
