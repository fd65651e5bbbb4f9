"""Citation verification: every way to bend a quote, a number, a date or an id is caught, in both languages."""

from __future__ import annotations

import pytest

from retrieval.answers.citations import Cited, Quote, Reason, Verification, verify
from retrieval.values import Span, Verdict

JA = Cited(
    id="s1",
    text="返品は商品到着後30日以内に限り受け付けます。送料は1,200円です。\n改定日は令和6年4月1日で、型番ＡＢ－1042が対象です。",
    start=100,
    context="返品規程",
)
EN = Cited(
    id="s2",
    text="Returns are accepted within 30 days of delivery. Shipping costs $12.50.\n"
    "The policy changed on April 1, 2024 and covers model AB-1042.",
    start=500,
    context="Return policy",
)
SHOWN = {cited.id: cited for cited in (JA, EN)}


def check(claim: str, *quotes: tuple[str, str]) -> Verification:
    return verify(claim, [Quote(cited_id=name, text=text) for name, text in quotes], SHOWN)


def reasons(verification: Verification) -> set[Reason]:
    return {problem.reason for problem in verification.problems}


@pytest.mark.parametrize(
    ("cited", "sentence"),
    [
        (JA, "返品は商品到着後30日以内に限り受け付けます。"),
        (JA, "改定日は令和6年4月1日で、型番ＡＢ－1042が対象です。"),
        (EN, "Returns are accepted within 30 days of delivery."),
        (EN, "Shipping costs $12.50."),
    ],
)
def test_a_verbatim_sentence_is_verified_at_its_place(cited: Cited, sentence: str) -> None:
    checked = check(sentence, (cited.id, sentence))
    (located,) = checked.located
    assert (checked.verdict, checked.problems) == (Verdict.VERIFIED, ())
    assert located.text == sentence
    assert cited.text[located.span.start - cited.start : located.span.end - cited.start] == sentence


@pytest.mark.parametrize(
    ("quote", "original"),
    [
        ("返品は商品到着後３０日以内に限り受け付けます。", "返品は商品到着後30日以内に限り受け付けます。"),
        ("型番AB-1042が対象です。", "型番ＡＢ－1042が対象です。"),
        ("RETURNS are accepted　within 30 days\nof delivery.", "Returns are accepted within 30 days of delivery."),
        ("ＳＨＩＰＰＩＮＧ costs $12.50", "Shipping costs $12.50"),
    ],
)
def test_width_case_and_white_space_may_differ_and_the_original_is_given_back(quote: str, original: str) -> None:
    name = "s1" if original in JA.text else "s2"
    (located,) = check(quote, (name, quote)).located
    cited = SHOWN[name]
    assert located.text == original
    assert located.span == Span(
        start=cited.start + cited.text.index(original), end=cited.start + cited.text.index(original) + len(original)
    )


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("返品は30日まで可能です。", ("s1", "返品は商品到着後30日以内に限り受け付けます。")),
        ("規程は2024年4月1日に改定されました。", ("s1", "改定日は令和6年4月1日で、型番ＡＢ－1042が対象です。")),
        ("You have 30 days to return goods.", ("s2", "Returns are accepted within 30 days of delivery.")),
        ("It was changed on 2024-04-01.", ("s2", "The policy changed on April 1, 2024")),
        ("送料は1200円かかります。", ("s1", "送料は1,200円です。")),
    ],
)
def test_a_paraphrase_with_a_true_quote_and_true_facts_is_quoted(claim: str, quote: tuple[str, str]) -> None:
    checked = check(claim, quote)
    assert (checked.verdict, reasons(checked)) == (Verdict.QUOTED, {Reason.PARAPHRASED})


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("返品は14日まで可能です。", ("s1", "返品は商品到着後30日以内に限り受け付けます。")),
        ("送料は12,000円です。", ("s1", "送料は1,200円です。")),
        ("規程は2023年4月1日に改定されました。", ("s1", "改定日は令和6年4月1日で、型番ＡＢ－1042が対象です。")),
        ("規程は令和5年4月1日に改定されました。", ("s1", "改定日は令和6年4月1日で、型番ＡＢ－1042が対象です。")),
        ("対象は型番AB-1043です。", ("s1", "改定日は令和6年4月1日で、型番ＡＢ－1042が対象です。")),
        ("You have 14 days to return goods.", ("s2", "Returns are accepted within 30 days of delivery.")),
        ("Shipping is $125.00.", ("s2", "Shipping costs $12.50.")),
        ("It was changed on April 2, 2024.", ("s2", "The policy changed on April 1, 2024")),
        ("It covers model AB-1024.", ("s2", "covers model AB-1042.")),
    ],
)
def test_a_swapped_number_date_or_identifier_is_caught(claim: str, quote: tuple[str, str]) -> None:
    checked = check(claim, quote)
    assert (checked.verdict, reasons(checked)) == (Verdict.UNVERIFIED, {Reason.FACT_NOT_FOUND})


def test_a_number_from_another_sentence_than_the_quoted_one_is_caught() -> None:
    """30 stands in the passage, but not as the price."""
    assert check("Shipping costs $30.", ("s2", "Shipping costs")).verdict is Verdict.UNVERIFIED


def test_a_number_may_come_from_the_heading_over_the_passage() -> None:
    cited = Cited(id="t", text="The fee is waived.", context="Price list 2024")
    checked = verify("In 2024 the fee is waived.", [Quote(cited_id="t", text="The fee is waived.")], {"t": cited})
    assert checked.verdict is Verdict.QUOTED


@pytest.mark.parametrize(
    "quote",
    [
        ("s1", "返品は商品到着後90日以内に限り受け付けます。"),
        ("s1", "返品は一切受け付けません。"),
        ("s1", "Returns are accepted within 30 days of delivery."),
        ("s2", "Returns are free of charge."),
        ("s2", "Returns are accepted ... of delivery."),
        ("s2", ""),
        ("s2", " .。 "),
    ],
)
def test_an_invented_quote_spoils_its_claim_and_is_located_nowhere(quote: tuple[str, str]) -> None:
    checked = check("Returns are accepted.", quote)
    assert (checked.verdict, checked.located) == (Verdict.UNVERIFIED, ())
    assert Reason.QUOTE_NOT_FOUND in reasons(checked)


def test_one_invented_quote_spoils_a_claim_that_has_a_true_one_besides() -> None:
    sentence = "Returns are accepted within 30 days of delivery."
    checked = check(sentence, ("s2", sentence), ("s2", "No receipt is needed."))
    assert (checked.verdict, len(checked.located)) == (Verdict.UNVERIFIED, 1)


@pytest.mark.parametrize(
    "quote",
    [
        ("s1", "送料は1,20"),
        ("s1", "送料は1"),
        ("s1", "型番AB"),
        ("s2", "Shipping costs $12"),
        ("s2", "urns are accepted within 30 days"),
        ("s2", "covers model AB"),
    ],
)
def test_a_quote_cut_within_a_word_or_a_number_is_caught(quote: tuple[str, str]) -> None:
    """12 of 12.50 is another price."""
    checked = check("See the policy.", quote)
    assert (checked.verdict, Reason.QUOTE_CUT in reasons(checked)) == (Verdict.UNVERIFIED, True)


@pytest.mark.parametrize("claim", ["返品は商品到着後30日以内", "Returns are accepted within 30 days"])
def test_part_of_a_sentence_is_quoted_but_not_verified(claim: str) -> None:
    """What was left off may turn the meaning around."""
    name = "s1" if claim in JA.text else "s2"
    assert check(claim, (name, claim)).verdict is Verdict.QUOTED


def test_an_unknown_id_is_dropped_and_alone_supports_nothing() -> None:
    sentence = "送料は1,200円です。"
    alone = check(sentence, ("s9", sentence))
    assert (alone.verdict, alone.located, reasons(alone)) == (
        Verdict.UNVERIFIED,
        (),
        {Reason.UNKNOWN_ID, Reason.FACT_NOT_FOUND},
    )
    beside = check(sentence, ("s9", sentence), ("s1", sentence))
    assert (beside.verdict, [f.cited_id for f in beside.located]) == (Verdict.VERIFIED, ["s1"])
    assert reasons(beside) == {Reason.UNKNOWN_ID}


def test_a_claim_without_a_quote_is_unverified_even_when_it_stands_there() -> None:
    assert check("Shipping costs $12.50.").verdict is Verdict.UNVERIFIED


def test_the_same_quote_twice_is_located_once() -> None:
    sentence = "送料は1,200円です。"
    assert len(check(sentence, ("s1", sentence), ("s1", "送料は１,２００円です。")).located) == 1


@pytest.mark.parametrize(
    "rows",
    [
        [
            f"{name}の部品　製造を打ち切った後{years}年間"
            for name, years in (("センサー", 5), ("スマートロック", 8), ("装置", 6))
        ],
        [
            f"{side} prefectures and islands  {fee} yen"
            for side, fee in (("northern", 1350), ("southern", 1650), ("other", 90))
        ],
    ],
)
def test_a_row_set_in_columns_is_whole_although_its_lines_run_on(rows: list[str]) -> None:
    row, table = rows[1], "\n".join(rows)
    checked = verify(row, [Quote(cited_id="t", text=row)], {"t": Cited(id="t", text=table)})
    assert checked.verdict is Verdict.VERIFIED
    half = row[: len(row) // 2].rsplit("　" if "　" in row else " ", 1)[0].strip()
    cut = verify(half, [Quote(cited_id="t", text=half)], {"t": Cited(id="t", text=table)})
    assert cut.verdict is Verdict.QUOTED
