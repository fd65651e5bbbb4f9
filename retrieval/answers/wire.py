"""Answers and passages as JSON values: the names and shapes that callers script against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from retrieval.text.wording import Expansion
from retrieval.values import Answer, Box, Citation, LaneScore, Passage, Understood

__all__ = ["answer_json", "expansions_json", "passage_json", "understood_json"]


def passage_json(passage: Passage) -> dict[str, object]:
    """Return a passage as a search gives it; ``lanes`` holds each lane's rank (null: not found by it) and score."""
    return {
        "document_id": passage.document_id,
        "version": passage.version,
        "extraction_id": passage.extraction_id,
        "record_id": passage.record_id,
        "uri": passage.uri,
        "title": passage.title,
        "chunk_id": passage.chunk_id,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "page": passage.page,
        "heading_path": list(passage.heading_path),
        "score": passage.score,
        "lanes": _lanes(passage.lanes),
    }


def expansions_json(expansions: Iterable[Expansion]) -> list[dict[str, object]]:
    """Return what was looked for besides the question's own words; ``origin``: glossary, spelling, number or gloss."""
    return [{"text": one.text, "wordings": list(one.wordings), "origin": one.origin} for one in expansions]


def answer_json(answer: Answer) -> dict[str, object]:
    """Return an answer with all its fields; what is absent is null or empty, never left out."""
    return {
        "id": answer.id,
        "question": answer.question,
        "understood": understood_json(answer.understood),
        "status": answer.status.value,
        "language": answer.language,
        "answer": answer.answer,
        "claims": [
            {
                "text": claim.text,
                "start": claim.start,
                "end": claim.end,
                "citation_ids": list(claim.citation_ids),
                "verdict": claim.verdict.value,
                "also": list(claim.also),
            }
            for claim in answer.claims
        ],
        "choices": [
            {
                "field": choice.field,
                "value": choice.value,
                "text": choice.text,
                "citation_ids": list(choice.citation_ids),
                "filterable": choice.filterable,
            }
            for choice in answer.choices
        ],
        "citations": [_citation(citation) for citation in answer.citations],
        "not_found": {
            "reason": answer.not_found.reason,
            "closest": [
                {"document_id": near.document_id, "title": near.title, "uri": near.uri}
                for near in answer.not_found.closest
            ],
            "gap_id": answer.not_found.gap_id,
        }
        if answer.not_found is not None
        else None,
        "warnings": [
            {"kind": warning.kind, "message": warning.message, "citation_ids": list(warning.citation_ids)}
            for warning in answer.warnings
        ],
        "usage": {"input_tokens": answer.usage.input_tokens, "output_tokens": answer.usage.output_tokens},
        "cost": answer.cost,
        "timings_ms": {step: round(spent, 3) for step, spent in answer.timings_ms.items()},
        "route": answer.route,
        "generation": answer.generation,
        "trace_id": answer.trace_id,
    }


def understood_json(understood: Understood | None) -> dict[str, object] | None:
    """Return what a question was understood as: its relation to the earlier turns, those taken, and the whole text."""
    if understood is None:
        return None
    return {"relation": understood.relation.value, "turns": list(understood.turns), "text": understood.text}


def _citation(citation: Citation) -> dict[str, object]:
    return {
        "id": citation.id,
        "n": citation.n,
        "document_id": citation.document_id,
        "version": citation.version,
        "extraction_id": citation.extraction_id,
        "chunk_id": citation.chunk_id,
        "title": citation.title,
        "uri": citation.uri,
        "page": citation.page,
        "heading_path": list(citation.heading_path),
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "boxes": [_box(box) for box in citation.boxes],
        "viewer_url": citation.viewer_url,
    }


def _box(box: Box) -> dict[str, object]:
    return {"page": box.page, "left": box.left, "top": box.top, "right": box.right, "bottom": box.bottom}


def _lanes(lanes: Mapping[str, LaneScore]) -> dict[str, object]:
    return {name: {"rank": lane.rank, "score": lane.score} for name, lane in lanes.items()}
