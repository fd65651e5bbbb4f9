"""A statement comes with what belongs to it: the whole procedure, the exception after a rule, the rule before one."""

from __future__ import annotations

import pytest

from retrieval.answers.completion import completed, touches_edge
from retrieval.values import Span


def whole(text: str, words: str) -> str:
    start = text.index(words)
    span = completed(text, Span(start=start, end=start + len(words)))
    return text[span.start : span.end]


@pytest.mark.parametrize(
    ("text", "rule", "expected"),
    [
        (
            "送料は無料です。ただし、沖縄県は対象外です。翌日に届きます。",
            "送料は無料です。",
            "送料は無料です。ただし、沖縄県は対象外です。",
        ),
        (
            "全員が使えます。なお、派遣社員を除きます。申請は不要です。",
            "全員が使えます。",
            "全員が使えます。なお、派遣社員を除きます。",
        ),
        (
            "返品できます。沖縄県はこの限りではありません。",
            "返品できます。",
            "返品できます。沖縄県はこの限りではありません。",
        ),
        ("毎月払います。\n※3月は除く。\n別の話です。", "毎月払います。", "毎月払います。\n※3月は除く。"),
        (
            "Shipping is free. Except to islands. It takes a day.",
            "Shipping is free.",
            "Shipping is free. Except to islands.",
        ),
        (
            "Refunds are paid. However, fees are kept. We write.",
            "Refunds are paid.",
            "Refunds are paid. However, fees are kept.",
        ),
        (
            "It is free. Unless you are late, you pay nothing. Ask.",
            "It is free.",
            "It is free. Unless you are late, you pay nothing.",
        ),
        (
            "All may come. This does not apply to guests. Ask.",
            "All may come.",
            "All may come. This does not apply to guests.",
        ),
    ],
)
def test_the_exception_after_a_rule_comes_along(text: str, rule: str, expected: str) -> None:
    assert whole(text, rule) == expected


@pytest.mark.parametrize(
    ("text", "exception"),
    [
        ("前の文。送料は無料です。ただし、沖縄県は対象外です。", "ただし、沖縄県は対象外です。"),
        ("A sentence. Shipping is free. Except to islands.", "Except to islands."),
        ("A sentence. Refunds are paid. However, fees are kept.", "However, fees are kept."),
    ],
)
def test_the_rule_before_an_exception_comes_along(text: str, exception: str) -> None:
    first = text.index("。") + 1 if "。" in text else text.index(".") + 2
    assert whole(text, exception) == text[first:]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("送料は無料です。翌日に届きます。", "送料は無料です。"),
        ("朝に届きます。なお、受付は一階です。", "朝に届きます。"),
        ("Shipping is free. But we like it.", "Shipping is free."),
        ("A rule.\n\nExceptions\n\nThe next section.", "A rule."),
        ("送料は無料です。ただし、" + "長" * 400 + "。", "送料は無料です。"),
    ],
)
def test_other_sentences_stay_where_they_are(text: str, words: str) -> None:
    assert whole(text, words) == words


def test_at_most_two_exceptions_come_along() -> None:
    text = "It is so. However, one. However, two. However, three."
    assert whole(text, "It is so.") == "It is so. However, one. However, two."


def test_a_step_comes_with_the_whole_procedure_and_its_leading_line() -> None:
    steps = "".join(
        f"\n{n}. Do the thing number {n}, and take all the care that is needed for it." for n in range(1, 15)
    )
    text = f"Before.\n\nProceed as follows:{steps}\n\nAfter it."
    assert whole(text, "3. Do the thing number 3, and take all the care that is needed for it.") == text[9:-11]


def test_an_item_of_a_long_list_that_is_no_procedure_stands_alone() -> None:
    items = "".join(f"\n- Item {n} says something of its own, at some length, to fill the list." for n in range(20))
    item = "- Item 7 says something of its own, at some length, to fill the list."
    assert whole(f"The list:{items}", item) == item


def test_a_statement_at_the_edge_may_go_on_in_the_next_chunk() -> None:
    text = "One. Two. Three."
    assert [touches_edge(text, Span(start=s, end=e)) for s, e in ((0, 4), (5, 9), (10, 16))] == [True, False, True]
