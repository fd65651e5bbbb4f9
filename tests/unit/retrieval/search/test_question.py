"""Questions are cleaned of what no reader sees, and of nothing else."""

from __future__ import annotations

import pytest

from retrieval.errors import UserError
from retrieval.search.question import LONGEST, normalised


@pytest.mark.parametrize("question", ["", "   ", "\u3000\n\t", "\u200b\ufeff", "?", "？！", "\udc80"])
def test_a_question_without_anything_to_look_for_is_refused(question: str) -> None:
    with pytest.raises(UserError, match="empty"):
        normalised(question)


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("  返品の\u3000期限は？\n", "返品の 期限は？"),
        ("refund\x00 policy\r\n", "refund policy"),
        ("経\u200b費\ufeff申請", "経費申請"),
        ("ＡＢＣ　ｶﾞｲﾄﾞ", "ＡＢＣ ｶﾞｲﾄﾞ"),
        ("か\u3099いど", "がいど"),
        ("bad\udc80byte", "bad byte"),
        ("€", "€"),
    ],
)
def test_a_question_keeps_its_words_on_one_line(typed: str, searched: str) -> None:
    assert normalised(typed) == searched


def test_a_pasted_letter_passes_and_a_book_is_refused_with_the_bound() -> None:
    assert len(normalised("返品" * (LONGEST // 2))) == LONGEST
    with pytest.raises(UserError, match=str(LONGEST)):
        normalised("返品" * LONGEST)
