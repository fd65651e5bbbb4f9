"""Statements: what an answer may quote from a passage, whole where half would mislead."""

from __future__ import annotations

from dataclasses import replace

import pytest

from retrieval.answers.statements import statements
from retrieval.values import ChunkKind, Passage
from tests.unit.retrieval.answers.passages import passage


def texts(*passages: Passage, question: str = "?x") -> list[str]:
    return [statement.text for statement in statements(passages, question=question)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("返品は30日以内です。送料は無料です。", ["返品は30日以内です。", "送料は無料です。"]),
        ("Returns take 30 days. Shipping is free.", ["Returns take 30 days.", "Shipping is free."]),
    ],
)
def test_a_sentence_is_a_statement_at_its_verbatim_place(text: str, expected: list[str]) -> None:
    found = statements([passage(text, start=100)], question="?x")
    assert [statement.text for statement in found] == expected
    assert [text[s.span.start - 100 : s.span.end - 100] for s in found] == expected


@pytest.mark.parametrize(
    "text",
    [
        "次の手順で申請します。\n1. 申請書に記入する。\n2. 上長の承認を得る。\n3. 経理に送る。",
        "To reset the device, do as follows:\n- Hold the button. Wait ten seconds.\n- Release it.\n- Wait.",
        "申請方法：\n①記入する\n②提出する",
    ],
)
def test_a_short_list_stays_whole_with_the_line_that_leads_to_it(text: str) -> None:
    """Half a procedure is worse than none."""
    assert texts(passage(f"{text}\n\nOther words stand apart. これは別の話です。"))[0] == text


def test_a_list_without_a_leading_line_is_whole_by_itself() -> None:
    assert texts(passage("We like fruit.\n- apples\n- pears")) == ["We like fruit.", "- apples\n- pears"]


def test_a_long_list_gives_its_items_one_by_one() -> None:
    items = [f"- Item {n} says something of its own, at some length, to fill the list." for n in range(20)]
    assert texts(passage("The list:\n" + "\n".join(items))) == ["The list:", *items]


def test_a_number_at_a_lines_start_is_no_list_item() -> None:
    assert texts(passage("The heights are known.\n3.5 m is the first.\n-5 is cold.")) == [
        "The heights are known.",
        "3.5 m is the first.",
        "-5 is cold.",
    ]


def test_a_row_of_a_table_is_a_statement_and_knows_its_header() -> None:
    table = passage("プラン | 月額\n基本 | 1,000円\n上級 | 3,000円", kind=ChunkKind.TABLE, start=50)
    found = statements([table], question="?x")
    assert [s.text for s in found] == ["基本 | 1,000円", "上級 | 3,000円"]
    assert [s.header and table.text[s.header.start - 50 : s.header.end - 50] for s in found] == ["プラン | 月額"] * 2


def test_a_piece_of_a_longer_table_takes_none_of_its_rows_for_a_header() -> None:
    """Its header row is repeated in the index only, so that no citation can point to it here."""
    piece = replace(
        passage("上級 | 3,000円\n特級 | 5,000円", kind=ChunkKind.TABLE), lexical_text="プラン | 月額\n上級 | 3,000円"
    )
    assert [(s.text, s.header) for s in statements([piece], question="?x")] == [
        ("上級 | 3,000円", None),
        ("特級 | 5,000円", None),
    ]


def test_a_heading_over_a_table_is_no_header_row() -> None:
    table = passage("料金表\nプラン | 月額\n基本 | 1,000円", kind=ChunkKind.TABLE, headings=("料金表",))
    (row,) = statements([table], question="?x")
    assert (row.text, row.header and table.text[row.header.start : row.header.end]) == (
        "基本 | 1,000円",
        "プラン | 月額",
    )


def test_a_short_answer_of_a_record_stays_whole_and_a_long_one_does_not() -> None:
    answer = "はい、できます。マイページから手続きしてください。\n手数料はかかりません。"
    assert texts(passage(answer, kind=ChunkKind.ANSWER)) == [answer]
    assert len(texts(passage(answer * 20, kind=ChunkKind.ANSWER))) > 1


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("返品の期限は？\n30日です。", "返品の期限は"),
        ("返品の期限\n30日です。", "返品の期限は？"),
        ("Returns\nWhat is the deadline?\n30 days.", "deadline for returns"),
    ],
)
def test_headings_and_questions_state_nothing(text: str, question: str) -> None:
    kept = texts(passage(text, title="Returns", headings=("返品の期限",)), question=question)
    assert kept == [text.rpartition("\n")[2]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IPv6\n\nThe panel works on IPv6.", ["The panel works on IPv6."]),
        ("5. クラウドに登録する\n\n1. 番号を控える。\n\n2. 入力する。", ["1. 番号を控える。\n\n2. 入力する。"]),
        ("手順\n\n1. 開く\n\n2. 押す\n\n3. 閉じる", ["1. 開く\n\n2. 押す\n\n3. 閉じる"]),
        ("Price: 300 yen\n\nIt is paid monthly.", ["Price: 300 yen", "It is paid monthly."]),
        ("Only this", ["Only this"]),
    ],
)
def test_a_heading_within_a_passage_states_nothing_and_a_step_of_a_loose_list_does(
    text: str, expected: list[str]
) -> None:
    assert texts(passage(text)) == expected


def test_the_same_words_are_stated_once() -> None:
    assert texts(passage("送料は無料です。", key="a"), passage("送料は 無料です。", key="b")) == ["送料は無料です。"]
