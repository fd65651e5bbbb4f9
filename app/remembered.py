"""How each source was given, kept beside the store, so that `tenkyo retry` can go there again.

The store knows names and roots of sources; patterns, labels and field names are what the operator typed.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal

from retrieval.errors import UserError

__all__ = ["Given", "remember", "remembered"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """A source as given on the command line. ``path`` is absolute; an absent field has the source's own default."""

    kind: Literal["folder", "file", "records"]
    path: str
    name: str | None = None
    labels: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    id_field: str = "id"
    title_field: str | None = "title"
    text_field: str = "text"
    question_field: str | None = None
    metadata_fields: tuple[str, ...] | None = None


def remember(database: Path, name: str, given: Given) -> None:
    """Keep how the source ``name`` was given, in place of what was kept of it before."""
    kept = remembered(database)
    kept[name] = given
    file = _file(database)
    text = json.dumps({each: asdict(kept[each]) for each in sorted(kept)}, ensure_ascii=False, indent=1)
    draft = file.with_name(f".{file.name}.{os.getpid()}.part")
    # A byte of a path that is no UTF-8 is half a character in Python: it goes in as an escape that JSON knows.
    draft.write_text(text + "\n", encoding="utf-8", errors="backslashreplace")
    draft.replace(file)


def remembered(database: Path) -> dict[str, Given]:
    """Return how the sources of a store were given, by name. Raises `UserError` when the file is damaged."""
    file = _file(database)
    try:
        value: dict[str, dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
        return {name: _given(record) for name, record in value.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, AttributeError) as error:
        raise UserError(f"{file}: damaged ({error}); remove it and ingest the sources once more.") from None


def _file(database: Path) -> Path:
    return database.with_name(database.name + ".sources.json")


def _given(record: dict[str, Any]) -> Given:
    known = {field.name for field in fields(Given)}
    values: dict[str, Any] = {name: _value(value) for name, value in record.items() if name in known}
    return Given(**values)


def _value(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
