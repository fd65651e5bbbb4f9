"""Folding unites written variants and always finds the way back to the original characters."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.text.folding import clusters, find_folded, fold, nfkc
from retrieval.text.graphemes import boundaries
from retrieval.values import Span

_PARTS = st.sampled_from(
    [
        "㌔",
        "ｶﾞ",
        "ﾊﾟ",
        "e\u0301",
        "é",
        "ﬁ",
        "ß",
        "İ",
        "Ａ",
        "１",
        "①",
        "㈱",
        "か\u3099",
        "か\u309a",
        "각",
        "ᄀ",
        "ᅡ",
        " ",
        "\u3000",
        "\n",
    ]
)
_TEXTS = st.lists(_PARTS | st.characters(exclude_categories=["Cs"]), max_size=25).map("".join)


@pytest.mark.parametrize(
    ("needle", "haystack", "expected"),
    [
        ("10gb", "容量は１０ＧＢまで。", "１０ＧＢ"),
        ("ガイド", "利用ｶﾞｲﾄﾞを見る", "ｶﾞｲﾄﾞ"),
        ("ｶﾞｲﾄﾞ", "利用ガイドを見る", "ガイド"),
        ("キロ", "5㌔まで", "㌔"),
        ("ロ", "5㌔まで", "㌔"),
        ("RÉSUMÉ", "a re\u0301sume\u0301 here", "re\u0301sume\u0301"),
        ("strasse", "die Straße", "Straße"),
        ("two words", "has two \n\t words", "two \n\t words"),
        ("  申請 ", "経費の申請", "申請"),
        ("(株)", "㈱典拠", "㈱"),
        ("ファイル", "ﾌｧｲﾙ名", "ﾌｧｲﾙ"),
    ],
)
def test_a_quote_is_found_in_other_characters_and_given_back_in_the_originals_own(
    needle: str, haystack: str, expected: str
) -> None:
    span = find_folded(needle, haystack)
    assert span is not None
    assert haystack[span.start : span.end] == expected


def test_a_letter_is_not_found_inside_a_letter_with_its_accent() -> None:
    assert find_folded("e", "re\u0301sum\u00e9") is None
    assert find_folded("カ", "ｶﾞ") is None


def test_nothing_is_nowhere() -> None:
    assert [find_folded(needle, "a b") for needle in ("", "  ", "c")] == [None, None, None]


def test_loose_folding_unites_dashes_and_quotes_and_joins_wrapped_japanese_lines() -> None:
    wrapped = "申請は翌月\n末までに――“A–1”で行う"
    assert find_folded("翌月末までに", wrapped) is None
    assert find_folded("翌月末までに", wrapped, loose=True) == Span(start=3, end=10)
    assert find_folded('"a-1"', wrapped, loose=True) == Span(start=12, end=17)
    assert fold("end of\nline", loose=True).text == "end of line"


def test_a_folded_haystack_serves_many_needles() -> None:
    folded = fold("経費の申請は１０日まで")
    assert [find_folded(needle, folded) for needle in ("申請", "10日")] == [Span(start=3, end=5), Span(start=6, end=9)]


def test_a_folded_span_outside_the_text_is_refused() -> None:
    with pytest.raises(ValueError, match="no folded span"):
        fold("abc").original(2, 9)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(before=_TEXTS, needle=_TEXTS, after=_TEXTS)
def test_the_original_span_of_a_found_needle_always_contains_it(before: str, needle: str, after: str) -> None:
    haystack = f"{before} {needle} {after}"
    wanted = fold(needle).text.strip()
    span = find_folded(needle, haystack)
    if not wanted or unicodedata.combining(wanted[0]):
        return
    assert span is not None
    assert wanted in fold(haystack[span.start : span.end]).text
    edges = {0, len(haystack), *(cluster.start for cluster in clusters(haystack))}
    assert {span.start, span.end} <= edges


@settings(max_examples=30, deadline=None, derandomize=True)
@given(text=_TEXTS)
def test_folded_spans_map_to_rising_places_that_cover_the_text(text: str) -> None:
    folded = fold(text)
    spans = [folded.original(at, at + 1) for at in range(len(folded.text))]
    assert [span.start for span in spans] == sorted(span.start for span in spans)
    covered = {place for span in spans for place in range(span.start, span.end)}
    assert covered == set(range(len(text)))


@settings(max_examples=30, deadline=None, derandomize=True)
@given(text=_TEXTS)
def test_nfkc_in_parts_is_nfkc_of_the_whole(text: str) -> None:
    assert nfkc(text) == unicodedata.normalize("NFKC", text)
    assert "".join(unicodedata.normalize("NFKC", text[c.start : c.end]) for c in clusters(text)) == nfkc(text)


def test_an_endless_run_of_marks_is_cut_so_that_time_stays_linear() -> None:
    text = "e" + "\u0323\u0301" * 50_000
    assert max(c.end - c.start for c in clusters(text)) == 31
    assert len(nfkc(text)) > 90_000
    assert len(fold(text).text) > 90_000


def test_clusters_that_people_see_as_one_are_never_cut() -> None:
    text = "か\u3099👩‍👩‍👧🇯🇵🇺🇸👍🏽ｶﾞ1\ufe0f\u20e3\r\nA"
    edges = [0, *boundaries(text), len(text)]
    parts = [text[a:b] for a, b in pairwise(edges)]
    assert parts == ["か\u3099", "👩‍👩‍👧", "🇯🇵", "🇺🇸", "👍🏽", "ｶﾞ", "1\ufe0f\u20e3", "\r\n", "A"]
