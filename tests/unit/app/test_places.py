"""Opening a citation: exact, in its surroundings, and silent about what may not be seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import pytest

from app.places import open_place, place_json
from retrieval.access import OPERATOR, filter_for
from retrieval.errors import NotVisible
from retrieval.ports import Slice, View
from retrieval.values import Attributes, Box, Document, Filter

DOCUMENT, EXTRACTION = "d" * 32, "e" * 32
TEXT = "前置きです。返品は14日以内です。後書きです。"
QUOTE = "返品は14日以内です。"
START = TEXT.index(QUOTE)
WHERE = filter_for(OPERATOR)


class FakeStore:
    """Holds one extraction."""

    @contextmanager
    def view(self) -> Iterator[View]:
        yield cast("View", self)

    def extraction_slice(self, document_id: str, extraction_id: str, start: int, end: int, *, where: Filter) -> Slice:
        if (document_id, extraction_id) != (DOCUMENT, EXTRACTION):
            raise NotVisible(f"{document_id} is hidden")
        start, end = min(start, len(TEXT)), min(end, len(TEXT))
        return Slice(
            document=Document(
                id=DOCUMENT,
                source="s",
                key="returns.md",
                uri="file:///returns.md",
                title="返品",
                media_type="text/markdown",
                language="ja",
                version="v",
                extraction_id=EXTRACTION,
                size=1,
                etag="",
                attributes=Attributes(),
            ),
            extraction_id=EXTRACTION,
            start=start,
            end=end,
            text=TEXT[start:end],
            length=len(TEXT),
            page=None,
            heading_path=("返品",),
            current=True,
        )

    def boxes(self, *_: object, **__: object) -> tuple[Box, ...]:
        return (Box(page=1, left=1.0, top=2.0, right=3.0, bottom=4.0),)


def opened(citation: str, *, around: int = 3) -> dict[str, object]:
    return place_json(open_place(FakeStore(), citation, where=WHERE, around=around))


def test_a_place_is_its_quote_between_what_stands_around_it() -> None:
    place = opened(f"{DOCUMENT}@{EXTRACTION}:{START}-{START + len(QUOTE)}")
    assert ("です。", QUOTE, "後書き") == (place["before"], place["quote"], place["after"])
    assert ("返品", "returns.md", ["返品"]) == (place["title"], place["record_id"], place["heading_path"])
    assert [{"page": 1, "left": 1.0, "top": 2.0, "right": 3.0, "bottom": 4.0}] == place["boxes"]


def test_surroundings_end_where_the_text_ends() -> None:
    place = opened(f"{DOCUMENT}@{EXTRACTION}:{START}-{START + len(QUOTE)}", around=1000)
    assert TEXT == f"{place['before']}{place['quote']}{place['after']}"


@pytest.mark.parametrize(
    "citation",
    [
        "",
        "nonsense",
        f"{'0' * 32}@{EXTRACTION}:0-1",
        f"{DOCUMENT}@{'0' * 32}:0-1",
        f"{DOCUMENT}@{EXTRACTION}:0-999",
        f"{DOCUMENT}@{EXTRACTION}:900-999",
        f"{DOCUMENT}@{EXTRACTION}:2-1",
    ],
)
def test_nonsense_unknown_forbidden_and_out_of_range_are_the_same_words(citation: str) -> None:
    with pytest.raises(NotVisible, match=r"^There is no such citation, or you may not see it\.$"):
        opened(citation)
