"""The sample questions, records and sidecars, read once for the tests about them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypedDict

from samples.build import HERE

__all__ = ["KNOWLEDGE", "Question", "Record", "allowed", "attributes", "questions", "records"]

KNOWLEDGE = HERE / "knowledge"


class Question(TypedDict, total=False):
    """One line of ``questions.jsonl``."""

    query_id: str
    question: str
    lang: str
    answers: list[str]
    evidence: str | None
    document: str | None
    relevant: list[str]
    kind: str
    labels: list[str]
    as_of: str
    answerable_with: list[str]


class Record(TypedDict, total=False):
    """One line of ``faq.jsonl``."""

    id: str
    title: str
    question: str
    answer: str


def _lines(path: Path) -> Iterator[str]:
    return iter(path.read_text(encoding="utf-8").splitlines())


@cache
def questions() -> tuple[Question, ...]:
    """Return all questions, in order."""
    return tuple(json.loads(line) for line in _lines(HERE / "questions.jsonl"))


@cache
def records() -> dict[str, Record]:
    """Return the frequent questions by the name that `questions` uses for them."""
    return {f"faq.jsonl#{(record := json.loads(line))['id']}": record for line in _lines(HERE / "faq.jsonl")}


def attributes(document: str) -> dict[str, object]:
    """Return what a document's sidecar says, empty without one."""
    path = KNOWLEDGE / f"{document}.metadata.json"
    if not path.is_file():
        return {}
    found = json.loads(path.read_text(encoding="utf-8"))["metadataAttributes"]
    assert isinstance(found, dict)
    return found


def allowed(document: str) -> frozenset[str]:
    """Return who may read a document when ingested as ``samples/README.md`` says."""
    if document in records():
        return frozenset({"public"})
    allow = attributes(document).get("allow", ["support"])
    assert isinstance(allow, list)
    return frozenset(allow)
