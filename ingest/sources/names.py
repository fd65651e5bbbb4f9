"""Keys of files: a path below a root as text that is unique, stable and never undecodable.

Most names are themselves. A byte that is no UTF-8 becomes U+FFFD and two hex digits, and U+FFFD itself is
doubled, so that two different paths never share a key and every key leads back to its path.
"""

from __future__ import annotations

import re

__all__ = ["key_of", "path_of"]

_MARK = "\ufffd"
_ESCAPED = re.compile("[\udc80-\udcff\ufffd]")
_CODED = re.compile("\ufffd(?:\ufffd|[0-9A-F]{2})")


def key_of(path: str) -> str:
    """Return the key of a path as the operating system gives it (undecodable bytes as lone surrogates)."""
    return _ESCAPED.sub(lambda m: _MARK * 2 if m[0] == _MARK else f"{_MARK}{ord(m[0]) - 0xDC00:02X}", path)


def path_of(key: str) -> str:
    """Return the path of a key, the inverse of `key_of`."""
    return _CODED.sub(lambda m: _MARK if m[0] == _MARK * 2 else chr(0xDC00 + int(m[0][1:], 16)), key)
