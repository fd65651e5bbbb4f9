"""The query of a question: its own words, with what the glossary says for them, never worth more than they are."""

from __future__ import annotations

import pytest

from retrieval.text.wordbook import Entry, Wordbook, key_of
from retrieval.text.wording import Expansion, worded
from retrieval.values import Alternative, TermGroup

GLOSSARY = Wordbook(
    [
        Entry(words=("有休", "年次有給休暇", "PTO")),
        Entry(words=("SSO", "シングルサインオン", "single sign-on")),
        Entry(words=("PTO",), to=("paid time off",)),
        Entry(words=("社販",), to=("社員販売制度",), weight=0.5),
        Entry(words=("給与", "給料"), weight=0.8),
        Entry(words=("給与明細", "payslip")),
        Entry(words=("ロール", "権限")),
        Entry(words=("IT",), to=("情報システム部",)),
    ]
)


def found(question: str) -> dict[str, tuple[str, ...]]:
    """Return what is looked for besides each word, by the glossary."""
    expansions = worded(question, glossary=GLOSSARY).expansions
    return {one.text: one.wordings for one in expansions if one.origin == "glossary"}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("有休の残りは？", {"有休": ("年次有給休暇", "PTO")}),
        ("年次有給休暇はいつから", {"年次有給休暇": ("有休", "PTO")}),
        ("How much PTO is left?", {"PTO": ("有休", "年次有給休暇", "paid time off")}),
        ("How many PTOs?", {"PTOs": ("PTO", "有休", "年次有給休暇", "paid time off")}),
        ("ｓｓｏの設定", {"sso": ("シングルサインオン", "single sign-on")}),
        ("ｼﾝｸﾞﾙｻｲﾝｵﾝ", {"シングルサインオン": ("SSO", "single sign-on")}),
        ("Single Sign On fails", {"Single Sign On": ("SSO", "シングルサインオン")}),
        ("single-sign-on", {"single-sign-on": ("SSO", "シングルサインオン")}),
        ("社販を使う", {"社販": ("社員販売制度",)}),
        ("社員販売制度とは", {}),
        ("paid time off", {}),
        ("laptop", {}),
        ("SSOL", {}),
        ("コントロール", {}),
        ("ロールの変更", {"ロール": ("権限",)}),
        ("給与明細と給与", {"給与明細": ("payslip",), "給与": ("給料",)}),
    ],
)
def test_a_word_of_the_glossary_is_found_as_it_is_typed(question: str, expected: dict[str, tuple[str, ...]]) -> None:
    assert expected == found(question)


def test_the_words_of_an_entry_become_one_group_and_all_else_stays_as_it_was() -> None:
    groups = worded("有休の申請", glossary=GLOSSARY).query.groups
    long = Alternative(tokens=("年次", "次有", "有給", "給休", "休暇"))
    assert groups[0].tokens == ("有休",)
    assert long in groups[0].alternatives
    assert groups[1:] == tuple(TermGroup(tokens=(token,)) for token in ("休の", "の申", "申請"))


def test_a_weight_is_that_of_the_other_wordings_and_not_of_the_word_itself() -> None:
    (group, *_) = worded("給料日", glossary=GLOSSARY).query.groups
    assert group.tokens == ("給料",)
    assert {a.tokens: a.weight for a in group.alternatives} == {("給料",): 1.0, ("給与",): 0.8}


def test_a_word_that_questions_drop_is_still_looked_for_by_its_other_wording() -> None:
    """The stem of IT is a stop word: what is left to look for is the department."""
    groups = worded("IT の連絡先", glossary=GLOSSARY).query.groups
    assert groups[-1].tokens == ()
    assert groups[-1].alternatives[-1].tokens[:2] == ("情報", "報シ")


def test_the_glossary_comes_before_spellings_and_numbers() -> None:
    book = Wordbook([Entry(words=("取扱い", "handling"))])
    assert worded("取扱い30日", glossary=book).expansions == (
        Expansion(text="取扱い", wordings=("handling",), origin="glossary"),
    )
    assert worded("取扱い").expansions[0].origin == "spelling"


def test_entries_that_share_a_word_say_all_that_both_say_and_the_greater_weight_counts() -> None:
    book = Wordbook([Entry(words=("車", "自動車"), weight=0.5), Entry(words=("車", "自動車", "car"))])
    (match,) = book.matches(key_of("車"))
    assert {saying.text: saying.weight for saying in match.sayings} == {"車": 1.0, "自動車": 1.0, "car": 1.0}


def test_a_question_that_ends_within_a_word_of_the_glossary_is_no_error() -> None:
    book = Wordbook([Entry(words=("ab", "x1")), Entry(words=("abc def", "y1"))])
    assert [match[:2] for match in book.matches(key_of("see ab"))] == [(4, 6)]


def test_letters_that_grow_when_their_case_is_folded_cost_no_place() -> None:
    query = worded("Straße İstanbul 有休", glossary=GLOSSARY).query
    assert any(group.alternatives for group in query.groups)


@pytest.mark.parametrize("part", ["有", "有休", "P", "PTO ", "PTO", "サ", "1", "三", "- ", "取り", "ｱ"])
def test_hostile_repetition_costs_no_more_than_its_length(part: str) -> None:
    groups = worded(part * (20_000 // len(part)), glossary=GLOSSARY).query.groups
    assert sum(bool(group.alternatives) for group in groups) <= 24


def test_a_measurement_tells_two_glossaries_apart_and_not_two_orders_of_one() -> None:
    """What was measured with other words is not gone on with (`tenkyo eval`)."""
    car, leave = Entry(words=("車", "自動車")), Entry(words=("有休", "PTO"))
    assert repr(Wordbook([car, leave])) == repr(Wordbook([leave, car]))
    assert repr(Wordbook([car, leave])) != repr(Wordbook([car]))
    assert repr(Wordbook([car])) != repr(Wordbook([Entry(words=("車", "自動車"), weight=0.5)]))
