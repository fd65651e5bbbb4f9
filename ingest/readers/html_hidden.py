"""What an HTML page holds but does not show, and what is furniture around its content."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

__all__ = ["Hidden"]

_NEVER = frozenset(
    {
        "applet",
        "area",
        "audio",
        "base",
        "button",
        "canvas",
        "colgroup",
        "datalist",
        "embed",
        "frame",
        "frameset",
        "head",
    }
    | {
        "iframe",
        "input",
        "link",
        "map",
        "math",
        "meta",
        "noframes",
        "noscript",
        "object",
        "optgroup",
        "option",
        "param",
    }
    | {"rp", "rt", "script", "select", "source", "style", "svg", "template", "textarea", "title", "track", "video"}
)
_FURNITURE = frozenset({"nav", "aside", "footer"})
_FURNITURE_ROLES = frozenset({"navigation", "banner", "contentinfo", "complementary", "search", "menu", "menubar"})
_WITHIN = frozenset({"article", "main", "section"})
_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0*(?:\.0+)?(?:;|$|\s|!)"
    r"|font-size\s*:\s*0*(?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:;|$|!)"
    r"|(?<![-\w])(?:width|height)\s*:\s*0(?:px|pt|em|rem)?\s*(?:;|$|!)|text-indent\s*:\s*-\d{4,}"
    r"|(?:left|top)\s*:\s*-\d{4,}px|clip\s*:\s*rect\(\s*0",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_MAX_SHEET = 1_000_000
_SIMPLE = re.compile(r"(?P<tag>[a-zA-Z][\w-]*)?(?:\.(?P<class>[\w-]+)|#(?P<id>[\w-]+))")


class Hidden:
    """Tells whether an element's subtree is left out: never shown, hidden by its style, or furniture.

    ``styles`` are the texts of the page's style elements; of their rules those are honoured whose selector is one
    class or one id. ``furniture`` tells whether navigation, side and foot of the page are left out too.
    """

    def __init__(self, *, styles: Iterable[str] = (), furniture: bool = True) -> None:
        self._furniture = furniture
        self._classes: set[str] = set()
        self._ids: set[str] = set()
        for sheet in styles:
            for rule in _COMMENT.sub("", sheet[:_MAX_SHEET]).split("}")[:-1]:
                before, _, body = rule.rpartition("{")
                selectors = before.rpartition("{")[2]
                if "@" not in selectors and _UNSEEN.search(body):
                    self._learn(selectors)

    def __call__(self, element: HtmlElement) -> bool:
        """Tell whether the element and all below it is left out."""
        tag = element.tag
        if not isinstance(tag, str) or tag in _NEVER:
            return True
        return self._unseen(element) or (self._furniture and self._is_furniture(element, tag))

    def text_of(self, element: HtmlElement) -> str:
        """Return the shown text below an element, line breaks as white space; its own tail is not part of it."""
        import lxml.etree

        pieces: list[str] = []
        skipping: HtmlElement | None = None
        for event, node in lxml.etree.iterwalk(element, events=("start", "end")):
            if event == "start":
                if skipping is None and node is not element and self(node):
                    skipping = node
                if skipping is None:
                    pieces.append(" " if node.tag in {"br", "p", "div", "li"} else "")
                    pieces.append(node.text or "")
                continue
            if node is skipping:
                skipping = None
            if skipping is None and node is not element:
                pieces.append(node.tail or "")
        return "".join(pieces)

    def _unseen(self, element: HtmlElement) -> bool:
        attributes = element.attrib
        if not attributes:
            return False
        if "hidden" in attributes or attributes.get("aria-hidden", "").lower() == "true":
            return True
        if _UNSEEN.search(attributes.get("style", "")) or (self._ids and attributes.get("id") in self._ids):
            return True
        return bool(self._classes) and not self._classes.isdisjoint(attributes.get("class", "").split())

    def _learn(self, selectors: str) -> None:
        for selector in selectors.split(","):
            match = _SIMPLE.fullmatch(selector.strip())
            if match and match["class"]:
                self._classes.add(match["class"])
            elif match:
                self._ids.add(match["id"])

    @staticmethod
    def _is_furniture(element: HtmlElement, tag: str) -> bool:
        if tag in _FURNITURE or element.get("role", "").lower() in _FURNITURE_ROLES:
            return True
        if tag != "header":
            return False
        return not any(ancestor.tag in _WITHIN for ancestor in element.iterancestors())
