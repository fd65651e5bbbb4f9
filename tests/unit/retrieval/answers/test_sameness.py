"""Two statements are the same only when nothing that matters differs: no figure, no code, no name, no denial."""

from __future__ import annotations

import pytest

from retrieval.answers.sameness import same, saying
from retrieval.text.language import detect


def alike(one: str, other: str) -> bool:
    first, second = (saying(text, language=detect(text)) for text in (one, other))
    assert same(first, second) == same(second, first)
    return same(first, second)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("送料は無料です。", "送料は 無料です"),
        ("ﾒｰﾙでお送りします。", "メールでお送りします。"),
        ("返品は到着後14日以内に受け付けます。", "返品は、到着後１４日以内に受け付けています。"),
        ("Returns are accepted within 14 days.", "Returns are accepted within 14 days!"),
        ("We accept returns within 14 days of the delivery.", "We accept the returns within 14 days of delivery."),
        ("返品は14日以内に受け付けます。", "Returns are accepted within 14 days."),
        ("料金は1,000円です。", "The fee is 1,000 yen."),
    ],
)
def test_the_same_in_other_words_of_no_weight(one: str, other: str) -> None:
    assert alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("返品は14日以内に受け付けます。", "返品は30日以内に受け付けます。"),
        ("返品できます。", "返品できません。"),
        ("Returns are possible.", "Returns are not possible."),
        ("AB-300は屋外で使えます。", "AB-200Xは屋外で使えます。"),
        (
            "The Standard plan allows every administrator of a company 60 requests a minute to the public interface.",
            "The Pro plan allows every administrator of a company 60 requests a minute to the public interface.",
        ),
        ("東京支店の受付は平日の9時から開きます。", "大阪支店の受付は平日の9時から開きます。"),
        ("返品は14日以内に受け付けます。", "Returns are accepted within 30 days."),
        ("送料は無料です。", "Shipping is free."),
        ("はい。", "いいえ。"),
    ],
)
def test_what_differs_in_something_that_matters_is_not_the_same(one: str, other: str) -> None:
    assert not alike(one, other)
