"""Questions made of a document: what it asks itself, else its first sentences."""

from __future__ import annotations

import pytest

from retrieval.calibration.pseudo import pseudo_questions, rank_of

JA = "返品は商品到着後14日以内に受け付けます。"
EN = "Returns are accepted within 14 days."
ASKED = "パスワードを忘れました？"
RESET = "再設定の画面を開いてください。"


@pytest.mark.parametrize(
    ("title", "texts", "made"),
    [
        ("返品規程", [f"返品規程\n\n{JA}送料はお客様の負担です。"], [JA]),
        ("Returns", [f"Returns\n\n{EN} You pay the postage."], [EN]),
        (ASKED, [f"{RESET}そのあとメールが届きます。"], [ASKED, RESET]),
        ("FAQ", ["How do I reset it?\n\nPress the button for ten seconds."], ["How do I reset it?"]),
        ("Prices", ["plan | price\nPro | 10\n"], []),
        ("Short", ["No."], []),
        ("Twice", [f"{EN} ", f"{EN} More."], [EN]),
    ],
)
def test_a_document_asks_by_its_own_questions_or_by_its_first_sentences(
    title: str, texts: list[str], made: list[str]
) -> None:
    assert made == list(pseudo_questions(title, texts))


def test_documents_are_drawn_in_an_order_that_others_do_not_change() -> None:
    order = sorted("abcdef", key=rank_of)
    assert order != sorted(order)
    assert [one for one in order if one != "b"] == sorted("acdef", key=rank_of)
