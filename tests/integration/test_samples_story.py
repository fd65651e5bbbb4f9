"""What a person does with the samples, through the real command line and the real model."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.integration.conftest import ROOT, Desk

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.xdist_group("samples")]

POLICY = "返品の期限は何日ですか"
PAY = "2026年度の平均昇給率は何％ですか"


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        (POLICY, "商品到着後14日以内"),
        ("What is the deadline for claiming a service credit?", "within 30 days after the end of the month"),
        ("パスワードを忘れました。どうすればよいですか。", "再設定用のリンクは24時間有効です"),
    ],
)
def test_an_answer_quotes_the_documents_and_every_citation_opens(knowledge: Desk, question: str, quoted: str) -> None:
    answer = knowledge.json("ask", question, "--as", "support", "--as-of", "2026-11-01")
    assert "answered" == answer["status"]
    assert quoted in answer["answer"]
    assert answer["citations"]
    for citation in answer["citations"]:
        place = knowledge.json("show", citation["id"], "--as", "support")
        assert (citation["quote"], citation["uri"]) == (place["quote"], place["uri"])


def test_what_the_documents_do_not_say_is_not_answered_and_becomes_a_gap(knowledge: Desk) -> None:
    answer = knowledge.json("ask", "社員食堂のランチの値段", "--as", "support")
    assert ("not_found", [], []) == (answer["status"], answer["claims"], answer["citations"])
    assert answer["not_found"]["closest"]
    assert "社員食堂のランチの値段" in [gap["question"] for gap in knowledge.json("gaps")["gaps"]]


def test_a_labelled_document_does_not_exist_for_others_on_any_path(knowledge: Desk) -> None:
    shown = knowledge.json("ask", PAY, "--as", "hr")
    assert "3.4％" in shown["answer"]
    secret = shown["citations"][0]
    answer = knowledge.json("ask", PAY, "--as", "support")
    withheld = str({name: value for name, value in answer.items() if name != "timings_ms"})  # 3.4 ms is no secret
    assert "3.4" not in withheld
    assert secret["document_id"] not in withheld
    found = knowledge.tenkyo("search", PAY, "--as", "support", "--limit", "200", "--output", "json").stdout
    assert secret["document_id"] not in found
    forbidden = knowledge.tenkyo("show", secret["id"], "--as", "support", expect=2)
    unknown = knowledge.tenkyo("show", f"{'0' * 32}@{'0' * 32}:0-1", "--as", "support", expect=2)
    nonsense = knowledge.tenkyo("show", "nonsense", "--as", "support", expect=2)
    assert forbidden.stderr == unknown.stderr == nonsense.stderr


def test_what_holds_depends_on_the_day(knowledge: Desk) -> None:
    def titles(day: str) -> set[str]:
        found = knowledge.json("search", "返品 何日以内", "--as", "support", "--as-of", day, "--limit", "30")
        return {passage["record_id"] for passage in found["passages"]}

    old, new = "support/returns-2023.md", "support/returns-2025.md"
    assert (True, False) == (old in titles("2024-06-01"), new in titles("2024-06-01"))
    assert (False, True) == (old in titles("2026-11-01"), new in titles("2026-11-01"))


def test_a_filter_narrows_and_an_unknown_field_is_an_error(knowledge: Desk) -> None:
    found = knowledge.json("search", "料金", "--filter", "product=Aoba Desk Cloud", "--limit", "50")
    products = {json.dumps(passage["record_id"]) for passage in found["passages"]}
    assert 0 < len(products) < len(knowledge.json("documents")["documents"])
    wrong = knowledge.tenkyo("search", "料金", "--filter", "colour=red", expect=2)
    assert "colour" in wrong.stderr


def test_status_documents_and_runs_add_up(knowledge: Desk) -> None:
    status, documents = knowledge.json("status"), knowledge.json("documents")["documents"]
    assert status["documents"] == sum(document["indexed"] for document in documents)
    assert status["chunks"] == sum(document["chunks"] for document in documents)
    for run in knowledge.json("runs")["runs"]:
        told = knowledge.json("runs", run["id"][:8])
        assert run["seen"] == sum(run["counts"].values()) == len(told["outcomes"])


def test_a_trec_run_has_one_line_per_document_best_first(knowledge: Desk, tmp_path: Path) -> None:
    queries = tmp_path / "queries.jsonl"
    queries.write_text('{"query_id": "q1", "question": "返品は何日以内"}\n{"query_id": "q2", "question": "SLA"}\n')
    run = tmp_path / "out.trec"
    arguments = ("--queries", str(queries), "--id-field", "query_id", "--text-field", "question", "--limit", "20")
    assert 40 == knowledge.json("search", *arguments, "--run", str(run))["lines"]
    rows = [line.split(" ") for line in run.read_text(encoding="utf-8").splitlines()]
    assert [("q1", str(rank)) for rank in range(1, 21)] == [(row[0], row[3]) for row in rows[:20]]
    assert 20 == len({row[2] for row in rows[:20]})
    scores = [float(row[4]) for row in rows[:20]]
    assert sorted(scores, reverse=True) == scores
    assert {"Q0"} == {row[1] for row in rows}
    assert {"tenkyo"} == {row[5] for row in rows}
    assert {document["record_id"] for document in knowledge.json("documents")["documents"]} >= {row[2] for row in rows}


def test_many_questions_are_answered_into_a_file(knowledge: Desk, tmp_path: Path) -> None:
    asked = tmp_path / "q.jsonl"
    asked.write_text(json.dumps({"id": "a", "question": POLICY}) + '\n{"id": "b", "question": "zzzz qqqq"}\n')
    out = tmp_path / "answers.jsonl"
    summary = knowledge.json("ask", "--questions", str(asked), "--out", str(out), "--as", "support")
    answers = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert ["a", "b"] == [answer["question_id"] for answer in answers]
    assert 2 == summary["questions"] == sum(summary["statuses"].values())


def test_follow_ups_are_found_better_with_what_they_go_on_from(knowledge: Desk, tmp_path: Path) -> None:
    """Over the multi-turn questions of tests/fixtures: nDCG of follow-ups gains, that of all others loses nothing."""
    rows = [json.loads(line) for line in (ROOT / "tests" / "fixtures" / "multi_turn.jsonl").read_text().splitlines()]
    lone = tmp_path / "lone.jsonl"
    lone.write_text("".join(json.dumps({**row, "turns": []}) + "\n" for row in rows))
    after, alone = (
        knowledge.json("eval", str(path))["measures"] for path in (ROOT / "tests/fixtures/multi_turn.jsonl", lone)
    )
    for kind, gain in (("follow_up", 0.15), ("alone", 0.0), ("new_topic", 0.0)):
        with_turns, without = (made[f"kind:{kind}"]["ndcg@10"]["value"] for made in (after, alone))
        assert with_turns >= without + gain


@pytest.mark.parametrize(
    ("before", "question", "quoted"),
    [
        ("E-2011が出ました", "それが続いたら修理ですか", "3回続けて出る場合は修理を受け付けます"),
        ("Which discount do resellers at gold level get?", "Who has to approve it?", "Head of sales"),
    ],
)
def test_a_follow_up_says_what_it_was_understood_as(knowledge: Desk, before: str, question: str, quoted: str) -> None:
    answer = knowledge.json("ask", question, "--after", before, "--as", "support")
    assert {"relation": "follow_up", "turns": [before], "text": f"{before} {question}"} == answer["understood"]
    assert quoted in answer["answer"] + "".join(citation["quote"] for citation in answer["citations"])
    shown = knowledge.tenkyo("ask", question, "--after", before, "--as", "support").stdout
    assert before in shown


def test_an_unchanged_source_costs_nothing(knowledge: Desk) -> None:
    before = knowledge.tenkyo("dump").stdout
    (again,) = knowledge.json("ingest", str(ROOT / "samples" / "knowledge"), "--labels", "support")["sources"]
    assert (0, 0) == (again["embedded"], again["tokens"])
    assert {"unchanged"} == {name for name, count in again["counts"].items() if count}
    assert before == knowledge.tenkyo("dump").stdout


def test_the_doctor_finds_the_store_sound(knowledge: Desk) -> None:
    report = knowledge.json("doctor")
    assert report["ok"], report
    origins = {setting["key"]: setting["origin"] for setting in report["settings"]}
    assert ("environment variable TENKYO_CACHE", "default") == (origins["cache"], origins["store"])


def test_another_embedder_is_refused_with_the_remedy(knowledge: Desk) -> None:
    for command in (("ask", "x"), ("ingest", str(ROOT / "samples" / "knowledge")), ("doctor",)):
        done = knowledge.tenkyo(*command, expect=4, TENKYO_EMBEDDER="local-engine")
        assert "TENKYO_STORE" in done.stderr + done.stdout


def test_a_file_that_is_no_database_is_said_to_be_none(desk: Desk) -> None:
    (desk.folder / "kb.db").write_text("this is no database " * 100)
    done = desk.tenkyo("status", expect=5, TENKYO_STORE="sqlite:///kb.db")
    assert "kb.db" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_dry_run_counts_and_leaves_nothing_behind(desk: Desk) -> None:
    folder = desk.folder / "docs"
    folder.mkdir()
    (folder / "a.md").write_text("# 返品\n\n返品は14日以内です。\n", encoding="utf-8")
    (survey,) = desk.json("ingest", "docs", "--dry-run")["sources"]
    assert (1, 1) == (survey["plan"]["add"], survey["documents"])
    assert survey["new_tokens"] > 0
    assert ["docs"] == [path.name for path in desk.folder.iterdir()]


def test_deletions_are_followed_and_a_vanished_folder_deletes_nothing(desk: Desk) -> None:
    folder = desk.folder / "docs"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.md").write_text(f"# Page {number}\n\nText of page {number}.\n", encoding="utf-8")
    desk.tenkyo("ingest", "docs", "--labels", "public")
    (folder / "0.md").unlink()
    (report,) = desk.json("ingest", "docs", "--labels", "public")["sources"]
    assert (1, 2) == (report["counts"]["deleted"], report["counts"]["unchanged"])
    for path in folder.iterdir():
        path.unlink()
    refused = desk.tenkyo("ingest", "docs", expect=2)
    assert "--allow-mass-delete" in refused.stderr
    assert 2 == desk.json("status")["documents"]


def test_a_failed_document_is_reported_and_retried(desk: Desk) -> None:
    folder = desk.folder / "docs"
    folder.mkdir()
    (folder / "good.md").write_text("# Good\n\nThis page is fine.\n", encoding="utf-8")
    (folder / "bad.md").write_text("# Bad\n\nIts sidecar is broken.\n", encoding="utf-8")
    sidecar = folder / "bad.md.metadata.json"
    sidecar.write_text("{")
    done = desk.tenkyo("ingest", "docs", "--labels", "public", expect=3)
    assert "bad.md" in done.stdout
    assert ["bad.md"] == [each["record_id"] for each in desk.json("documents", "--outcome", "failed")["documents"]]
    sidecar.write_text('{"metadataAttributes": {"allow": ["public"]}}')
    (report,) = desk.json("retry")["sources"]
    assert {"indexed": 1} == {name: count for name, count in report["counts"].items() if count}
    assert 0 == desk.json("status")["failures"]


def test_the_store_is_one_sqlite_file_that_other_processes_may_read(knowledge: Desk) -> None:
    with sqlite3.connect(f"file:{knowledge.folder}/.tenkyo/kb.db?mode=ro", uri=True) as database:
        assert ("ok",) == database.execute("PRAGMA quick_check").fetchone()
    database.close()
