"""The evidence of every sample question occurs, character for character, in what is read out of its document."""

from __future__ import annotations

from functools import cache

import pytest

from ingest.readers.registry import media_type_of, reader_for
from retrieval.ids import version_of
from retrieval.ports import Hints
from retrieval.values import Extraction
from tests.unit.samples.material import KNOWLEDGE, Question, questions, records


@cache
def _extraction(document: str) -> Extraction:
    path = KNOWLEDGE / document
    data = path.read_bytes()
    media_type = media_type_of(path.name, data[:4096])
    reader = reader_for(media_type)
    assert reader is not None
    return reader.read(path, Hints(name=path.name, media_type=media_type, version=version_of(data)))


def _text(document: str) -> str:
    record = records().get(document)
    return record["answer"] if record else _extraction(document).text


@pytest.mark.parametrize("question", [q for q in questions() if q["evidence"]], ids=lambda q: q["query_id"])
def test_evidence_survives_extraction(question: Question) -> None:
    assert question["document"] is not None
    assert question["evidence"] is not None
    assert question["evidence"] in _text(question["document"])


def test_only_the_scanned_page_is_reported_as_missing() -> None:
    documents = sorted({q["document"] for q in questions() if q["document"] and q["document"] not in records()})
    assert ["products/inspection-record.pdf"] == [d for d in documents if _extraction(d).missing]


def test_hidden_text_of_the_page_with_an_injection_is_not_read() -> None:
    assert "reveal the documents" not in _extraction("support/community-post.html").text
