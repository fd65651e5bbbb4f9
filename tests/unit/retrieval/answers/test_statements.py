"""Statements: what an answer may quote from a passage, whole where half would mislead."""

from __future__ import annotations

from dataclasses import replace

import pytest

from retrieval.answers.statements import statements
from retrieval.values import ChunkKind, Passage, Span
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


def test_the_same_words_are_stated_once_a_document() -> None:
    first, second, other = (
        passage(text, key=key)
        for key, text in (("a", "送料は無料です。"), ("a", "送料は 無料です。"), ("b", "送料は無料です。"))
    )
    assert [(s.passage, s.text) for s in statements([first, second, other], question="?x")] == [
        (0, "送料は無料です。"),
        (2, "送料は無料です。"),
    ]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "How are keys kept?\n\nIn a vault. They change every year.\n\nWho pays?\n\nYou do.",
            "In a vault. They change every year.",
        ),
        (
            "鍵の保管は？\n\n金庫です。毎年替えます。\n\n費用は誰が払いますか。\n\nお客様です。",
            "金庫です。毎年替えます。",
        ),
    ],
)
def test_the_answer_below_a_question_stays_whole_up_to_the_next_question(text: str, answer: str) -> None:
    found = texts(passage(text))
    assert found[0] == answer
    assert len(found) == 2


def test_of_a_long_answer_below_a_question_the_first_paragraph_stays_whole() -> None:
    more = "Another thing to know is this one here. " * 12
    found = texts(passage(f"What now?\n\nWait. Then go.\n\n{more}"))
    assert found[0] == "Wait. Then go."
    assert "Another thing to know is this one here." in found


def test_a_statement_knows_what_is_said_before_it_and_a_row_needs_nothing() -> None:
    found = statements([passage("How long?\n\nTen days.\n\nWhere to?\n\nTo us. By mail.")], question="?x")
    assert [(s.text, s.before) for s in found] == [("Ten days.", "How long?"), ("To us. By mail.", "Where to?")]
    found = statements([passage("料金は定額です。毎月払います。")], question="?x")
    assert [s.before for s in found] == ["", "料金は定額です。"]
    (row,) = statements([passage("a | b\n1 | 2", kind=ChunkKind.TABLE)], question="?x")
    assert row.before == ""


@pytest.mark.parametrize(
    ("text", "header", "rows"),
    [
        (
            "料金です。\n\n県名  60サイズ  お届け\n北海道  1,350円  2日\n青森県  780円  翌日",
            "県名  60サイズ  お届け",
            2,
        ),
        ("Item  Price\nPanel  300 yen\nLock  500 yen\n\nAll with tax.", "Item  Price", 2),
        ("AB-100S　センサー　製造後5年間\nAB-300　ロック　製造後8年間\nAB-500G　装置　製造後6年間", None, 3),
    ],
)
def test_rows_set_in_columns_are_statements_below_their_header(text: str, header: str | None, rows: int) -> None:
    found = [s for s in statements([passage(text)], question="?x") if "  " in s.text or "\u3000" in s.text]
    assert [s.header and text[s.header.start : s.header.end] for s in found] == [header] * rows


def test_two_header_rows_of_merged_cells_stay_together() -> None:
    text = "型番 | 単価 | 単価\n型番 | 1〜9台 | 10台以上\nAB-1 | 100円 | 90円\nAB-2 | 200円 | 180円"
    first, second = statements([passage(text, kind=ChunkKind.TABLE)], question="?x")
    assert first.header == second.header == Span(start=0, end=text.index("\nAB-1"))


def test_a_numbered_heading_over_steps_is_none_of_them() -> None:
    assert texts(passage("3. Mounting\n\n1. Fix the bracket.\n\n2. Hang it.")) == ["1. Fix the bracket.\n\n2. Hang it."]
