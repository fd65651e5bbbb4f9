"""What `json.loads` lets pass and a sidecar or a record may not hold: it would be taken in with guessed rights."""

from __future__ import annotations

from typing import NoReturn

__all__ = ["distinct", "no_number"]


def distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object, as ``object_pairs_hook``. Raises `ValueError` when a key stands twice in it."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def no_number(name: str) -> NoReturn:
    """Refuse ``NaN`` and the infinities with `ValueError`, as ``parse_constant``."""
    raise ValueError(f"{name} is no JSON number")
