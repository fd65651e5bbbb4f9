"""Which paths a pattern means, and which labels the rules of a folder give.

A pattern is matched against the path relative to the root, with ``/``, case-sensitively. One without ``/`` means
a name at any depth (``*.pdf``); one with ``/`` means the whole path. ``*`` and ``?`` stay within a name, ``**``
crosses folders, ``[abc]`` is a set. A pattern that matches a folder means everything below it. Both are compared in
NFC: macOS decomposes the letters of a name, people and editors compose them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval.errors import UserError

__all__ = ["LabelRule", "Patterns", "labels_for"]

_TOKEN = re.compile(r"\*\*/|\*\*|\*|\?|\[[!^]?\]?[^\]]*\]|.", re.DOTALL)
_SIMPLE = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    body = _composed(pattern.strip("/"))
    if not body:
        raise UserError(f"the pattern {pattern!r} is empty: write one such as '*.pdf' or 'manuals/**'")
    parts = [] if "/" in body or body == "**" else ["(?:.*/)?"]
    for token in _TOKEN.findall(body):
        if token in _SIMPLE:
            parts.append(_SIMPLE[token])
        elif token.startswith("[") and len(token) > 1:
            members = token[1:-1]
            negated = members[:1] in {"!", "^"}
            members = (members[1:] if negated else members).replace("\\", r"\\").replace("[", r"\[").replace("]", r"\]")
            parts.append(f"(?!/)[{'^' if negated else ''}{members}]")
        else:
            parts.append(re.escape(token))
    try:
        return re.compile("".join(parts) + "(?P<below>/.*)?", re.DOTALL)
    except re.error as exc:
        raise UserError(f"the pattern {pattern!r} cannot be read: {exc}") from exc


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


class Patterns:
    """A set of patterns. Raises `UserError` at once when one of them cannot be read."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._compiled = [_compiled(pattern) for pattern in patterns]

    def __bool__(self) -> bool:
        return bool(self._compiled)

    def match(self, path: str) -> bool:
        """Tell whether a pattern means this path or a folder above it."""
        composed = _composed(path)
        return any(pattern.fullmatch(composed) for pattern in self._compiled)


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelRule:
    """The labels of all files that a pattern means. ``labels`` may be empty: then nobody but the operator."""

    pattern: str
    labels: frozenset[str]


def labels_for(path: str, *, rules: Sequence[LabelRule], default: frozenset[str]) -> frozenset[str]:
    """Return the labels of the first rule that means the path, else the default.

    The first rule replaces the default and does not add to it: otherwise ``hr/** -> hr`` beside a default of
    ``public`` would show the files of ``hr`` to everybody.
    """
    composed = _composed(path)
    for rule in rules:
        if _compiled(rule.pattern).fullmatch(composed):
            return rule.labels
    return default
