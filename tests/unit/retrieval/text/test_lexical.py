"""Tokens by which documents are found: what matches what."""

from __future__ import annotations

import importlib.metadata
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.text.lexical import ANALYZER, _stem, analyze, analyze_query


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("サーバ", "サーバーの設定"),
        ("ｻｰﾊﾞｰ", "サーバを再起動"),
        ("ＶＰＮ", "vpn client"),
        ("passwords", "Password reset"),
        ("E-1042", "error e1042 occurred"),
        ("E1042", "エラーＥ－１０４２が出た"),
        ("ERR_TIMEOUT", "code: err_timeout."),
        ("abc-123x", "型番ABC-123Xを選ぶ"),
        ("10GB", "最大10 GBまで"),
        ("１０ＧＢ", "10GBまで"),
        ("2.3.1", "v2.3.1で修正"),
        ("0120-123-456", "電話:０１２０－１２３－４５６"),
        ("S3", "S3バケットを作る"),
        ("バケット", "S3バケットを作る"),
        ("1000円", "料金は1,000円です"),
        ("税", "消費税を含む"),
        ("null pointer", "NullPointerException"),
        ("user's", "the users"),
        ("c++", "C++ and C#"),
        ("𠮷", "𠮷野家"),
    ],
)
def test_a_question_finds_the_document_by_its_whole_term(question: str, document: str) -> None:
    assert analyze_query(question)[0] in analyze(document)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("東京都", ["東", "東京", "京", "京都", "都"]),
        ("サーバーを", ["サー", "ーバ", "バを"]),
        ("キー", ["キー"]),
        ("コピー", ["コピ", "ピー"]),
        ("ERR_TIMEOUT", ["errtimeout", "err", "timeout"]),
        ("E-1042", ["e1042", "e", "1042"]),
        ("v2.3.1", ["v2.3.1", "2.3.1", "2.3"]),
        ("10 GB", ["10gb", "10", "gb", "=10gigabyte"]),
        ("The running shoes", ["the", "run", "shoe"]),
        ("12,345", ["12345"]),
        ("", []),
        ("。、！", []),
    ],
)
def test_documents_give_these_tokens(text: str, expected: list[str]) -> None:
    assert analyze(text) == expected


def test_a_question_drops_english_stop_words_unless_nothing_else_is_left() -> None:
    assert analyze_query("How do I reset the password?") == ["reset", "password"]
    assert analyze_query("Who are we?") == ["who", "are", "we"]


def test_a_kanji_asked_alone_is_a_term_and_one_within_a_word_is_not() -> None:
    assert analyze_query("税の計算") == ["税", "税の", "の計", "計算"]


def test_an_endless_word_is_cut_alike_in_question_and_document() -> None:
    (long,) = analyze("x" * 500)
    assert analyze_query("X" * 500) == [long]
    assert len(long) == 64


@pytest.mark.parametrize(
    "part", ["1", "1.", "1,", "0.1 ", "a.", "a-", "A1-", "０e.", "Aa", "1 k", "ア", "ー", "+", "_"]
)
def test_hostile_repetition_is_analysed_without_a_square_of_work(part: str) -> None:
    """A question of sixty thousand digits must not stop a server: anything worse than linear would take minutes."""
    assert all(len(token) <= 64 for token in analyze(part * (60_000 // len(part))))


def test_a_long_dotted_number_is_found_by_its_beginnings() -> None:
    """What is beyond the longest token is cut off in each of them, so that no work is lost on it."""
    number = ".".join(["7"] * 100)
    assert analyze(number) == [number[:64], *(number[:size] for size in range(63, 2, -2))]


def test_the_analyzer_names_the_major_version_of_its_stemmer() -> None:
    assert ANALYZER.endswith(f"-{importlib.metadata.version('snowballstemmer').split('.')[0]}")


def test_threads_do_not_disturb_each_others_stems() -> None:
    """The stemmer keeps the word it works on in itself: threads that share one give each other's stems."""
    ends = ("ing", "ed", "ational", "fulness", "ations", "iveness")
    texts = [" ".join(f"thread{chr(97 + n % 26)}{chr(97 + n // 26)}{end}" for end in ends) for n in range(300)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            together = list(pool.map(analyze, texts))
    finally:
        sys.setswitchinterval(interval)
    _stem.cache_clear()
    assert together == [analyze(text) for text in texts]


@settings(max_examples=30, deadline=None, derandomize=True)
@given(text=st.text(max_size=60))
def test_tokens_are_short_lower_case_and_without_white_space(text: str) -> None:
    tokens = analyze(text)
    assert all(0 < len(token) <= 64 and not any(char.isspace() for char in token) for token in tokens)
    assert set(analyze_query(text)) <= set(tokens)
    assert bool(analyze_query(text)) == bool(tokens)
