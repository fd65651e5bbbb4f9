"""The same fact has one value, however it is written, in both languages."""

from __future__ import annotations

import pytest

from retrieval.text.facts import FactKind, facts_in, find_facts
from retrieval.text.tokens import estimate_by_script, estimate_tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("令和8年4月1日", "April 1, 2026"),
        ("2026-04-01", "２０２６年４月１日"),
        ("R8.4.1", "1 April 2026"),
        ("二〇二六年四月一日", "2026/4/1"),
        ("令和元年5月", "May 2019"),
        ("4月1日", "April 1st"),
        ("4/1", "Apr. 1"),
        ("1万5千円", "¥15,000"),
        ("15,000 yen", "１５０００円"),
        ("$1,200", "1200 USD"),
        ("三十%", "30パーセント"),
        ("3営業日", "three business days"),
        ("10日間", "10 days"),
        ("３か月", "3 months"),
        ("10GB", "１０ギガバイト"),
        ("午後3時30分", "3:30 p.m."),
        ("15時半", "15:30"),
        ("E-1042", "ｅ－１０４２"),
        ("ERR_TIMEOUT", "err_timeout"),
        ("0120-123-456", "０１２０－１２３－４５６"),
        ("Support@Example.com", "support@example.com"),
        ("1億2,000万", "120000000"),
    ],
)
def test_two_ways_to_write_a_fact_give_the_same_facts(one: str, other: str) -> None:
    assert facts_in(one) == facts_in(other) != frozenset()


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("3営業日以内", "3日間以内"),
        ("within 3 business days", "within 3 days"),
        ("5か月", "5週間"),
        ("2026年4月1日", "2025年4月1日"),
        ("¥500", "$500"),
        ("10GB", "10MB"),
        ("E-1042", "E-1043"),
        ("v2.3.1", "v2.3.2"),
        ("12,000円", "12円"),
        ("午後3時", "午前3時"),
        ("2026年度", "2026年"),
        ("15%", "5%"),
    ],
)
def test_a_claim_that_says_something_else_is_caught(claim: str, source: str) -> None:
    assert facts_in(claim) - facts_in(source)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("2026年4月に", "2026-04-01から"),
        ("30を超え", "30日間を超え"),
        ("April 1", "April 1, 2026"),
        ("15時", "午後3時から"),
    ],
)
def test_a_claim_may_say_less_than_its_source(claim: str, source: str) -> None:
    assert facts_in(claim) <= facts_in(source)


@pytest.mark.parametrize("text", ["一般的に十分な一部", "千葉県の三重", "万一の場合", "The word for it", "統一する"])
def test_kanji_in_words_are_no_numbers(text: str) -> None:
    assert facts_in(text) == frozenset()


def test_a_fact_knows_its_place_in_the_original_characters() -> None:
    text = "上限は１０ＧＢ、期限は令和８年４月１日。連絡先 a.b@example.com"
    said = {found.fact.kind: text[found.span.start : found.span.end] for found in find_facts(text)}
    assert said[FactKind.QUANTITY] == "１０ＧＢ"
    assert said[FactKind.DATE] == "令和８年４月１日"
    assert said[FactKind.EMAIL] == "a.b@example.com"


@pytest.mark.parametrize("part", ["a.", "1-", "1,", "十", "a_", "1", "a@", "(0", "http://"])
def test_hostile_repetition_is_read_without_a_square_of_work(part: str) -> None:
    """Anything worse than linear on this length would take minutes and be stopped."""
    assert len(find_facts(part * (8_000 // len(part)))) >= 0


@pytest.mark.parametrize(
    "text",
    [
        "経費の精算は翌月末日までに申請してください。" * 5,
        "Please file your expenses by the end of the next month. " * 5,
    ],
)
def test_the_estimate_by_script_is_near_the_count_by_vocabulary(text: str) -> None:
    assert 0.75 < estimate_by_script(text) / estimate_tokens(text) < 1.35


def test_an_estimate_is_of_the_vocabulary_where_there_is_one() -> None:
    assert [estimate_tokens(""), estimate_tokens("hello world"), estimate_tokens("a" * 9000)] == [0, 2, 1125]
