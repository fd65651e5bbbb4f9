"""Opening a citation: the cited place in its surroundings, under the labels of who asks."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from retrieval.errors import NotVisible
from retrieval.ids import parse_citation_id
from retrieval.ports import View
from retrieval.values import Box, Document, Filter

__all__ = ["Opens", "Place", "open_place", "place_json"]


class Opens(Protocol):
    """The one role of a store that opening a place takes."""

    def view(self) -> AbstractContextManager[View]:
        """Open a consistent sight of the current generation."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A cited place: ``before + quote + after`` is one stretch of the stored text.

    ``current`` is false when a newer version has taken the cited one's place.
    """

    citation_id: str
    document: Document
    extraction_id: str
    start: int
    end: int
    before: str
    quote: str
    after: str
    page: int | None
    heading_path: tuple[str, ...]
    boxes: tuple[Box, ...]
    current: bool


def open_place(store: Opens, citation_id: str, *, where: Filter, around: int = 400) -> Place:
    """Return the place of a citation with up to ``around`` code points on either side.

    Raises `NotVisible`, in the same words, for what is no citation id, does not exist, or may not be seen.
    """
    refused = NotVisible("There is no such citation, or you may not see it.")
    parts = parse_citation_id(citation_id)
    if parts is None:
        raise refused
    document_id, extraction_id, start, end = parts
    try:
        with store.view() as view:
            exact = view.extraction_slice(document_id, extraction_id, start, end, where=where)
            if (exact.start, exact.end) != (start, end):
                raise refused
            wide = view.extraction_slice(document_id, extraction_id, max(0, start - around), end + around, where=where)
            boxes = view.boxes(document_id, extraction_id, start, end, where=where)
    except NotVisible:
        raise refused from None
    return Place(
        citation_id=citation_id.strip(),
        document=exact.document,
        extraction_id=extraction_id,
        start=start,
        end=end,
        before=wide.text[: start - wide.start],
        quote=exact.text,
        after=wide.text[end - wide.start :],
        page=exact.page,
        heading_path=exact.heading_path,
        boxes=boxes,
        current=exact.current,
    )


def place_json(place: Place) -> dict[str, object]:
    """Return a place as callers get it."""
    document = place.document
    return {
        "id": place.citation_id,
        "document_id": document.id,
        "version": document.version,
        "extraction_id": place.extraction_id,
        "record_id": document.key,
        "title": document.title,
        "uri": document.uri,
        "media_type": document.media_type,
        "page": place.page,
        "heading_path": list(place.heading_path),
        "start": place.start,
        "end": place.end,
        "before": place.before,
        "quote": place.quote,
        "after": place.after,
        "boxes": [
            {"page": box.page, "left": box.left, "top": box.top, "right": box.right, "bottom": box.bottom}
            for box in place.boxes
        ],
        "current": place.current,
    }
