"""What people see of answers, passages and lists."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from app.cli.render import answer_view, passage_view, place_of
from app.cli.tables import print_table
from retrieval.values import (
    Answer,
    AnswerStatus,
    AnswerWarning,
    Choice,
    ChunkKind,
    Citation,
    Claim,
    ClosestDocument,
    LaneScore,
    NotFound,
    Passage,
    Verdict,
)


def citation(n: int, quote: str) -> Citation:
    return Citation(
        id=f"c{n}",
        n=n,
        document_id="d",
        version="v",
        extraction_id="e",
        chunk_id="k",
        title="返品規定 [2025]",
        uri="file:///docs/returns.pdf",
        start=0,
        end=len(quote),
        quote=quote,
        page=3,
        heading_path=("返品規定 [2025]", "期間"),
    )


def shown(renderable: object, *, terminal: bool = False) -> str:
    file = io.StringIO()
    Console(file=file, width=120, force_terminal=terminal, highlight=False).print(renderable)
    return file.getvalue()


def test_each_claim_carries_the_numbers_of_its_citations_and_each_source_its_place() -> None:
    answer = Answer(
        id="a",
        question="?",
        status=AnswerStatus.ANSWERED,
        language="ja",
        answer="14日以内です。 送料はお客様負担です。",
        claims=(
            Claim(text="14日以内です。", start=0, end=8, citation_ids=("c1",), verdict=Verdict.QUOTED),
            Claim(text="送料はお客様負担です。", start=9, end=20, citation_ids=("c1", "c2"), verdict=Verdict.QUOTED),
        ),
        citations=(citation(1, "14日以内です。"), citation(2, "送料は\nお客様負担です。")),
        warnings=(AnswerWarning(kind="stale", message="古い資料です"),),
    )
    text = shown(answer_view(answer))
    assert "14日以内です。 [1] 送料はお客様負担です。 [1][2]" in text
    assert "[2] 返品規定 [2025] › 期間 · p. 3" in text
    assert "“送料は お客様負担です。”" in text
    assert "出典" in text
    assert "! 古い資料です" in text


def test_places_that_say_the_same_are_marked_behind_their_claim() -> None:
    claim = Claim(text="14日以内です。", start=0, end=8, citation_ids=("c1",), verdict=Verdict.VERIFIED, also=("c2",))
    answer = Answer(
        id="a",
        question="?",
        status=AnswerStatus.ANSWERED,
        language="ja",
        answer="14日以内です。",
        claims=(claim,),
        citations=(citation(1, "14日以内です。"), citation(2, "14日以内です")),
    )
    assert "14日以内です。 [1] (同じ内容: [2])" in shown(answer_view(answer))


def test_what_a_question_may_mean_is_listed_with_what_chooses_it() -> None:
    answer = Answer(
        id="a",
        question="?",
        status=AnswerStatus.NEEDS_DETAIL,
        language="en",
        answer="Which one?\n- AB-1: Two years.\n- AB-2: Three years.",
        citations=(citation(1, "Two years."), citation(2, "Three years.")),
        choices=(
            Choice(field="product", value="AB-1", text="Two years.", citation_ids=("c1",)),
            Choice(field="model", value="AB-2", text="Three years.", citation_ids=("c2",), filterable=False),
        ),
    )
    lines = shown(answer_view(answer)).splitlines()
    assert lines[:3] == ["Which one?", "  - product=AB-1  Two years. [1]", "  - AB-2  Three years. [2]"]


@pytest.mark.parametrize(
    ("language", "said"),
    [("ja", "近い資料"), ("en", "Nearest documents")],
)
def test_no_answer_is_said_in_the_language_of_the_question_with_the_nearest_titles(language: str, said: str) -> None:
    answer = Answer(
        id="a",
        question="?",
        status=AnswerStatus.NOT_FOUND,
        language=language,
        answer="Not in the documents.",
        not_found=NotFound(
            reason="no_evidence",
            closest=(ClosestDocument(document_id="d", title="社員食堂", uri="file:///x"),),
            gap_id="gap-1",
        ),
    )
    text = shown(answer_view(answer))
    assert "Not in the documents." in text
    assert said in text
    assert "社員食堂" in text
    assert "gap-1" in text


def test_text_of_a_document_is_never_read_as_markup() -> None:
    answer = Answer(
        id="a",
        question="?",
        status=AnswerStatus.ANSWERED,
        language="en",
        answer="[red]x[/red] :smile:",
        claims=(Claim(text="[red]x[/red] :smile:", start=0, end=20, citation_ids=(), verdict=Verdict.QUOTED),),
    )
    assert "[red]x[/red] :smile:" in shown(answer_view(answer))


def test_a_passage_shows_where_the_lanes_placed_it() -> None:
    passage = Passage(
        chunk_id="k",
        document_id="d",
        version="v",
        extraction_id="e",
        source="s",
        record_id="r",
        uri="file:///x",
        title="T",
        ordinal=0,
        start=5,
        end=9,
        text="text",
        kind=ChunkKind.TEXT,
        language="en",
        score=1.25,
        lanes={"dense": LaneScore(rank=2, score=0.9), "lexical": LaneScore(rank=None, score=0.0)},
    )
    text = shown(passage_view(1, passage))
    assert "score 1.250  dense #2 0.900 lexical - 0.000" in text
    assert "d@e:5-9" in text


def test_a_heading_equal_to_the_title_is_not_said_twice() -> None:
    assert "A › B · p. 1" == place_of(title="A", heading_path=("A", "B"), page=1)


def test_a_piped_list_is_one_line_a_row_parted_by_tabs() -> None:
    file = io.StringIO()
    print_table(Console(file=file, width=20), columns=("a", "b"), rows=[("x\ty", "長い" * 40), ("1", "")])
    assert [f"x y\t{'長い' * 40}", "1\t"] == file.getvalue().splitlines()
