"""What goes wrong: one document's trouble is its own, the machine's trouble ends the run truthfully."""

from __future__ import annotations

import errno
import json
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest.report import DocumentDone, Event, RunReport
from ingest.sources.records import RecordSource
from retrieval.errors import DocumentError, Fenced, LeaseHeld, ServiceError, Stage, StoreError
from retrieval.ports import Hints
from retrieval.values import Extraction, Labels, OutcomeStatus, Run, RunState, Vector
from tests.fakes.embedder import HashEmbedder
from tests.fakes.failing import OutOfService
from tests.fakes.ingestion import Bench


def fates(report: RunReport) -> dict[str, tuple[str, str]]:
    return {outcome.key: (outcome.status.value, outcome.reason) for outcome in report.outcomes}


class PoisonedEmbedder(HashEmbedder):
    """Breaks on any text that holds POISON."""

    def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        if any("POISON" in text for text in texts):
            raise RuntimeError("the model fell over: POISON")
        return super().embed_passages(texts)


def test_one_poisoned_document_fails_alone_in_its_batch(tmp_path: Path) -> None:
    bench = Bench(tmp_path, embedder=PoisonedEmbedder())
    for n in range(5):
        bench.write(f"{n}.md", f"Text number {n}." if n != 2 else "POISON in the text.")
    report = bench.run()
    assert ("failed", "error") == fates(report)["2.md"]
    assert {"failed": 1, "indexed": 4} == {key: n for key, n in report.counts.items() if n}
    assert 3 == report.exit_code
    assert "POISON" not in repr(report)
    bench.store.close()


def test_a_document_that_breaks_the_reader_fails_alone_with_its_stage(bench: Bench) -> None:
    read = bench.reader.read

    def breaks(path: Path, hints: Hints) -> Extraction:
        if hints.name == "b.md":
            raise DocumentError("It took too long.", stage=Stage.READ, reason="timeout", retryable=True)
        if hints.name == "c.md":
            raise ZeroDivisionError
        return read(path, hints)

    bench.reader.read = breaks  # type: ignore[method-assign]  # a reader with two faults
    for name in "abc":
        bench.write(f"{name}.md", f"Text of {name}.")
    report = bench.run()
    assert {"a.md": ("indexed", ""), "b.md": ("failed", "timeout"), "c.md": ("failed", "error")} == fates(report)
    assert [("read", True), ("read", True)] == [(o.stage, o.retryable) for o in report.outcomes[1:]]


def test_what_cannot_be_read_is_skipped_with_its_reason(bench: Bench) -> None:
    bench.write("a.bin", b"\x00\x01\x02")
    bench.write("empty.txt", b"")
    report = bench.run()
    assert "skipped" == fates(report)["a.bin"][0] == fates(report)["empty.txt"][0]
    assert "unsupported" == fates(report)["a.bin"][1]
    assert 3 == report.exit_code, "nothing of what it was asked to take in is in"
    assert [] == list(bench.originals.versions())


def test_a_failed_new_version_leaves_the_old_one_answering(bench: Bench) -> None:
    bench.write("a.txt", "Alpha alpha.")
    bench.run()
    bench.write("a.txt", b"")
    report = bench.run()
    assert "The version indexed before stays." in report.outcomes[0].detail
    assert ["Alpha alpha."] == bench.found("alpha")


def test_rights_taken_away_hold_although_the_new_version_failed(bench: Bench) -> None:
    bench.write("a.txt", "Alpha alpha.")
    bench.run()
    bench.write("a.txt", b"", allow=["hr"])
    bench.run()
    assert [] == bench.found("alpha")


def test_rights_taken_away_hold_although_the_run_could_not_go_on(tmp_path: Path) -> None:
    embedder = OutOfService(HashEmbedder(), works=9)
    bench = Bench(tmp_path, embedder=embedder)
    bench.write("a.md", "Prices are secret.", allow=["public", "sales"])
    bench.write("b.md", "Nothing here.", allow=["public"])
    bench.run()
    bench.write("a.md", "Prices are secret, and higher.", allow=["sales", "board"], deny=["interns"])
    embedder.works = 0
    with pytest.raises(ServiceError):
        bench.run()
    assert [] == bench.found("prices")
    labels = bench.store.known("docs", generation=bench.store.generations()[0].name)["a.md"].attributes.labels
    assert Labels(allow=frozenset({"sales"}), deny=frozenset({"interns"})) == labels
    bench.store.close()


def test_rights_taken_away_hold_although_the_run_was_stopped_before_the_document_was_read(bench: Bench) -> None:
    bench.write("a.md", "Prices are secret.", allow=["public"])
    bench.run()
    bench.write("a.md", "Prices are secret, and higher.", allow=["sales"])
    bench.write("b.md", "Another text.", allow=["public"])
    stop = threading.Event()
    read = bench.reader.read

    def stops(path: Path, hints: Hints) -> Extraction:
        stop.set()
        return read(path, hints)

    bench.reader.read = stops  # type: ignore[method-assign]  # a signal arrives while the first document is read
    assert RunState.INTERRUPTED is bench.ingestion.run(bench.source(), stop=stop).run.state
    assert [] == bench.found("prices")


def test_a_broken_sidecar_fails_its_document_and_changes_nothing(bench: Bench) -> None:
    bench.write("a.md", "Alpha alpha.")
    bench.write("b.md", "Beta beta.")
    bench.run()
    (bench.docs / "a.md.metadata.json").write_text("{")
    report = bench.run()
    assert {"a.md": ("failed", "refused"), "b.md": ("unchanged", "")} == fates(report)
    assert "a.md.metadata.json" in report.outcomes[0].detail
    assert ["Alpha alpha."] == bench.found("alpha")
    (bench.docs / "a.md.metadata.json").unlink()
    assert {"a.md": ("unchanged", ""), "b.md": ("unchanged", "")} == fates(bench.run())
    assert {"a.md", "b.md"} == {s.key for s in bench.ingestion.plan(bench.source()).steps if s.action.value == "keep"}


def test_a_bad_line_fails_alone_and_deletes_nothing(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "faq.jsonl"
    good = [json.dumps({"id": name, "text": f"Text of {name}."}) for name in "abc"]
    file.write_text("\n".join(good))
    bench.run(RecordSource(file, labels=["public"]))
    file.write_text("\n".join([good[0], "{broken", good[2]]))
    report = bench.run(RecordSource(file, labels=["public"]))
    assert {"a": ("unchanged", ""), "c": ("unchanged", ""), "line:2": ("failed", "refused")} == fates(report)
    assert ["Text of b."] == bench.found("text of b")[:1]
    file.write_text("\n".join(good))
    assert ["a", "b", "c"] == [o.key for o in bench.run(RecordSource(file, labels=["public"])).outcomes]


def test_an_incomplete_listing_deletes_nothing_and_is_no_full_success(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.write("a.md", "Alpha alpha.")
    bench.write("b.md", "Beta beta.")
    bench.run()
    (bench.docs / "a.md").unlink()
    source = bench.source()
    listing = source.list()
    from dataclasses import replace

    monkeypatch.setattr(source, "list", lambda: replace(listing, complete=False, problems=("A folder is shut.",)))
    report = bench.run(source)
    assert ({"b.md": ("unchanged", "")}, 3) == (fates(report), report.exit_code)
    assert "A folder is shut." in report.warnings[0]
    assert bench.found("alpha")


def test_documents_without_labels_are_taken_in_with_a_warning(bench: Bench) -> None:
    bench.write("a.md", "Alpha alpha.")
    report = bench.run(bench.source(labels=()))
    assert "nobody but the operator" in report.warnings[0]
    assert [] == bench.found("alpha")


def test_a_full_disk_ends_the_run_with_what_is_true(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(20):
        bench.write(f"{n:02}.md", f"Text number {n}.")
    commit, done = bench.store.commit, 0

    def fills(*args: object, **kwargs: object) -> None:
        nonlocal done
        done += 1
        if done > 3:
            raise StoreError("The disk is full.")
        commit(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came

    with monkeypatch.context() as patched:
        patched.setattr(bench.store, "commit", fills)
        with pytest.raises(StoreError):
            bench.run()
    (run,) = bench.store.runs()
    assert (RunState.FAILED, 3, "The disk is full.") == (run.state, run.seen, run.detail)
    assert ["00.md", "01.md", "02.md"] == [o.key for o in bench.store.outcomes(run.id)]
    report = bench.run()
    assert {"unchanged": 3, "indexed": 17} == {key: n for key, n in report.counts.items() if n}


def test_an_error_of_the_machine_while_reading_is_not_blamed_on_a_document(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.write("a.md", "Alpha alpha.")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(bench.reader, "read", full)
    with pytest.raises(StoreError, match="No space left"):
        bench.run()
    assert RunState.FAILED is bench.store.runs()[0].state


def test_a_run_without_the_lease_does_not_begin(bench: Bench) -> None:
    bench.write("a.md", "Alpha alpha.")
    held = bench.store.lease("another", seconds=60)
    with pytest.raises(LeaseHeld):
        bench.run()
    assert () == bench.store.runs()
    bench.store.release(held)
    assert 1 == bench.run().counts["indexed"]


def test_a_run_that_lost_its_lease_stops_and_commits_nothing_more(bench: Bench) -> None:
    for n in range(10):
        bench.write(f"{n:02}.md", f"Text number {n}.")
    seen: list[str] = []

    def steal(event: Event) -> None:
        if isinstance(event, DocumentDone):
            seen.append(event.outcome.key)
            if len(seen) == 1:
                bench.now = bench.now.replace(year=2028)
                bench.store.lease("another:1x", seconds=60)

    with pytest.raises(Fenced):
        bench.run(on_event=steal)
    assert 1 == len(seen)
    assert RunState.FAILED is bench.store.runs()[0].state


def test_stopping_leaves_everything_consistent_and_the_lease_free(bench: Bench) -> None:
    for n in range(70):
        bench.write(f"{n:02}.md", f"Text number {n}.")
    stop = threading.Event()
    done: list[str] = []

    def after_three(event: Event) -> None:
        if isinstance(event, DocumentDone):
            done.append(event.outcome.key)
            if len(done) == 3:
                stop.set()

    report = bench.ingestion.run(bench.source(), stop=stop, on_event=after_three)
    assert (RunState.INTERRUPTED, 3, 130) == (report.run.state, report.run.seen, report.exit_code)
    assert report.run.seen == sum(report.counts.values())
    assert () == bench.store.check()
    again = bench.run()
    assert (3, 67) == (again.counts["unchanged"], again.counts["indexed"])


def test_an_interrupt_is_passed_on_and_noted(bench: Bench) -> None:
    bench.write("a.md", "Alpha alpha.")

    def interrupt(_: Event) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bench.run(on_event=interrupt)
    assert RunState.INTERRUPTED is bench.store.runs()[0].state
    assert 1 == bench.run().run.seen


def test_a_run_that_a_killed_process_left_is_closed_by_the_next(bench: Bench) -> None:
    bench.write("a.md", "Alpha alpha.")
    generation = bench.run().run.generation
    bench.store.start_run(Run(id="killed", source="docs", generation=generation, started_at=bench.now))
    bench.run()
    (killed,) = [run for run in bench.store.runs() if run.id == "killed"]
    assert (RunState.FAILED, "The process ended before the run did.") == (killed.state, killed.detail)
    assert set(OutcomeStatus) == set(killed.counts)
