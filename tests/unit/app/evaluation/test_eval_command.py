"""`tenkyo eval` from the outside: a tiny knowledge base, the real wiring, an embedder without a model."""

from __future__ import annotations

import gzip
import json
import signal
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from app.evaluation.asking import Asker
from retrieval.evaluation.questions import Question
from retrieval.evaluation.rows import Row
from tests.fakes.knowledge_base import Library
from tests.unit.app.evaluation.conftest import QUESTIONS, Written

Captured = pytest.CaptureFixture[str]


def result(questions: Path, *options: str, capsys: Captured) -> dict[str, Any]:
    assert 0 == main(["eval", str(questions), "--output", "json", *options])
    value: dict[str, Any] = json.loads(capsys.readouterr().out)
    return value


def by_id(made: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in made["questions"]}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the ids of the questions that were really asked."""
    seen: list[str] = []
    ask = Asker.ask

    def noted(self: Asker, question: Question) -> Row:
        row = ask(self, question)
        seen.append(question.id)
        return row

    monkeypatch.setattr(Asker, "ask", noted)
    return seen


@pytest.mark.usefixtures("library")
def test_questions_are_asked_and_judged_by_what_is_known_of_each(written: Written, capsys: Captured) -> None:
    made = result(written(), "--as-of", "2026-04-01", capsys=capsys)
    rows = by_id(made)
    assert [str(row.get("query_id", row.get("id"))) for row in QUESTIONS] == list(rows)
    assert ("test/returns.ja.md", True, True, True) == (
        rows["ja-1"]["ranked"][0],
        rows["ja-1"]["found"],
        rows["ja-1"]["holds"],
        rows["ja-1"]["span"],
    )
    assert {"ja", "en"} == set(rows["ja-1"]["by_language"])
    assert ("answered", True, []) == (rows["en-1"]["status"], rows["en-1"]["right"], rows["en-1"]["faults"])
    assert {"answered", "confidence"} == set(rows["en-1"]["deleted"])
    assert rows["en-1"]["deleted"]["confidence"] < rows["en-1"]["confidence"]
    assert ("not_found", None, None) == (rows["ja-2"]["expects"], rows["ja-2"]["retrieval"], rows["ja-2"]["holds"])
    assert all(not name.endswith("pay.md") for name in rows["ja-2"]["ranked"])
    assert ("not_found", True) == (rows["en-2"]["expects"], rows["en-2"]["passed"])
    assert (None, None, None) == (rows["free"]["expects"], rows["free"]["passed"], rows["free"]["right"])
    assert (["faq.jsonl#faq-9"], None, None) == (
        rows["gone"]["absent"],
        rows["gone"]["retrieval"],
        rows["gone"]["expects"],
    )
    figures = made["measures"]["all"]
    assert (1.0, 2, 0.0) == (
        figures["citations_exact"]["value"],
        figures["recall@10"]["n"],
        figures["false_answers"]["value"],
    )
    assert {"all", "ja", "en", "ja-ja", "ja-en", "en-en"} == {g for g in made["measures"] if ":" not in g}
    assert 3 == len(made["notes"])
    assert ("tenkyo-eval-1", "operator", "2026-04-01") == (
        made["format"],
        made["about"]["as"],
        made["about"]["as_of"],
    )


def test_asking_leaves_no_answer_no_gap_and_no_work_file(library: Library, written: Written, capsys: Captured) -> None:
    result(written(), capsys=capsys)
    assert () == library.store.gaps()
    assert [] == [path.name for path in Path.cwd().rglob("*.work.jsonl")]


@pytest.mark.usefixtures("library")
def test_who_asks_by_default_is_the_option_and_otherwise_the_question(written: Written, capsys: Captured) -> None:
    rows = [{"id": "a", "question": "給与は毎月何日に支払いますか", "relevant": ["pay.md"], "answers": ["25日"]}]
    operator, public = (by_id(result(written(rows), *as_, capsys=capsys))["a"] for as_ in ((), ("--as", "public")))
    hr = by_id(result(written([{**rows[0], "labels": ["hr"]}]), "--as", "public", capsys=capsys))["a"]
    assert (1.0, 0.0, 1.0) == tuple(row["retrieval"]["recall"] for row in (operator, public, hr))
    assert ([], ["pay.md"], []) == (operator["hidden"], public["hidden"], hr["hidden"])


@pytest.mark.usefixtures("library")
def test_a_question_is_asked_after_its_earlier_turns(written: Written, capsys: Captured) -> None:
    row: dict[str, object] = {"id": "a", "question": "And it?", "relevant": ["lamp.md"], "answers": ["connection"]}
    alone = by_id(result(written([row]), capsys=capsys))["a"]
    after = by_id(result(written([{**row, "turns": ["When does the gateway lamp blink red?"]}]), capsys=capsys))["a"]
    assert alone["retrieval"]["ndcg"] < after["retrieval"]["ndcg"] == 1.0
    assert after["deleted"]["confidence"] < after["confidence"]


@pytest.mark.usefixtures("library")
def test_a_record_of_a_file_is_named_by_file_and_id(written: Written, capsys: Captured) -> None:
    rows = [{"id": f"q{n}", "question": "return deadline", "relevant": [name]} for n, name in enumerate(NAMES)]
    found = by_id(result(written(rows), capsys=capsys))
    assert [(["test/returns.en.md"], [])] * len(NAMES) == [(r["relevant"], r["absent"]) for r in found.values()]


NAMES = ("returns.en.md", "test.jsonl#returns.en.md", "some/test.jsonl.gz#returns.en.md", "test/returns.en.md")


@pytest.mark.usefixtures("library")
def test_a_gzip_file_and_other_field_names_are_read(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "other.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"nr": 1, "q": "return deadline", "relevant": ["returns.en.md"]}\n'))
    made = result(path, "--id-field", "nr", "--text-field", "q", capsys=capsys)
    assert ["1"] == list(by_id(made))


@pytest.mark.usefixtures("library")
def test_halves_and_samples_choose_the_same_questions_again(written: Written, capsys: Captured) -> None:
    def ids(*options: str) -> list[str]:
        return list(by_id(result(written(), *options, capsys=capsys)))

    a, b = ids("--half", "a"), ids("--half", "b")
    assert (6, set()) == (len(a) + len(b), set(a) & set(b))
    two = ids("--limit", "2", "--seed", "3")
    assert (2, two) == (len(two), ids("--limit", "2", "--seed", "3"))


@pytest.mark.usefixtures("library")
def test_a_run_that_broke_off_goes_on_where_it_was(
    written: Written, asked: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    out = tmp_path / "result.json"
    command = ["eval", str(written()), "--out", str(out), "--as-of", "2026-04-01"]
    with monkeypatch.context() as patched:
        asking = Asker.ask

        def break_off_at_the_third(self: Asker, question: Question) -> Row:
            if len(asked) == 2:
                raise KeyboardInterrupt
            return asking(self, question)

        patched.setattr(Asker, "ask", break_off_at_the_third)
        assert 130 == main(command)
    before = list(asked)
    assert not out.exists()
    kept = tmp_path / ".result.json.work.jsonl"
    kept.write_text(kept.read_text(encoding="utf-8")[:-40], encoding="utf-8")  # the last line torn, as by a kill
    assert 0 == main(command)
    assert ["ja-1", "en-1"] == before
    assert ["en-1", "ja-2", "en-2", "free", "gone"] == asked[2:]
    assert not kept.exists()
    assert 6 == len(json.loads(out.read_text(encoding="utf-8"))["questions"])


@pytest.mark.usefixtures("library")
def test_a_signal_ends_the_run_after_the_question_under_way_and_says_how_to_go_on(
    written: Written, asked: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Captured, tmp_path: Path
) -> None:
    asking = Asker.ask

    def interrupted(self: Asker, question: Question) -> Row:
        if not asked:
            signal.raise_signal(signal.SIGTERM)
        return asking(self, question)

    monkeypatch.setattr(Asker, "ask", interrupted)
    command = ["eval", str(written()), "--html", str(tmp_path / "page.html")]
    assert 143 == main(command)
    assert "The same command goes on" in " ".join(capsys.readouterr().err.split())
    assert 0 == main(command)
    assert [str(row.get("query_id", row.get("id"))) for row in QUESTIONS] == asked


@pytest.mark.usefixtures("library")
def test_a_question_that_cannot_be_asked_is_named(written: Written, capsys: Captured) -> None:
    rows: list[dict[str, object]] = [{"id": "fine", "question": "返品"}, {"id": "signs", "question": "？？"}]
    assert 2 == main(["eval", str(written(rows))])
    assert "Question 'signs': The question is empty" in " ".join(capsys.readouterr().err.split())


@pytest.mark.usefixtures("library")
def test_a_named_work_file_is_kept_and_holds_under_the_same_settings_only(
    written: Written, asked: list[str], tmp_path: Path, capsys: Captured
) -> None:
    work = ("--work", str(tmp_path / "work.jsonl"))
    questions = written()
    first = result(questions, *work, "--as-of", "2026-04-01", capsys=capsys)
    again = result(questions, *work, "--as-of", "2026-04-01", capsys=capsys)
    assert (6, first) == (len(asked), again)
    result(questions, *work, "--as-of", "2026-04-02", capsys=capsys)
    assert 12 == len(asked)
    edited = [{**QUESTIONS[0], "answers": ["14日"]}, *QUESTIONS[1:]]
    result(written(edited), *work, "--as-of", "2026-04-01", capsys=capsys)
    assert ["ja-1"] == asked[12:]


@pytest.mark.usefixtures("library")
def test_bounds_that_are_not_kept_end_with_exit_code_6(written: Written, capsys: Captured) -> None:
    command = ["eval", str(written()), "--output", "json"]
    kept = ["--fail-under", "recall@10=0.9", "--fail-under", "false_answers=0.1", "--fail-under", "ndcg@10:ja=0.1"]
    assert 0 == main([*command, *kept])
    capsys.readouterr()
    assert 6 == main([*command, *kept, "--fail-under", "latency_p95=0.001", "--fail-under", "needs_detail=0.5"])
    out, err = capsys.readouterr()
    assert 6 == len(json.loads(out)["questions"])
    assert "latency_p95 is" in err
    assert "over 0.001" in err
    assert "needs_detail could not be measured" in err


@pytest.mark.usefixtures("library")
def test_piped_text_is_one_figure_a_line_and_the_rest_goes_to_standard_error(
    written: Written, capsys: Captured, tmp_path: Path
) -> None:
    assert 0 == main(["eval", str(written()), "--out", str(tmp_path / "r.json")])
    out, err = capsys.readouterr()
    lines = [line.split("\t") for line in out.splitlines()]
    assert {6} == {len(line) for line in lines}
    assert ["all", "recall@10", "1.000", "1.000", "1.000", "2"] in lines
    assert "1 of 6 questions name no relevant documents" in " ".join(err.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Give QUESTIONS"),
        (["q.jsonl", "--compare", "a", "b"], "Give QUESTIONS"),
        (["--compare", "a", "b", "--limit", "3"], "only --html, --seed and --output go with it"),
        (["--compare", "absent.json", "b"], "absent.json: cannot be read"),
        (["absent.jsonl"], "absent.jsonl: cannot be read"),
        (["q", "--fail-under", "beauty=1"], "expected METRIC[:GROUP]=VALUE with one of ndcg@10"),
        (["q", "--fail-under", "joint=high"], "'high' is no number"),
        (["q", "--half", "c"], "--half"),
    ],
)
def test_a_mistake_is_one_message(
    arguments: list[str], said: str, capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert 2 == main(["eval", *arguments])
    assert said in " ".join(capsys.readouterr().err.split())
