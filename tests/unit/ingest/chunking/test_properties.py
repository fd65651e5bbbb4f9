"""What holds of every text whatever: spans, coverage, order, budget, repeatability."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunking import split
from retrieval.text.graphemes import boundaries
from retrieval.values import Block, BlockKind, Chunk, Extraction
from tests.unit.ingest.chunking.material import Part, count, cut, extraction, paragraph

_JAPANESE = (
    "申請書を提出する。|「はい。」と答えた。|経費精算、|サーバー|ｶﾞｲﾄﾞ|か\u3099|𠮷野家|12,000円|。|…|（注|」|\u3000"
)
_OTHERS = "e\u0301|👩‍👩‍👧|🇯🇵|👍🏽|E-1042|-|Mr. Smith left. |See https://a.example/b?c=1. |word |\n|\n\n|\t|\u200b"
_WORDS = st.sampled_from([*_JAPANESE.split("|"), *_OTHERS.split("|"), " | ", "a" * 70, "あ" * 150])
_TEXTS = st.lists(_WORDS, min_size=1, max_size=14).map("".join) | st.text(min_size=1, max_size=40)
_KINDS = st.sampled_from(["h1", "h2", "h3", "p", "p", "li", "li", "table", "code", "q", "a"])
_PARTS = st.lists(st.tuples(_KINDS, _TEXTS), min_size=1, max_size=9)


def _check(source: Extraction, chunks: Sequence[Chunk], *, budget: int) -> None:
    end = 0
    covered = bytearray(len(source.text))
    for ordinal, chunk in enumerate(chunks):
        assert chunk.ordinal == ordinal
        assert source.text[chunk.start : chunk.end] == chunk.text
        assert chunk.text.strip()
        assert chunk.start >= end
        end = chunk.end
        covered[chunk.start : chunk.end] = b"\1" * (chunk.end - chunk.start)
        assert count([chunk.embedding_text])[0] <= budget
    for block in source.blocks:
        if block.kind is BlockKind.QUESTION:
            covered[block.start : block.end] = b"\1" * (block.end - block.start)
    lost = "".join(char for char, seen in zip(source.text, covered, strict=True) if not seen and not char.isspace())
    assert lost == ""


@settings(max_examples=40, deadline=None, derandomize=True)
@given(parts=_PARTS, budget=st.integers(min_value=24, max_value=600))
def test_every_chunk_is_verbatim_in_order_within_budget_and_nothing_is_lost(parts: list[Part], budget: int) -> None:
    source = extraction([(kind, raw) for kind, raw in parts if raw.strip()])
    chunks = cut(source, budget=budget)
    _check(source, chunks, budget=budget)
    assert cut(source, budget=budget) == chunks


@settings(max_examples=40, deadline=None, derandomize=True)
@given(text=_TEXTS, budget=st.integers(min_value=16, max_value=64))
def test_a_text_without_blocks_is_covered_just_the_same(text: str, budget: int) -> None:
    source = Extraction(id="e" * 32, text=text, media_type="text/plain", reader_fingerprint="r")
    _check(source, cut(source, budget=budget), budget=budget)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(text=_TEXTS, spans=st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=5))
def test_text_that_a_reader_left_between_its_blocks_is_not_lost(text: str, spans: list[tuple[int, int]]) -> None:
    blocks = tuple(Block(kind=BlockKind.PARAGRAPH, start=a, end=b) for a, b in spans if a < b)
    source = Extraction(id="e" * 32, text=text, media_type="text/plain", reader_fingerprint="r", blocks=blocks)
    _check(source, cut(source), budget=512)


@pytest.mark.parametrize("unit", ["あ", "a", "か\u3099", "👩‍👩‍👧", "🇯🇵", "e\u0301\u0323", "𠮷"])
def test_a_text_of_10000_characters_without_a_space_is_cut_between_characters_as_people_see_them(unit: str) -> None:
    source = extraction([("p", unit * (10_000 // len(unit)))])
    chunks = cut(source)
    _check(source, chunks, budget=512)
    allowed = {0, len(source.text), *boundaries(source.text)}
    assert [edge for chunk in chunks for edge in (chunk.start, chunk.end) if edge not in allowed] == []
    assert len(chunks) < 60


@pytest.mark.parametrize("language", ["ja", "en"])
def test_sentences_stay_whole_when_a_long_paragraph_is_cut(language: str) -> None:
    joint = "" if language == "ja" else " "
    source = extraction([("p", joint.join(paragraph(n, language=language) for n in range(60)))])
    chunks = cut(source)
    assert len(chunks) > 5
    assert {chunk.text[-1] for chunk in chunks} == {"。" if language == "ja" else "."}
    assert {chunk.language for chunk in chunks} == {language}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_an_edit_near_the_top_changes_only_a_few_embedding_inputs(language: str) -> None:
    """Boundaries hang on the text around them: after an insertion the old ones come back soon."""
    parts = [("p", paragraph(n, language=language)) for n in range(200)]
    before = {chunk.embedding_text for chunk in cut(extraction(parts))}
    edits = [
        [*parts[:at], ("p", paragraph(999, language=language)), *parts[after:]]
        for at in (0, 1, 3, 7, 20, 33)
        for after in (at, at + 1)
    ]
    new = [len({chunk.embedding_text for chunk in cut(extraction(edited))} - before) for edited in edits]
    assert len(before) > 30
    assert sum(new) <= 4 * len(new)


def test_an_edit_in_one_section_leaves_the_others_alone() -> None:
    """A heading is a firm boundary."""
    parts: list[Part] = []
    for section in range(10):
        parts.append(("h2", f"第{section}章"))
        parts.extend(("p", paragraph(section * 10 + n, language="ja")) for n in range(5))
    before = {chunk.embedding_text for chunk in cut(extraction(parts))}
    parts[1] = ("p", "差し替えた段落です。" * 9)
    after = {chunk.embedding_text for chunk in cut(extraction(parts))}
    assert 1 <= len(after - before) <= 2


def test_splitting_a_megabyte_counts_each_text_about_once() -> None:
    """The cost of counting grows with the text, not with its square: one pass, and one more for what was over."""
    seen: list[int] = []

    def counting(texts: Sequence[str]) -> list[int]:
        seen.append(sum(map(len, texts)))
        return count(texts)

    source = extraction([("p", paragraph(n, language="en" if n % 2 else "ja")) for n in range(7_500)])
    assert len(source.text) > 1_000_000
    chunks = split(source, document_id="d", title="t", language="ja", count=counting, budget=512)
    assert len(seen) <= 4
    assert sum(seen) <= 1.5 * len(source.text)
    assert len(chunks) < 7_500


def test_cutting_an_endless_word_takes_little_memory() -> None:
    """Chunks are cut outside of the confined child: twenty million characters must not take gigabytes there."""
    source = extraction([("p", "a" * 60_000)])
    tracemalloc.start()
    try:
        cut(source)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 25 * len(source.text)


def test_a_budget_too_small_for_one_character_is_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        cut(extraction([("p", "申請")]), budget=4)
