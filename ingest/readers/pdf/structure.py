"""What pypdf knows of a PDF beside its text: page labels, outline, title, language; and its text as second reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.readers.cleaning import single_line

if TYPE_CHECKING:
    from pypdf import PdfReader as PypdfReader

__all__ = ["Structure", "plain_pages", "read_structure"]

_MAX_OUTLINE = 20_000


@dataclass(frozen=True, kw_only=True)
class Structure:
    """``labels`` per page, ``outline`` as (title, level from 1), and what the document says of itself."""

    labels: tuple[str, ...] = ()
    outline: tuple[tuple[str, int], ...] = ()
    title: str | None = None
    language: str | None = None
    encrypted: bool = False
    problem: str | None = None


def read_structure(path: Path) -> Structure:
    """Return the structure, empty with a ``problem`` when pypdf cannot read it: the text does not depend on it."""
    import pypdf
    from pypdf.errors import PyPdfError

    try:
        with path.open("rb") as stream:
            reader = pypdf.PdfReader(stream)
            if reader.is_encrypted and not reader.decrypt(""):
                return Structure(encrypted=True)
            return _structure(reader)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError) as exc:
        return Structure(problem=type(exc).__name__)


def plain_pages(path: Path) -> Iterator[str]:
    """Yield the text of each page as pypdf reads it. Raises pypdf's errors."""
    import pypdf

    with path.open("rb") as stream:
        reader = pypdf.PdfReader(stream)
        if reader.is_encrypted:
            reader.decrypt("")
        for page in reader.pages:
            yield page.extract_text()


def _structure(reader: PypdfReader) -> Structure:
    metadata = reader.metadata
    title = metadata.title if metadata is not None and isinstance(metadata.title, str) else None
    language = reader.root_object.get("/Lang")
    labels = tuple(reader.page_labels) if "/PageLabels" in reader.root_object else ()
    return Structure(
        labels=labels,
        outline=tuple(_outline(reader)),
        title=single_line(title) if title else None,
        language=str(language) if isinstance(language, str) else None,
    )


def _outline(reader: PypdfReader) -> Iterator[tuple[str, int]]:
    count = 0
    stack: list[tuple[Iterator[object], int]] = [(iter(reader.outline), 1)]
    while stack and count < _MAX_OUTLINE:
        items, level = stack[-1]
        item = next(items, None)
        if item is None:
            stack.pop()
        elif isinstance(item, list):
            stack.append((iter(item), level + 1))
        else:
            title = getattr(item, "title", None)
            if isinstance(title, str) and title.strip():
                count += 1
                yield single_line(title), min(level, 6)
