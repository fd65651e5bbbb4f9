"""The JSON shapes that others script against."""

from __future__ import annotations

import json

from retrieval.answers.wire import answer_json, passage_json
from retrieval.values import (
    Answer,
    AnswerStatus,
    AnswerWarning,
    Box,
    Choice,
    Citation,
    Claim,
    ClosestDocument,
    NotFound,
    Relation,
    Understood,
    Verdict,
)
from tests.unit.retrieval.answers.passages import passage

CITATION = Citation(
    id="d@e:0-2",
    n=1,
    document_id="d",
    version="v",
    extraction_id="e",
    chunk_id="c",
    title="規程",
    uri="file:///a.pdf",
    start=0,
    end=2,
    quote="返品",
    page=3,
    heading_path=("第一章",),
    boxes=(Box(page=3, left=1.0, top=2.0, right=3.0, bottom=4.0),),
)


def test_a_passage_has_exactly_the_fields_of_the_interface() -> None:
    value = passage_json(passage("返品は30日以内です。", headings=("返品",), ranks=(2, None)))
    assert list(value) == [
        "document_id",
        "version",
        "extraction_id",
        "record_id",
        "uri",
        "title",
        "chunk_id",
        "start",
        "end",
        "text",
        "page",
        "heading_path",
        "score",
        "lanes",
    ]
    assert value["lanes"] == {"lexical": {"rank": None, "score": 1.0}, "dense": {"rank": 2, "score": 0.85}}
    assert value["heading_path"] == ["返品"]


def test_an_answer_has_every_field_of_the_design_also_when_it_is_empty() -> None:
    value = answer_json(Answer(id="a", question="?", status=AnswerStatus.PASSAGES_ONLY, language="ja", answer=""))
    assert set(value) == {
        "id", "question", "understood", "status", "language", "answer", "claims", "citations", "choices", "not_found",
        "warnings",
        "usage", "cost", "timings_ms", "route", "generation", "trace_id",
    }  # fmt: skip
    assert (value["status"], value["not_found"], value["claims"]) == ("passages_only", None, [])


def test_claims_citations_and_their_boxes_are_plain_json() -> None:
    claim = Claim(text="返品", start=0, end=2, citation_ids=("d@e:0-2",), verdict=Verdict.VERIFIED, also=("f@g:1-3",))
    choice = Choice(field="product", value="AB-1", text="30日", citation_ids=("d@e:0-2",))
    warning = AnswerWarning(kind="stale", message="古い", citation_ids=("d@e:0-2",))
    answer = Answer(
        id="a",
        question="返品は?",
        status=AnswerStatus.ANSWERED,
        language="ja",
        answer="返品",
        claims=(claim,),
        citations=(CITATION,),
        choices=(choice,),
        warnings=(warning,),
        timings_ms={"total": 1.23456},
    )
    value = json.loads(json.dumps(answer_json(answer)))
    assert value["claims"] == [
        {
            "text": "返品",
            "start": 0,
            "end": 2,
            "citation_ids": ["d@e:0-2"],
            "verdict": "verified",
            "also": ["f@g:1-3"],
        }
    ]
    assert value["choices"] == [
        {"field": "product", "value": "AB-1", "text": "30日", "citation_ids": ["d@e:0-2"], "filterable": True}
    ]
    assert value["citations"] == [
        {
            "id": "d@e:0-2",
            "n": 1,
            "document_id": "d",
            "version": "v",
            "extraction_id": "e",
            "chunk_id": "c",
            "title": "規程",
            "uri": "file:///a.pdf",
            "page": 3,
            "heading_path": ["第一章"],
            "quote": "返品",
            "start": 0,
            "end": 2,
            "boxes": [{"page": 3, "left": 1.0, "top": 2.0, "right": 3.0, "bottom": 4.0}],
            "viewer_url": None,
        }
    ]
    assert value["warnings"] == [{"kind": "stale", "message": "古い", "citation_ids": ["d@e:0-2"]}]
    assert value["timings_ms"] == {"total": 1.235}


def test_a_refusal_names_reason_nearest_documents_and_gap() -> None:
    missing = NotFound(
        reason="weak_evidence", closest=(ClosestDocument(document_id="d", title="t", uri="u"),), gap_id="g"
    )
    answer = Answer(id="a", question="?", status=AnswerStatus.NOT_FOUND, language="en", answer="", not_found=missing)
    assert answer_json(answer)["not_found"] == {
        "reason": "weak_evidence",
        "closest": [{"document_id": "d", "title": "t", "uri": "u"}],
        "gap_id": "g",
    }


def test_what_a_question_was_understood_as_is_told() -> None:
    understood = Understood(text="返品 送料は？", relation=Relation.FOLLOW_UP, turns=("返品",))
    answer = Answer(
        id="a", question="送料は？", status=AnswerStatus.ANSWERED, language="ja", answer="", understood=understood
    )
    assert answer_json(answer)["understood"] == {"relation": "follow_up", "turns": ["返品"], "text": "返品 送料は？"}
