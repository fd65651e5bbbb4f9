"""The core values keep their promises: ids are places and contents, labels decide, bytes come back."""

from __future__ import annotations

import dataclasses
import inspect
import struct
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import access, codec, errors, ids, values
from retrieval.values import Block, BlockKind, Extraction, Filter, Page, PageBoxes, Span, Table


def test_a_documents_id_is_its_place_and_never_a_joined_string() -> None:
    """`a` + `bc` and `ab` + `c` are different places."""
    assert ids.document_id(source="a", key="bc") != ids.document_id(source="ab", key="c")


def test_the_same_parts_always_give_the_same_id() -> None:
    """Ids are fixed across versions of the program: this one is written down."""
    assert ids.document_id(source="manuals", key="ja/規程.pdf") == "e17464aa0429cdcaede85378a8ceadcd"


def test_a_citation_id_opens_again() -> None:
    """Making and parsing are inverse."""
    text = ids.citation_id(document_id="a" * 32, extraction_id="b" * 32, start=3, end=9)
    assert ids.parse_citation_id(text) == ("a" * 32, "b" * 32, 3, 9)


@pytest.mark.parametrize(
    "text",
    ["", "a@b:1-2", "a" * 32 + "@" + "b" * 32 + ":9-3", "a" * 32 + "@" + "b" * 32 + ":3-3", "../etc/passwd"],
)
def test_what_is_no_citation_is_refused(text: str) -> None:
    """Malformed, empty and backward spans are no citations."""
    assert ids.parse_citation_id(text) is None


@given(
    allow=st.frozensets(st.sampled_from("abcd")),
    deny=st.frozensets(st.sampled_from("abcd")),
    held=st.frozensets(st.sampled_from("abcd")),
)
def test_deny_wins_and_no_label_means_nobody(allow: frozenset[str], deny: frozenset[str], held: frozenset[str]) -> None:
    """A reader needs one allowed label and none of the denied."""
    expected = any(label in allow for label in held) and not any(label in deny for label in held)
    assert access.admitted(allow=allow, deny=deny, where=Filter(labels=held)) == expected


def test_only_the_operator_sees_what_has_no_labels() -> None:
    """The anonymous caller holds `public` and nothing else; the operator is admitted everywhere."""
    nothing: frozenset[str] = frozenset()
    assert access.anonymous().labels == {"public"}
    assert not access.admitted(allow=nothing, deny=nothing, where=access.filter_for(access.anonymous()))
    assert access.admitted(allow=nothing, deny=nothing, where=access.filter_for(access.OPERATOR))


def test_a_filter_carries_what_it_was_made_of() -> None:
    """Validity and languages come through; a principal's labels include `public`."""
    where = access.filter_for(
        access.principal_with(["hr"], name="x"), as_of=date(2026, 1, 2), languages=frozenset({"ja"})
    )
    assert (where.labels, where.operator, where.as_of, where.languages) == (
        frozenset({"hr", "public"}),
        False,
        date(2026, 1, 2),
        frozenset({"ja"}),
    )


def _extraction(text: str) -> Extraction:
    end = len(text)
    return Extraction(
        id="e",
        text=text,
        media_type="text/plain",
        reader_fingerprint="r",
        title="題",
        language="ja",
        pages=(Page(number=1, start=0, end=end, label="i", width=595.0, height=842.0),),
        blocks=(Block(kind=BlockKind.TABLE, start=0, end=end),),
        tables=(Table(start=0, end=end, rows=((Span(start=0, end=end),),), caption="表"),),
        boxes=(PageBoxes(page=1, start=0, end=end, quads=struct.pack("<4f", 1, 2, 3, 4) * end),),
        missing=("page 2 has no text layer",),
        properties={"author": "青葉"},
    )


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
def test_an_extraction_survives_the_pipe(text: str) -> None:
    """Packing and unpacking gives an equal value, line breaks and characters beyond U+FFFF included."""
    extraction = _extraction(text)
    assert codec.unpack(codec.pack(extraction)) == extraction


def test_a_cut_extraction_is_noticed() -> None:
    """A child that dies while writing never gives half a text."""
    packed = codec.pack(_extraction("第一条"))
    with pytest.raises(ValueError, match="cut short"):
        codec.unpack(packed[:-1])


def test_every_value_is_frozen_and_keyword_only() -> None:
    """A change makes a new value; no positional soup."""
    classes = [c for name in values.__all__ if inspect.isclass(c := getattr(values, name))]
    data = [c for c in classes if dataclasses.is_dataclass(c)]
    loose = [
        c.__name__
        for c in data
        if not all(field.kw_only for field in dataclasses.fields(c)) or c.__setattr__ is object.__setattr__
    ]
    assert len(data) > 25
    assert loose == []


def test_every_error_is_drawn_in_the_tree_and_has_an_exit_code() -> None:
    """The docstring of `retrieval.errors` is the map; nothing is missing from it."""
    assert errors.__doc__ is not None
    named = [name for name in errors.__all__ if name != "Stage"]
    assert [name for name in named if name not in errors.__doc__] == []
    assert {getattr(errors, name).exit_code for name in named} <= {1, 2, 4, 5, 75}
