"""Runs one after another: only what changed costs anything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.report import RunReport
from ingest.sources.records import RecordSource
from retrieval.errors import GenerationMismatch, MassDeleteRefused, UserError
from retrieval.ports import Source
from retrieval.stores.dumps import compare_dumps
from retrieval.values import OutcomeStatus, RunState
from tests.fakes.embedder import HashEmbedder
from tests.fakes.ingestion import PUBLIC_ONLY, Bench


def fates(report: RunReport) -> dict[str, str]:
    return {outcome.key: outcome.status.value for outcome in report.outcomes}


def inputs(bench: Bench) -> list[str]:
    assert isinstance(bench.embedder, HashEmbedder)
    return bench.embedder.inputs


def test_a_first_run_indexes_every_document_and_each_can_be_found(bench: Bench) -> None:
    bench.write("返品.md", "# 返品\n\n返品は30日以内です。")
    bench.write("en/returns.txt", "Returns are accepted within thirty days.")
    report = bench.run()
    assert {"返品.md": "indexed", "en/returns.txt": "indexed"} == fates(report)
    assert (2, 4, 0, RunState.FINISHED) == (report.run.seen, report.embedded, report.exit_code, report.run.state)
    assert "返品は30日以内です。" in bench.found("返品 30日")[0]
    assert ["Returns are accepted within thirty days."] == bench.found("thirty")
    assert report.run == bench.store.runs()[0]
    assert report.outcomes == bench.store.outcomes(report.run.id)


def test_an_unchanged_source_opens_reads_embeds_and_writes_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.write("a.md", "Alpha alpha.")
    bench.write("b.md", "Beta beta.", product="X")
    bench.write("c.bin", b"\x00\x01")
    bench.run()
    before, paid, read = bench.dump(), len(inputs(bench)), len(bench.reader.names)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("an unchanged document was touched")

    source = bench.source()
    monkeypatch.setattr(source, "open", refuse)
    for name in ("stage", "commit", "set_document", "set_access", "delete"):
        monkeypatch.setattr(bench.store, name, refuse)
    report = bench.run(source)
    assert {"a.md": "unchanged", "b.md": "unchanged", "c.bin": "skipped"} == fates(report)
    assert (paid, read, 0) == (len(inputs(bench)), len(bench.reader.names), report.embedded)
    assert before == bench.dump()


def test_a_touched_file_is_hashed_once_and_not_read_again(bench: Bench) -> None:
    bench.write("a.md", "Alpha alpha.")
    bench.run()
    bench.write("a.md", "Alpha alpha.")
    assert {"a.md": "unchanged"} == fates(bench.run())
    assert ["a.md"] == bench.reader.names
    assert "keep" in {step.action.value for step in bench.ingestion.plan(bench.source()).steps}


def test_after_an_edit_only_the_changed_inputs_are_embedded(bench: Bench) -> None:
    subjects = ["apples", "bridges", "castles", "dolphins", "eclipses", "forests"]
    sections = [f"## About {name}\n\n" + f"A sentence on {name}. " * 30 for name in subjects]
    bench.write("a.md", "# Book\n\n" + "\n\n".join(sections))
    first = bench.run()
    sections[3] = "## About dolphins\n\n" + "Something new altogether. " * 30
    bench.write("a.md", "# Book\n\n" + "\n\n".join(sections))
    report = bench.run()
    assert {"a.md": "updated"} == fates(report)
    assert 12 <= first.embedded
    paid = inputs(bench)[first.embedded :]
    assert 2 == report.embedded == len(paid)
    assert ("Something new altogether." in paid[0], "Something new altogether.") == (True, paid[1])
    assert first.embedded + first.reused == report.embedded + report.reused
    assert bench.found("altogether")


def test_a_rename_is_deleted_and_indexed_and_pays_for_nothing(bench: Bench) -> None:
    for n in range(3):
        bench.write(f"{n}.md", f"# Title {n}\n\nText number {n}.")
    bench.run()
    paid = len(inputs(bench))
    (bench.docs / "1.md").rename(bench.docs / "one.md")
    report = bench.run()
    assert {"0.md": "unchanged", "1.md": "deleted", "2.md": "unchanged", "one.md": "indexed"} == fates(report)
    assert (0, paid) == (report.embedded, len(inputs(bench)))


def test_a_change_of_labels_alone_embeds_nothing_and_holds_at_once(bench: Bench) -> None:
    bench.write("a.md", "Salary table.")
    bench.run()
    paid = len(inputs(bench))
    bench.write("a.md", "Salary table.", allow=["hr"], year=2026)
    report = bench.run()
    assert {"a.md": "updated"} == fates(report)
    assert ([], paid) == (bench.found("salary"), len(inputs(bench)))
    assert {"a.md": "unchanged"} == fates(bench.run())


def test_a_new_title_is_embedded_again(bench: Bench) -> None:
    bench.write("a.txt", "Some text.", title="Old")
    bench.run()
    bench.write("a.txt", "Some text.", title="New")
    report = bench.run()
    assert ({"a.txt": "updated"}, 1) == (fates(report), report.embedded)


def test_an_endless_title_is_cut(bench: Bench) -> None:
    """Every chunk carries the title of its document, so that its length must not be the writer's to choose."""
    bench.write("a.md", f"# {'長い題名 ' * 4_000}\n\n本文です。")
    bench.run()
    with bench.store.view() as view:
        (stored,) = view.documents(where=PUBLIC_ONLY, after="", limit=10)
    assert 300 >= len(stored.document.title) > 200
    assert stored.document.title.startswith("長い題名 長い題名")
    assert stored.document.title.endswith("…")


def test_a_text_of_nothing_but_short_sentences_is_bounded(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes after the most statements of a document can be found and quoted all the same, without a vector."""
    monkeypatch.setattr("ingest.process._MOST_STATEMENTS", 10)
    bench.write("a.txt", "".join(f"文{n}。" for n in range(400)))
    report = bench.run()
    (outcome,) = report.outcomes
    assert (10, True) == (outcome.embedded - outcome.chunks, outcome.chunks > 1)
    assert bench.found("文399")


def test_deleted_is_gone_from_the_index_and_from_the_originals(bench: Bench) -> None:
    bench.write("a.md", "Alpha alpha.")
    bench.write("b.md", "Beta beta.")
    bench.run()
    (bench.docs / "a.md").unlink()
    assert {"a.md": "deleted", "b.md": "unchanged"} == fates(bench.run())
    assert [] == bench.found("alpha")
    assert 1 == len(list(bench.originals.versions()))


def test_a_listing_that_shrank_deletes_nothing_until_it_is_allowed(bench: Bench) -> None:
    bench.write("a.md", "Alpha alpha.")
    bench.run()
    (bench.docs / "a.md").unlink()
    with pytest.raises(MassDeleteRefused):
        bench.run()
    assert bench.found("alpha")
    assert {"a.md": "deleted"} == fates(bench.run(allow_mass_delete=True))


def test_two_sources_never_touch_each_other(bench: Bench, tmp_path: Path) -> None:
    bench.write("a.md", "Alpha alpha.")
    bench.run()
    faq = tmp_path / "faq.jsonl"
    faq.write_text(json.dumps({"id": "a.md", "text": "Gamma gamma."}))
    assert {"a.md": "indexed"} == fates(bench.run(RecordSource(faq, labels=["public"])))
    assert (["Alpha alpha."], ["Gamma gamma."]) == (bench.found("alpha"), bench.found("gamma"))


def test_the_same_name_with_another_root_is_refused_with_the_remedy(bench: Bench, tmp_path: Path) -> None:
    bench.write("a.md", "Alpha alpha.")
    bench.run()
    other = tmp_path / "other" / "docs"
    other.mkdir(parents=True)
    from ingest.sources.folder import FolderSource

    with pytest.raises(UserError, match="--source"):
        bench.run(FolderSource(other))
    assert bench.found("alpha")


def faq_source(tmp_path: Path, *pairs: tuple[str, str, str]) -> Source:
    file = tmp_path / "faq.jsonl"
    lines = [{"id": key, "question": question, "text": text} for key, question, text in pairs]
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines))
    return RecordSource(file, question_field="question", labels=["public"])


def test_a_record_is_matched_by_its_question_and_cited_by_its_answer(bench: Bench, tmp_path: Path) -> None:
    report = bench.run(faq_source(tmp_path, ("1", "返品はいつまで可能ですか？", "30日以内に承ります。")))
    assert {"1": "indexed"} == fates(report)
    assert ["30日以内に承ります。"] == bench.found("返品は可能？")
    assert [] == list(bench.originals.versions())


def test_many_small_records_are_embedded_in_large_batches(bench: Bench, tmp_path: Path) -> None:
    from ingest.report import BatchEmbedded, Event

    batches: list[int] = []

    def note(event: Event) -> None:
        if isinstance(event, BatchEmbedded):
            batches.append(event.inputs)

    pairs = [(f"{n}", f"Question number {n}?", f"Answer {n}.") for n in range(160)]
    report = bench.run(faq_source(tmp_path, *pairs), on_event=note)
    assert (160, 320) == (report.counts["indexed"], sum(batches))
    assert len(batches) <= 8


def test_another_embedder_is_refused_with_the_parts_that_differ(bench: Bench) -> None:
    bench.write("a.md", "Alpha alpha.")
    bench.run()
    other = Bench(bench.folder, store=bench.store, embedder=HashEmbedder(dimensions=32))
    with pytest.raises(GenerationMismatch, match=r"dimensions was built with '64', configured is '32'"):
        other.run()


def test_a_dry_run_counts_and_changes_nothing(bench: Bench) -> None:
    bench.write("a.md", "# A\n\nAlpha alpha.")
    bench.run()
    bench.write("b.md", "# A\n\nAlpha alpha.")
    bench.write("c.md", "# C\n\n経費の申請は月末までです。")
    bench.write("d.bin", b"\x00")
    before = bench.dump()
    dry = bench.ingestion.dry_run(bench.source(), price_per_1k_tokens=2.0)
    assert (1, 3) == (dry.plan.counts["keep"], dry.plan.counts["add"])
    assert (2, 4, 2, ["d.bin"]) == (dry.documents, dry.inputs, dry.known_inputs, [f.key for f in dry.failures])
    assert dry.cost == pytest.approx(dry.new_tokens / 500)
    assert 0 < dry.new_tokens < dry.tokens
    assert 0 < dry.estimated_tokens
    assert before == bench.dump()
    report = bench.run()
    assert (dry.new_tokens, dry.inputs - dry.known_inputs) == (report.tokens, report.embedded)


def test_runs_in_steps_and_one_run_end_in_the_same_store(bench: Bench, tmp_path: Path) -> None:
    bench.write("a.md", "first version")
    bench.write("gone.md", "going")
    bench.run()
    bench.write("a.md", "second version")
    bench.write("b.md", "Beta beta.", allow=["hr"])
    (bench.docs / "gone.md").unlink()
    bench.run(allow_mass_delete=True)
    (tmp_path / "fresh").mkdir()
    fresh = Bench(tmp_path / "fresh")
    fresh.run(bench.source())
    bench.now = bench.now.replace(year=2027)
    bench.run()
    assert [] == compare_dumps(bench.dump(), fresh.dump())
    fresh.store.close()


def test_what_failed_is_tried_again_and_retry_keeps_to_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.write("a.md", "Alpha alpha.")
    bench.write("b.md", "Beta beta.")
    with monkeypatch.context() as patched:
        patched.setattr(bench.reader, "read", _crash)
        assert {"a.md": "failed", "b.md": "failed"} == fates(bench.run())
    (bench.docs / "b.md").unlink()
    bench.write("new.md", "New.")
    assert {"a.md": "indexed"} == fates(bench.run(only_failed=True))
    report = bench.run()
    assert {"a.md": "unchanged", "new.md": "indexed"} == fates(report)
    assert OutcomeStatus.INDEXED is bench.store.known("docs", generation=report.run.generation)["a.md"].status


def _crash(*_: object) -> None:
    raise RuntimeError("the reader is broken")


def test_verifying_content_finds_what_an_etag_hides(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.sources.folder.etag_of", lambda _: "always the same")
    bench.write("a.md", "Alpha alpha.")
    bench.run()
    bench.write("a.md", "Omega omega.")
    assert {"a.md": "unchanged"} == fates(bench.run())
    assert {"a.md": "updated"} == fates(bench.run(verify_content=True))
    assert {"a.md": "unchanged"} == fates(bench.run(verify_content=True))
