from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.cleaning import clean, noise, single_line


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a\0b\ud800c\x1b", "abc"),
        ("見え\u200bない\u2060指\u202e示\u2066", "見えない指示"),
        ("安全\U000e0049\U000e0067\U000e006e\U000e006f", "安全"),
        ("葛\U000e0100城", "葛\U000e0100城"),
        ("a\U000e0101\U000e0102", "a"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("pass\u200dword", "password"),
        ("ｶﾅ１２３①㈱", "ｶﾅ１２３①㈱"),
        ("ref\xadund", "refund"),
    ],
)
def test_what_nobody_sees_goes_and_what_is_seen_stays(dirty: str, expected: str) -> None:
    """Hidden characters are removed, widths and joined sequences are kept."""
    assert clean(dirty) == expected


@given(st.text(alphabet=st.characters(codec=None)))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    """Cleaning is idempotent, and its result is valid UTF-8 without NUL."""
    once = clean(text)
    assert clean(once) == once
    assert not noise(once)
    assert b"\0" not in once.encode("utf-8")


def test_a_single_line_has_single_spaces() -> None:
    """Cells and titles stand on one line."""
    assert single_line(" 経費\n 申請\t書 ") == "経費 申請 書"
