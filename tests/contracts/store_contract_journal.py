"""The contract of the journal: runs, outcomes, answers, gaps, and what they make known of documents."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from retrieval.errors import StoreError
from retrieval.ports import Store
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
    Outcome,
    OutcomeStatus,
    Run,
    RunState,
    Usage,
    Verdict,
)
from tests.fakes.store_data import NIGHT, Ingest, version

DOCUMENT = version("a.md", "本文")
NEAR = version("b.md", "近い本文")


def run(name: str, *, hours: int = 0, source: str = "manuals") -> Run:
    return Run(id=name, source=source, generation="g1", started_at=NIGHT + timedelta(hours=hours))


def outcome(status: OutcomeStatus, *, key: str = "a.md", reason: str = "", version_id: str = "v1") -> Outcome:
    return Outcome(
        document_id=version(key, "本文").id,
        key=key,
        status=status,
        reason=reason,
        version=version_id,
        etag="e1",
        reader_fingerprint="r1",
    )


class JournalContract:
    """What is noted comes back."""

    def test_runs_come_newest_first(self, ingest: Ingest) -> None:
        store = ingest.store
        for name, hours, source in (("r1", 0, "manuals"), ("r2", 2, "faq"), ("r3", 1, "manuals")):
            store.start_run(run(name, hours=hours, source=source))
        assert [one.id for one in store.runs()] == ["r2", "r3", "r1"]
        assert [one.id for one in store.runs(limit=1, source="manuals")] == ["r3"]
        finished = replace(
            run("r1"),
            state=RunState.FINISHED,
            finished_at=NIGHT + timedelta(minutes=5),
            seen=3,
            counts={"indexed": 2, "failed": 1},
            detail="一部失敗",
        )
        store.finish_run(finished)
        assert store.runs()[2] == finished

    def test_the_last_outcome_of_a_document_in_a_run_counts(self, ingest: Ingest) -> None:
        store = ingest.store
        store.start_run(run("r1"))
        failed = replace(outcome(OutcomeStatus.FAILED, reason="timeout"), stage="read", retryable=True)
        partial = replace(
            outcome(OutcomeStatus.PARTIAL, key="b.md"), missing=("page 2",), chunks=3, embedded=2, tokens=9
        )
        store.record("r1", [failed, partial])
        indexed = outcome(OutcomeStatus.INDEXED)
        store.record("r1", [indexed])
        assert store.outcomes("r1") == (indexed, partial)
        assert store.outcomes("r1", statuses=[OutcomeStatus.PARTIAL]) == (partial,)
        assert store.outcomes("none") == ()

    def test_outcomes_of_a_run_that_was_not_started_are_refused(self, store: Store) -> None:
        with pytest.raises(StoreError, match="r9"):
            store.record("r9", [outcome(OutcomeStatus.INDEXED)])
        with pytest.raises(StoreError, match="r9"):
            store.finish_run(run("r9"))

    def test_failed_and_skipped_documents_are_known(self, ingest: Ingest) -> None:
        store = ingest.store
        for attempt in (1, 2):
            store.start_run(run(f"r{attempt}"))
            store.record(f"r{attempt}", [outcome(OutcomeStatus.FAILED, reason="timeout")])
            store.record(f"r{attempt}", [outcome(OutcomeStatus.FAILED, reason="timeout")])
        store.record("r2", [outcome(OutcomeStatus.SKIPPED, key="b.md", reason="encrypted")])
        known = store.known("manuals", generation="g1")
        one, other = known["a.md"], known["b.md"]
        assert (one.status, one.reason, one.attempts, one.committed) == (OutcomeStatus.FAILED, "timeout", 2, False)
        assert (one.version, one.etag, one.reader_fingerprint) == ("v1", "e1", "r1")
        assert (other.status, other.reason, other.attempts) == (OutcomeStatus.SKIPPED, "encrypted", 0)
        assert store.known("faq", generation="g1") == {}

    def test_a_failure_after_a_success_is_known_beside_what_is_committed(self, ingest: Ingest) -> None:
        store = ingest.store
        ingest.put(DOCUMENT)
        for name, status in (("r1", OutcomeStatus.INDEXED), ("r2", OutcomeStatus.UNCHANGED)):
            store.start_run(run(name))
            store.record(name, [outcome(status)])
        assert store.known("manuals", generation="g1")["a.md"].status == OutcomeStatus.INDEXED
        store.record("r2", [outcome(OutcomeStatus.FAILED, reason="unreadable", version_id="v2")])
        one = store.known("manuals", generation="g1")["a.md"]
        assert (one.committed, one.status, one.reason, one.attempts) == (True, OutcomeStatus.FAILED, "unreadable", 1)
        assert one.version == DOCUMENT.document.version
        store.record("r2", [outcome(OutcomeStatus.UPDATED)])
        one = store.known("manuals", generation="g1")["a.md"]
        assert (one.status, one.attempts) == (OutcomeStatus.UPDATED, 0)

    def test_a_commit_outdates_a_failure_even_if_its_outcome_was_never_noted(self, ingest: Ingest) -> None:
        ingest.store.start_run(run("r1"))
        ingest.store.record("r1", [outcome(OutcomeStatus.FAILED, reason="timeout")])
        ingest.put(DOCUMENT)
        one = ingest.store.known("manuals", generation="g1")["a.md"]
        assert (one.committed, one.status, one.attempts) == (True, OutcomeStatus.INDEXED, 0)

    def test_a_deleted_document_is_no_longer_known(self, ingest: Ingest) -> None:
        store = ingest.store
        store.start_run(run("r1"))
        store.record("r1", [outcome(OutcomeStatus.FAILED, reason="timeout")])
        store.record("r1", [outcome(OutcomeStatus.DELETED)])
        assert store.known("manuals", generation="g1") == {}
        assert [one.status for one in store.outcomes("r1")] == [OutcomeStatus.DELETED]

    def test_an_answer_comes_back_whole(self, ingest: Ingest) -> None:
        store = ingest.store
        ingest.put(DOCUMENT, NEAR)
        citation = Citation(
            id="d@x:0-2",
            n=1,
            document_id=DOCUMENT.id,
            version="v",
            extraction_id=DOCUMENT.extraction.id,
            chunk_id="c",
            title="題",
            uri="u",
            start=0,
            end=2,
            quote="本文",
            page=3,
            heading_path=("章", "節"),
            boxes=(Box(page=3, left=1.5, top=2.0, right=3.0, bottom=4.0),),
        )
        answer = Answer(
            id="a1",
            question="本文は？",
            status=AnswerStatus.PARTIAL,
            language="ja",
            answer="本文",
            claims=(
                Claim(
                    text="本文", start=0, end=2, citation_ids=("d@x:0-2",), verdict=Verdict.QUOTED, also=("e@y:3-5",)
                ),
            ),
            citations=(citation,),
            choices=(Choice(field="product", value="AB-1", text="本文", citation_ids=("d@x:0-2",)),),
            not_found=NotFound(
                reason="no_evidence",
                closest=(ClosestDocument(document_id=NEAR.id, title="近い", uri="u2"),),
                gap_id="g",
            ),
            warnings=(AnswerWarning(kind="stale", message="古い", citation_ids=("d@x:0-2",)),),
            usage=Usage(input_tokens=1, output_tokens=2),
            cost=0.25,
            timings_ms={"search": 1.5},
            generation="g1",
            trace_id="t",
        )
        store.record_answer(answer, principal="anna", at=NIGHT)
        store.record_answer(answer, principal="anna", at=NIGHT)
        assert store.answer("a1") == answer
        assert store.answer("a2") is None

    def test_equal_questions_are_one_gap(self, store: Store) -> None:
        """Width, case and spaces make no difference; the most asked gap comes first, then the latest."""
        first = store.record_gap("ＶＰＮ の 設定", language="ja", reason="no_evidence", at=NIGHT)
        again = store.record_gap("vpn  の 設定 ", language="ja", reason="weak", at=NIGHT + timedelta(hours=1))
        late = store.record_gap("退職金", language="ja", reason="weak", at=NIGHT + timedelta(hours=3))
        later = store.record_gap("社宅", language="ja", reason="weak", at=NIGHT + timedelta(hours=4))
        assert first == again
        gaps = store.gaps()
        assert [gap.id for gap in gaps] == [first, later, late]
        assert (gaps[0].question, gaps[0].count, gaps[0].reason) == ("ＶＰＮ の 設定", 2, "weak")
        assert (gaps[0].first_asked, gaps[0].last_asked) == (NIGHT, NIGHT + timedelta(hours=1))
        assert [gap.id for gap in store.gaps(limit=1)] == [first]
