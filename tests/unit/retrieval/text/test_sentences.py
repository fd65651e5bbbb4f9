"""Sentences of Japanese and English texts, verbatim."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.text.sentences import sentences

_MATERIAL = (
    '。_！？_._?_「_」_（_）_(_)_\n_\n\n_ _申請_の_です_Mr_U.S_No_3_1._a.b_https://a.b/c?d=e_と_…_"_’_、_word_第1条'
)
_PARTS = st.sampled_from(list(filter(None, _MATERIAL.split("_"))))
_TEXTS = st.lists(_PARTS | st.characters(exclude_categories=["Cs"]), max_size=40).map("".join)


@pytest.mark.parametrize(
    "expected",
    [
        ["申請は承認されました。", "次に進みます！", "よろしいですか？"],
        ["「はい。わかりました。」と答えた。", "次の文です。"],
        ["詳細は別紙（様式3。必須です）を参照してください。", "以上です。"],
        ["（注：期限は月末です。）", "遅れた場合は連絡してください。"],
        ["本当ですか？！", "はい。"],
        ["なぜ？と聞かれた。", "答えはない。"],
        ["料金は３．５万円です．", "税別です．"],
        ["これはＮｏ．１です。"],
        ["バージョンは2.3.1です。", "config.yaml を開く。"],
        ["それは…まだです。", "次です。"],
        ["𠮷野家です。", "はい。"],
    ],
)
def test_japanese_is_cut_at_its_marks_but_not_inside_quotes_and_numbers(expected: list[str]) -> None:
    text = "".join(expected)
    assert [text[s.start : s.end] for s in sentences(text)] == expected


@pytest.mark.parametrize(
    "expected",
    [
        ["Mr. Smith called Dr. Jones.", "She was out."],
        ["See No. 3 and Fig. 2.", "It is there."],
        ["The U.S. office of Acme Inc. is closed.", "Please write to us."],
        ["He works at Acme Inc.", "The office is closed."],
        ["It costs $3.50, i.e. 3.5 dollars.", "Update to v2.3.1 first."],
        ["Open https://example.com/a.html?b=c.d now!", "Did it load?", "Edit settings.toml."],
        ['Use quotes, e.g. "a b."', "Then go on."],
        ["It took place at 3 p.m. on Monday.", "Nobody came."],
        ["Is it working?!", "Yes (it is. Really.) and well."],
        ["Wait...", "Then press Enter."],
        ["J. Smith signed.", "The rest did not."],
    ],
)
def test_english_is_cut_at_its_marks_but_not_after_abbreviations_or_in_names(expected: list[str]) -> None:
    text = " ".join(expected)
    assert [text[s.start : s.end] for s in sentences(text)] == expected


def test_a_list_number_does_not_stand_alone() -> None:
    text = "1. Open the page. Press OK.\n2. Wait.\n（3）終了します。\n４．確認する。"
    expected = ["1. Open the page.", "Press OK.", "2. Wait.", "（3）終了します。", "４．確認する。"]
    assert [text[s.start : s.end] for s in sentences(text)] == expected


def test_lines_end_sentences_unless_they_were_only_wrapped() -> None:
    wrapped_en = (
        "This sentence was wrapped by a program at a certain width of\nthe page and goes on here.\nNew line\nAnother"
    )
    assert [wrapped_en[s.start : s.end].replace("\n", "/") for s in sentences(wrapped_en)] == [
        "This sentence was wrapped by a program at a certain width of/the page and goes on here.",
        "New line",
        "Another",
    ]
    wrapped_ja = (
        "経費の精算は発生した月の翌月末日までに所定の申請\n書を総務部に提出して行うものとする。\n住所\n電話番号"
    )
    assert [wrapped_ja[s.start : s.end].replace("\n", "/") for s in sentences(wrapped_ja)] == [
        "経費の精算は発生した月の翌月末日までに所定の申請/書を総務部に提出して行うものとする。",
        "住所",
        "電話番号",
    ]


def test_an_unclosed_quote_swallows_nothing() -> None:
    text = "彼は「そうだと言った。次の文。\n\n別の段落。" + "長い文です。" * 100 + "」終わり。"
    assert len(sentences(text)) > 100


def test_a_quote_of_many_sentences_is_cut_all_the_same() -> None:
    assert len(sentences("議事録「" + "長い文です。" * 100 + "」を見る。")) > 90


def test_a_part_of_a_text_gives_spans_of_the_whole() -> None:
    text = "前の文。対象の文。もう一つ。後の文。"
    assert [text[s.start : s.end] for s in sentences(text, start=4, end=14)] == ["対象の文。", "もう一つ。"]


@settings(max_examples=50, deadline=None, derandomize=True)
@given(text=_TEXTS)
def test_sentences_are_in_order_trimmed_and_hold_everything_but_white_space(text: str) -> None:
    end = 0
    outside = []
    for span in sentences(text):
        assert end <= span.start < span.end
        part = text[span.start : span.end]
        assert part == part.strip()
        outside.append(text[end : span.start])
        end = span.end
    assert not "".join([*outside, text[end:]]).strip()


@pytest.mark.parametrize("part", ["「", "（a」", "あ", "a.", "。", "\n", "1.\n", "「あ。」", "word word\n"])
def test_hostile_repetition_is_cut_without_a_square_of_work(part: str) -> None:
    """Twenty thousand characters: anything worse than linear would take minutes and be stopped."""
    text = part * (20_000 // len(part))
    assert sum(span.end - span.start for span in sentences(text)) >= len("".join(text.split()))
