"""Calibrating an index through the command line: by itself after an ingest, by a question set, and never half."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.integration.conftest import ROOT, Desk

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.xdist_group("samples")]

QUESTIONS = ROOT / "samples" / "questions.jsonl"


def evidence(desk: Desk) -> str:
    (check,) = (check for check in desk.json("doctor")["checks"] if check["name"] == "evidence")
    return str(check["detail"])


def test_an_ingest_calibrates_by_questions_made_of_the_documents(knowledge: Desk) -> None:
    said = evidence(knowledge)
    assert "ja-ja by questions made of documents" in said
    assert "out of date" not in said


def test_no_unanswerable_question_of_the_samples_is_answered(knowledge: Desk, tmp_path: Path) -> None:
    """After nothing but ingesting: near misses are shown passages, or told that nothing is there."""
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    near = [row for row in rows if row.get("kind") == "unanswerable"]
    assert len(near) >= 22
    asked, out = tmp_path / "near.jsonl", tmp_path / "answers.jsonl"
    asked.write_text("".join(f"{json.dumps(row)}\n" for row in near), encoding="utf-8")
    knowledge.tenkyo(
        "ask", "--questions", str(asked), "--out", str(out), "--id-field", "query_id", "--as", "support",
        "--as-of", "2026-11-01",
    )  # fmt: skip
    statuses = {row["question"]: row["status"] for row in map(json.loads, out.read_text("utf-8").splitlines())}
    assert len(near) == len(statuses)
    assert [] == [question for question, status in statuses.items() if status in {"answered", "partial"}]


def test_a_question_set_calibrates_and_the_bounds_depend_on_the_error_rate(desk: Desk) -> None:
    desk.tenkyo("ingest", str(ROOT / "samples" / "knowledge"), "--labels", "support", expect=3)
    lenient = desk.json("calibrate", str(QUESTIONS), "--as-of", "2026-11-01", "--error-rate", "0.3")
    strict = desk.json("calibrate", str(QUESTIONS), "--as-of", "2026-11-01", "--error-rate", "0.05")
    pair = strict["pairs"]["ja-ja"]
    assert ("questions", True) == (pair["origin"], pair["answerable"] >= 40)
    assert lenient["pairs"]["ja-ja"]["answer"] < pair["answer"]
    assert pair["refuse"] <= pair["answer"]
    assert "error rate of 0.05" in evidence(desk)
    with sqlite3.connect(desk.folder / ".tenkyo" / "kb.db") as connection:
        ((kept,),) = connection.execute("SELECT value FROM calibrations").fetchall()
    assert "返品" not in json.dumps(json.loads(kept), ensure_ascii=False)
    desk.tenkyo("ingest", str(ROOT / "samples" / "faq.jsonl"), "--records", "--text-field", "answer")
    assert "ja-ja by questions (" in evidence(desk)  # made-up questions never take the place of asked ones


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--error-rate", "0"), "--error-rate 0"),
        (("absent.jsonl",), "absent.jsonl"),
        (("--half", "a"), "give QUESTIONS"),
    ],
)
def test_what_cannot_be_calibrated_by_is_said(knowledge: Desk, arguments: tuple[str, ...], said: str) -> None:
    done = knowledge.tenkyo("calibrate", *arguments, expect=2)
    assert said in done.stderr
    assert "Traceback" not in done.stderr
