"""The table of quality: which sets there are, which pages are left out, and what a cell says."""

from __future__ import annotations

import gzip
import tarfile
from pathlib import Path

import pytest

from benchmarks.quality import Line, table
from benchmarks.questions import SAMPLES, find_sets, language_of
from retrieval.evaluation.bootstrap import Figure
from retrieval.evaluation.questions import Fields, decode_questions

FIGURE = Figure(value=0.75, low=0.5, high=0.875, n=8)
NOTHING = Figure(value=None, low=None, high=None, n=0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a set of records and a set of pages, at different depths, and one without documents."""
    for place in ("qa/records", "kb/pages", "kb/nothing"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "queries.jsonl.gz").write_bytes(gzip.compress(b"{}"))
    (tmp_path / "qa/records/corpus.jsonl.gz").write_bytes(gzip.compress(b"{}"))
    with tarfile.open(tmp_path / "kb/pages/pages.tar.gz", "w:gz"):
        pass
    return tmp_path


def test_sets_are_found_at_any_depth_and_by_name(folder: Path) -> None:
    assert [("pages", True), ("records", False)] == [(one.name, one.pages) for one in find_sets(folder, None)]
    assert ["records"] == [one.name for one in find_sets(folder, ["records"])]
    assert [] == find_sets(folder, [SAMPLES.name])
    with pytest.raises(SystemExit, match="No question set absent"):
        find_sets(folder, ["absent", "records"])
    with pytest.raises(SystemExit, match="at all"):
        find_sets(folder / "kb" / "nothing", None)


def test_the_samples_are_a_set_in_the_documented_form() -> None:
    lines = enumerate(SAMPLES.questions.read_text(encoding="utf-8").splitlines(), start=1)
    assert decode_questions(lines, name="samples", fields=Fields())
    assert SAMPLES.corpus.is_dir()


@pytest.mark.parametrize(
    ("path", "text", "language"),
    [
        ("docs/ja/index.md", "English words alone", "ja"),
        ("en/a.md", "日本語の文章です。", "en"),
        ("a.md", "日本語の文章です。", "ja"),
        ("guide/ja.md", "This is an English page about Japan.", "en"),
    ],
)
def test_a_page_is_in_the_language_of_its_folder_or_of_its_text(path: str, text: str, language: str) -> None:
    assert language == language_of(path, text)


def test_a_cell_has_figure_interval_and_where_it_differs_how_many_questions() -> None:
    figures = {"ndcg@10": FIGURE, "recall@10": Figure(value=1.0, low=0.9, high=1.0, n=10), "joint": NOTHING}
    page = table([Line(name="records", group="all", questions=10, figures=figures)], limit=None, sets=None)
    assert "| set | questions | n | nDCG@10 | recall@10 |" in page
    assert "| records | all | 10 | 0.750 [0.500, 0.875] (8) | 1.000 [0.900, 1.000] |" in page
    assert "`python -m benchmarks.quality FOLDER`" in page


def test_the_command_that_makes_the_table_again_is_the_whole_one() -> None:
    page = table([Line(name="records", group="all", questions=8, figures={"joint": FIGURE})], limit=5, sets=["records"])
    assert "`python -m benchmarks.quality FOLDER --sets records --limit 5`" in page


def test_japanese_questions_over_english_pages_are_compared_with_their_twins() -> None:
    recalls = {"ja": 0.6, "en": 0.8}
    lines = [
        Line(
            name="pages-english-pages",
            group=group,
            questions=8,
            figures={"recall@10": Figure(value=value, low=0.0, high=1.0, n=8)},
        )
        for group, value in recalls.items()
    ]
    assert "the Japanese questions is 0.75 of" in table(lines, limit=None, sets=None)
