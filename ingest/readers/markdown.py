"""Reads Markdown as the text a reader of the rendered page sees: no marks, links by their text."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.readers.assembly import Assembly, join
from ingest.readers.decoding import decode
from ingest.readers.html_blocks import add_blocks, parse
from ingest.readers.html_hidden import Hidden
from ingest.readers.media_types import MARKDOWN
from retrieval.ids import fingerprint
from retrieval.ports import Hints
from retrieval.values import BlockKind, Extraction

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = ["MarkdownReader"]

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<body>.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^(title|lang|language)[ \t]*:[ \t]*(?:\"([^\"\n]*)\"|'([^'\n]*)'|([^\n#]*))", re.MULTILINE)
_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
_NESTING = 100
_LOOK = 16  # tokens behind a line end among which the next text is looked for
_CONTAINERS = frozenset({"blockquote_open", "list_item_open"})  # what is below is dropped by the parser at the limit


class MarkdownReader:
    """Reads CommonMark with tables. Front matter gives title and language and is no part of the text."""

    def __init__(self) -> None:
        self.media_types = frozenset({MARKDOWN})
        self.fingerprint = fingerprint(
            "markdown", "1", f"markdown-it-py {version('markdown-it-py')}", f"lxml {version('lxml')}"
        )

    def read(self, path: Path, hints: Hints) -> Extraction:
        """Return the extraction. Raises `DocumentError` when the bytes are no text or there is none."""
        from markdown_it import MarkdownIt

        decoded = decode(path.read_bytes(), name=hints.name)
        text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
        fields: dict[str, str] = {}
        match = _FRONT_MATTER.match(text)
        if match:
            text = text[match.end() :]
            for name, double, single, bare in _FIELD.findall(match["body"]):
                fields.setdefault(name, (double or single or bare).strip())
        parser = MarkdownIt("commonmark", {"maxNesting": _NESTING}).enable(["table", "strikethrough"])
        assembly = Assembly(missing=list(decoded.missing))
        tokens = parser.parse(text)
        if any(token.type in _CONTAINERS and token.level >= _NESTING - 1 for token in tokens):
            assembly.missing.append(f"nested more than {_NESTING} deep, read as plain text")
            for paragraph in text.split("\n\n"):
                assembly.add(paragraph)
        else:
            _Renderer(assembly).render(tokens)
        return assembly.finish(
            hints,
            fingerprint=self.fingerprint,
            title=fields.get("title"),
            language=fields.get("lang") or fields.get("language"),
            properties={"encoding": decoded.encoding},
        )


class _Renderer:
    """Turns markdown-it's flat token stream into blocks."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._heading = 0
        self._lists: list[int | None] = []  # the next number of each open list, None for bullets
        self._marker: str | None = None  # of a list item whose first paragraph is still to come
        self._rows: list[list[str]] = []
        self._headers = 0
        self._in_table = False

    def render(self, tokens: list[Token]) -> None:
        """Append the blocks of a document."""
        for token in tokens:
            if token.type == "inline":
                self._inline(token)
            elif token.type in {"fence", "code_block"}:
                self._marker = None
                self._assembly.add(token.content, kind=BlockKind.CODE)
            elif token.type == "html_block":
                root = parse(token.content, missing=self._assembly.missing)
                if root is not None:
                    add_blocks(self._assembly, root, hidden=Hidden(furniture=False))
            elif token.type == "heading_open":
                self._heading = int(token.tag[1])
            elif token.type == "heading_close":
                self._heading = 0
            else:
                self._structure(token)

    def _structure(self, token: Token) -> None:
        match token.type:
            case "ordered_list_open":
                self._lists.append(int(token.attrGet("start") or 1))
            case "bullet_list_open":
                self._lists.append(None)
            case "ordered_list_close" | "bullet_list_close":
                self._lists.pop()
            case "list_item_open":
                self._marker = self._next_marker()
            case "list_item_close":
                self._marker = None
            case "table_open":
                self._in_table, self._rows, self._headers = True, [], 0
            case "table_close":
                self._assembly.add_table(self._rows, header_rows=self._headers)
                self._in_table = False
            case "tr_open":
                self._rows.append([])
            case "thead_close":
                self._headers = len(self._rows)

    def _next_marker(self) -> str:
        number = self._lists[-1]
        if number is None:
            return ""
        self._lists[-1] = number + 1
        return f"{number}. "

    def _inline(self, token: Token) -> None:
        text = _plain(token.children or [])
        if self._in_table:
            self._rows[-1].append(text)
        elif self._heading:
            self._assembly.add(text, kind=BlockKind.HEADING, level=self._heading)
        elif self._lists and self._marker is not None:
            self._assembly.add(self._marker + text, kind=BlockKind.LIST_ITEM, level=len(self._lists))
            self._marker = None
        else:
            self._assembly.add(text)


def _plain(tokens: list[Token]) -> str:
    pieces: list[str] = []
    for index, token in enumerate(tokens):
        if token.type in {"text", "code_inline", "text_special"}:
            pieces.append(token.content)
        elif token.type == "image":
            pieces.append(_plain(token.children or []))
        elif token.type == "softbreak":
            following = next((t.content for t in tokens[index + 1 : index + _LOOK] if t.content), "")
            pieces.append(join("".join(pieces[-3:]).rstrip(), following))
        elif token.type == "hardbreak" or (token.type == "html_inline" and _BREAK_TAG.fullmatch(token.content)):
            pieces.append("\n")
    return "".join(pieces)
