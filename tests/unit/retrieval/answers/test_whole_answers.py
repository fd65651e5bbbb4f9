"""Answers that are whole: headers, exceptions, procedures, who else says so, who says otherwise, what is left open."""

from __future__ import annotations

from datetime import date

import pytest

from retrieval.answers.evidence import EvidenceRule
from retrieval.values import (
    PUBLIC,
    AnswerStatus,
    ChunkKind,
    Condition,
    Operator,
    Verdict,
)
from tests.fakes.knowledge_base import Library
from tests.unit.retrieval.answers.asking import ANSWERING, SHOWING, asking, labelled


def test_rows_of_a_table_are_said_below_their_header_which_is_said_once_and_cited_by_each(library: Library) -> None:
    library.add("plans", "プラン | 月額\n基本 | 1,000円\n上級 | 3,000円", title="料金表", kind=ChunkKind.TABLE)
    answer = asking(library, ANSWERING)("基本と上級のプランの月額")
    quotes = {citation.id: citation.quote for citation in answer.citations}
    rows = [
        (claim.text, [quotes[name] for name in claim.citation_ids]) for claim in answer.claims if "円" in claim.text
    ]
    assert rows == [
        ("プラン | 月額\n基本 | 1,000円", ["基本 | 1,000円", "プラン | 月額"]),
        ("上級 | 3,000円", ["上級 | 3,000円", "プラン | 月額"]),
    ]


def test_a_row_of_a_table_that_goes_on_is_cited_with_the_header_it_began_with(library: Library) -> None:
    first, second = "都道府県 | 送料\n北海道 | 1,350円", "沖縄県 | 1,650円\n長崎県 | 1,250円"
    library.add(
        "fees", first, second, title="送料表", kind=ChunkKind.TABLE, indexed=[first, f"都道府県 | 送料\n{second}"]
    )
    answer = asking(library, ANSWERING)("沖縄県への送料")
    quotes = {citation.id: citation.quote for citation in answer.citations}
    claim = next(claim for claim in answer.claims if "沖縄県" in claim.text)
    assert [quotes[name] for name in claim.citation_ids] == ["沖縄県 | 1,650円", "都道府県 | 送料"]


@pytest.mark.parametrize(
    ("rule", "exception", "question"),
    [
        ("注文の送料は無料です。", "ただし、離島は対象外です。", "注文の送料は"),
        ("Postage of orders is free.", "Except to islands.", "postage of orders"),
    ],
)
@pytest.mark.parametrize("apart", [True, False])
def test_an_exception_comes_along_also_from_the_next_chunk(
    library: Library, rule: str, exception: str, question: str, *, apart: bool
) -> None:
    gap = "" if rule.endswith("。") else " "
    library.add("fees", *([rule, exception] if apart else [rule + gap + exception]), title="送料")
    answer = asking(library, ANSWERING)(question)
    said = [claim.text for claim in answer.claims if rule in claim.text]
    assert said == [f"{rule}\n\n{exception}" if apart else rule + gap + exception]
    assert all(claim.verdict is Verdict.VERIFIED for claim in answer.claims)
    assert said[0] in [citation.quote for citation in answer.citations]


def test_steps_that_go_on_in_the_next_chunk_are_given_whole(library: Library) -> None:
    steps = [f"{n}. 申請の手順の{n}番目を行います。" for n in range(1, 7)]
    library.add("steps", "\n".join(steps[:3]), "\n".join(steps[3:]), title="申請の手順")
    answer = asking(library, ANSWERING)("申請の手順")
    assert "\n".join(steps[:3]) + "\n\n" + "\n".join(steps[3:]) in [claim.text for claim in answer.claims]


def test_what_another_document_says_as_well_is_cited_as_the_same(library: Library) -> None:
    library.add(
        "old",
        "返品の期限は商品到着後30日以内です。",
        title="旧規程",
        attributes=labelled(PUBLIC, effective_from=date(2020, 1, 1)),
    )
    answer = asking(library, ANSWERING)("返品の期限は何日ですか")
    (claim,) = [claim for claim in answer.claims if claim.text == "返品の期限は商品到着後30日以内です。"]
    titles = {citation.id: citation.title for citation in answer.citations}
    assert [titles[name] for name in claim.citation_ids] == ["旧規程"]
    assert "返品規程" in {titles[name] for name in claim.also}


@pytest.mark.parametrize(
    ("other", "question", "values"),
    [
        ("返品の期限は商品到着後14日以内です。", "返品の期限は何日ですか", {"30日", "14日"}),
        ("The return deadline is 14 days after delivery.", "What is the return deadline", {"30 days", "14 days"}),
    ],
)
def test_documents_that_disagree_are_both_said_and_pointed_out(
    library: Library, other: str, question: str, values: set[str]
) -> None:
    library.add("other", other, title="別の規程")
    answer = asking(library, ANSWERING)(question)
    (warning,) = [warning for warning in answer.warnings if warning.kind == "conflict"]
    quotes = {citation.id: citation.quote for citation in answer.citations}
    assert all(value in warning.message for value in values)
    assert other in {quotes[name] for name in warning.citation_ids}
    assert len({quotes[name] for name in warning.citation_ids}) == 2
    assert {quotes[name] for name in warning.citation_ids} <= {claim.text for claim in answer.claims}


@pytest.mark.parametrize("rule", [ANSWERING, SHOWING])
@pytest.mark.parametrize(
    ("texts", "question", "said"),
    [
        (("保管温度は零度からです。", "保管温度は五度からです。"), "保管温度は", "どれについて"),
        (("The storage temperature is 0.", "The storage temperature is 5."), "storage temperature", "which one"),
    ],
)
def test_a_question_that_leaves_the_product_open_is_asked_back(
    library: Library, rule: EvidenceRule, texts: tuple[str, str], question: str, said: str
) -> None:
    for name, text in zip(("AB-100S", "AB-300"), texts, strict=True):
        library.add(name, text, title="保管", attributes=labelled(PUBLIC, metadata={"product": name}))
    answer = asking(library, rule)(question)
    assert (answer.status, answer.claims, answer.not_found) == (AnswerStatus.NEEDS_DETAIL, (), None)
    quotes = {citation.id: citation.quote for citation in answer.citations}
    assert {(c.field, c.value, c.text, quotes[c.citation_ids[0]]) for c in answer.choices} == {
        ("product", "AB-100S", texts[0], texts[0]),
        ("product", "AB-300", texts[1], texts[1]),
    }
    assert said in answer.answer
    assert library.store.answer(answer.id) == answer
    condition = Condition(field="product", operator=Operator.EQUALS, values=("AB-300",))
    chosen = asking(library, rule)(question, conditions=(condition,))
    assert chosen.status is not AnswerStatus.NEEDS_DETAIL
    assert asking(library, rule)(f"{question} AB-300").status is not AnswerStatus.NEEDS_DETAIL
