"""The page of a run, and two runs compared: complete, escaped, and needing nothing but themselves."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from app.cli.evaluation_text import print_comparison, print_report
from app.cli.main import main
from app.evaluation.page import FAULTS, page
from app.evaluation.plots import Bar, bars, histogram, risk_coverage
from app.evaluation.report import report_of
from retrieval.evaluation.bootstrap import Figure
from retrieval.evaluation.comparison import compare
from retrieval.evaluation.rows import Row
from tests.unit.app.evaluation.conftest import QUESTIONS, Written
from tests.unit.retrieval.evaluation.making import deleted, ranked, row

Captured = pytest.CaptureFixture[str]
EVIL = "</title><script>alert(1)</script>\"'&"

ROWS: list[Row] = [
    row("a", question=EVIL, expects="answered", right=False, holds=False, draft=EVIL, wanted=(EVIL,), cited=(EVIL,),
        retrieval=ranked(0.0, 0.0), found=False, kind=EVIL, ranked=(EVIL,), relevant=(EVIL,), absent=(EVIL,)),
    row("b", expects="answered", right=True, holds=True, retrieval=ranked(1.0), found=True, confidence=0.7,
        deleted=deleted(answered=False), latency_ms=25.0),
    row("c", expects="not_found", language="en", latency_ms=90.0),
]  # fmt: skip


def parsed(html: str) -> ET.Element:
    """Return a page as a tree: it is written as well-formed XML, so that a missing or foreign tag is an error."""
    return ET.fromstring(html.removeprefix("<!DOCTYPE html>"))


def words(html: str) -> str:
    return " ".join(" ".join(parsed(html).itertext()).split())


def test_the_page_is_well_formed_and_shows_what_was_asked_as_text_only() -> None:
    html = page(report_of(ROWS, about={"questions": EVIL}, seed=1))
    assert "<script" not in html
    assert [] == parsed(html).findall(".//script")
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 8


def test_the_page_loads_nothing() -> None:
    html = page(report_of(ROWS, about={}, seed=1))
    assert "default-src 'none'" in html
    attributes = {name for element in parsed(html).iter() for name in element.attrib}
    assert set() == attributes & {"src", "href", "onclick", "onload", "action"}
    assert "url(" not in html
    assert "@import" not in html
    assert "prefers-color-scheme: dark" in html


def test_the_page_lists_every_failed_question_with_what_was_expected_and_what_came() -> None:
    html = page(report_of(ROWS, about={}, seed=1))
    assert 2 == len(parsed(html).findall(".//details"))
    said = words(html)
    for fault in ("not_retrieved", "wrong_answer", "false_answer"):
        assert FAULTS[fault] in said
    assert "no answer: the documents do not say it" in said
    assert "Failed questions (2)" in said


def test_the_page_plots_bars_risk_and_latency() -> None:
    tree = parsed(page(report_of(ROWS, about={}, seed=1)))
    labels = [svg.attrib["aria-label"] for svg in tree.findall(".//svg")]
    assert [
        "Measures by group",
        "Share wrong among the answered, against the share answered",
        "Latency of the questions",
    ] == labels


def test_plots_of_nothing_are_still_plots() -> None:
    nothing = Figure(value=None, low=None, high=None, n=0)
    for svg in (
        risk_coverage([], bound=0.05),
        bars("x", [Bar(label="<b>", figure=nothing)]),
        histogram([0.0], unit="ms"),
    ):
        assert "svg" == ET.fromstring(svg).tag
    assert "" == histogram([], unit="ms")


def test_the_curve_ends_at_the_right_and_rises_with_what_is_wrong() -> None:
    line = ET.fromstring(risk_coverage([(0.5, 0.0), (1.0, 0.5)], bound=0.05)).find("polyline")
    assert line is not None
    (x0, y0), (x1, y1) = (map(float, point.split(",")) for point in line.attrib["points"].split()[:2])
    assert x0 < x1
    assert y1 < y0  # upwards on the page is downwards in SVG


def test_a_terminal_shows_a_column_a_group_and_what_failed() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=140, color_system=None)
    print_report(console, report_of(ROWS, about={}, seed=1))
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()
    assert ["all", "en", "ja"] == shown.splitlines()[0].split()
    assert "0.500 - 0.500" in " ".join(next(line for line in shown.splitlines() if "nDCG@10" in line).split())
    assert FAULTS["false_answer"] in shown


def test_a_terminal_shows_both_ways_of_change() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=140, color_system=None)
    turned = [row("a", digest=ROWS[0].digest, expects="answered", right=True, retrieval=ranked(1.0)), *ROWS[1:]]
    print_comparison(console, compare(ROWS, turned, seed=1))
    assert isinstance(console.file, io.StringIO)
    shown = " ".join(console.file.getvalue().split())
    assert "2 better in the second" in shown
    assert "0 worse in the second" in shown


@pytest.fixture
def two(library: object, written: Written, tmp_path: Path, capsys: Captured) -> tuple[Path, Path]:
    """Return two results: the operator's, and that of somebody who may not see the documents on pay."""
    rows: list[dict[str, object]] = [
        *({**one, "question": f"{one['question']} <script>" if one.get("id") == "en-1" else one["question"]}
          for one in QUESTIONS),
        {"id": "pay", "question": "給与は毎月何日に支払いますか", "relevant": ["pay.md"], "answers": ["25日"]},
    ]  # fmt: skip
    files = tmp_path / "a.json", tmp_path / "b.json"
    for path, options in zip(files, ([], ["--as", "public"]), strict=True):
        assert 0 == main(["eval", str(written(rows)), "--out", str(path), *options])
    capsys.readouterr()
    return files


def test_two_results_are_compared_with_the_questions_that_changed(
    two: tuple[Path, Path], tmp_path: Path, capsys: Captured
) -> None:
    html = tmp_path / "compared.html"
    first, second = map(str, two)
    assert 0 == main(["eval", "--compare", first, second, "--html", str(html), "-o", "json"])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert (7, ["ja-1"]) == (found["common"], [change["id"] for change in found["better"]])  # less stands in its way
    assert "pay" in {change["id"] for change in found["worse"]}
    recall = found["differences"]["all"]["recall@10"]
    assert (1.0, pytest.approx(2 / 3), pytest.approx(-1 / 3)) == (recall["first"], recall["second"], recall["gain"])
    assert recall["low"] <= recall["gain"] <= recall["high"]
    assert "Worse in the second" in words(html.read_text(encoding="utf-8"))
    assert 0 == main(["eval", "--compare", second, first, "-o", "json"])
    back = json.loads(capsys.readouterr().out)
    assert [c["id"] for c in found["worse"]] == [c["id"] for c in back["better"]]


def test_a_result_read_again_gives_the_same_figures(two: tuple[Path, Path], capsys: Captured) -> None:
    written_out = json.loads(two[0].read_text(encoding="utf-8"))
    assert 0 == main(["eval", "--compare", str(two[0]), str(two[0]), "-o", "json"])
    found = json.loads(capsys.readouterr().out)
    figures = {k: v["value"] for k, v in written_out["measures"]["all"].items()}
    assert figures == {k: v["first"] for k, v in found["differences"]["all"].items()}


@pytest.mark.parametrize("content", ["{", "[]", '{"format": "x"}', '{"format": "tenkyo-eval-1", "questions": [1]}'])
def test_what_is_no_result_is_refused(content: str, tmp_path: Path, capsys: Captured) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text(content, encoding="utf-8")
    assert 2 == main(["eval", "--compare", str(wrong), str(wrong)])
    assert "wrong.json: not the result of `tenkyo eval`" in capsys.readouterr().err


@pytest.mark.usefixtures("library")
def test_the_page_of_a_real_run_escapes_its_questions(written: Written, tmp_path: Path, capsys: Captured) -> None:
    html = tmp_path / "page.html"
    rows: list[dict[str, object]] = [{"id": "x", "question": "<script>alert(1)</script>?", "relevant": ["lamp.md"]}]
    assert 0 == main(["eval", str(written(rows)), "--html", str(html)])
    assert "Written to" in capsys.readouterr().err
    text = html.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)" in text
    parsed(text)
