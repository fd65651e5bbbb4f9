"""Values as canonical JSON text and back, the same for every store."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from retrieval.values import (
    Answer,
    AnswerStatus,
    AnswerWarning,
    Attributes,
    Box,
    Choice,
    Citation,
    Claim,
    ClosestDocument,
    Document,
    Labels,
    MetadataValue,
    NotFound,
    Outcome,
    OutcomeStatus,
    Relation,
    Run,
    RunState,
    Understood,
    Usage,
    Verdict,
)

__all__ = [
    "canonical",
    "decode_answer",
    "decode_document",
    "decode_outcome",
    "decode_run",
    "document_fields",
    "encode_answer",
    "encode_document",
    "encode_outcome",
    "encode_run",
    "metadata_of",
    "stamp",
]


def canonical(value: object) -> str:
    """Return a JSON value with sorted keys and no spaces, as one line."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def stamp(moment: datetime) -> str:
    """Return a time as text in UTC that sorts by time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def document_fields(document: Document) -> dict[str, object]:
    """Return a document as a JSON object, sets sorted and dates in ISO form."""
    attributes = document.attributes
    return {
        "allow": sorted(attributes.labels.allow),
        "attributed_language": attributes.language,
        "attributed_title": attributes.title,
        "deny": sorted(attributes.labels.deny),
        "effective_from": attributes.effective_from and attributes.effective_from.isoformat(),
        "etag": document.etag,
        "extraction_id": document.extraction_id,
        "id": document.id,
        "key": document.key,
        "language": document.language,
        "media_type": document.media_type,
        "metadata": {name: attributes.metadata[name] for name in sorted(attributes.metadata)},
        "missing": list(document.missing),
        "review_by": attributes.review_by and attributes.review_by.isoformat(),
        "size": document.size,
        "source": document.source,
        "superseded_by": attributes.superseded_by,
        "title": document.title,
        "trust": attributes.trust,
        "uri": document.uri,
        "version": document.version,
    }


def encode_document(document: Document) -> str:
    """Return a document as canonical JSON."""
    return canonical(document_fields(document))


def decode_document(text: str, *, labels: Labels | None = None) -> Document:
    """Return the document of `encode_document`, with other labels where they are given."""
    value: dict[str, Any] = json.loads(text)
    own = Labels(allow=frozenset(value["allow"]), deny=frozenset(value["deny"]))
    return Document(
        id=value["id"],
        source=value["source"],
        key=value["key"],
        uri=value["uri"],
        title=value["title"],
        media_type=value["media_type"],
        language=value["language"],
        version=value["version"],
        extraction_id=value["extraction_id"],
        size=value["size"],
        etag=value["etag"],
        missing=tuple(value["missing"]),
        attributes=Attributes(
            labels=own if labels is None else labels,
            title=value["attributed_title"],
            language=value["attributed_language"],
            effective_from=_day(value["effective_from"]),
            superseded_by=value["superseded_by"],
            review_by=_day(value["review_by"]),
            trust=value["trust"],
            metadata=metadata_of(value["metadata"]),
        ),
    )


def metadata_of(value: Mapping[str, Any]) -> dict[str, MetadataValue]:
    """Return metadata as read from JSON, lists as tuples."""
    return {name: tuple(item) if isinstance(item, list) else item for name, item in value.items()}


def encode_outcome(outcome: Outcome) -> str:
    """Return an outcome as canonical JSON."""
    return canonical(dataclasses.asdict(outcome))


def decode_outcome(text: str) -> Outcome:
    """Return the outcome of `encode_outcome`."""
    value: dict[str, Any] = json.loads(text)
    return Outcome(**{**value, "status": OutcomeStatus(value["status"]), "missing": tuple(value["missing"])})


def encode_run(run: Run) -> str:
    """Return a run as canonical JSON."""
    value = dataclasses.asdict(dataclasses.replace(run, counts=dict(run.counts)))
    value["started_at"] = stamp(run.started_at)
    value["finished_at"] = run.finished_at and stamp(run.finished_at)
    return canonical(value)


def decode_run(text: str) -> Run:
    """Return the run of `encode_run`."""
    value: dict[str, Any] = json.loads(text)
    finished = value["finished_at"]
    times = {
        "started_at": datetime.fromisoformat(value["started_at"]),
        "finished_at": None if finished is None else datetime.fromisoformat(finished),
    }
    return Run(**{**value, **times, "state": RunState(value["state"])})


def encode_answer(answer: Answer) -> str:
    """Return an answer as canonical JSON."""
    return canonical(dataclasses.asdict(dataclasses.replace(answer, timings_ms=dict(answer.timings_ms))))


def decode_answer(text: str) -> Answer:
    """Return the answer of `encode_answer`."""
    value: dict[str, Any] = json.loads(text)
    missing = value["not_found"]
    decoded = {
        "status": AnswerStatus(value["status"]),
        "claims": tuple(_claim(claim) for claim in value["claims"]),
        "citations": tuple(_citation(citation) for citation in value["citations"]),
        "choices": tuple(_choice(choice) for choice in value.get("choices", ())),  # answers of 0.1 have none
        "not_found": None if missing is None else _not_found(missing),
        "warnings": tuple(_warning(warning) for warning in value["warnings"]),
        "usage": Usage(**value["usage"]),
        "understood": _understood(value.get("understood")),
    }
    return Answer(**{**value, **decoded})


def _claim(value: dict[str, Any]) -> Claim:
    ids = {"citation_ids": tuple(value["citation_ids"]), "also": tuple(value.get("also", ()))}
    return Claim(**{**value, **ids, "verdict": Verdict(value["verdict"])})


def _choice(value: dict[str, Any]) -> Choice:
    return Choice(**{**value, "citation_ids": tuple(value["citation_ids"])})


def _citation(value: dict[str, Any]) -> Citation:
    boxes = tuple(Box(**box) for box in value["boxes"])
    return Citation(**{**value, "heading_path": tuple(value["heading_path"]), "boxes": boxes})


def _not_found(value: dict[str, Any]) -> NotFound:
    return NotFound(**{**value, "closest": tuple(ClosestDocument(**item) for item in value["closest"])})


def _understood(value: dict[str, Any] | None) -> Understood | None:
    if value is None:
        return None
    return Understood(**{**value, "relation": Relation(value["relation"]), "turns": tuple(value["turns"])})


def _warning(value: dict[str, Any]) -> AnswerWarning:
    return AnswerWarning(**{**value, "citation_ids": tuple(value["citation_ids"])})


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)
