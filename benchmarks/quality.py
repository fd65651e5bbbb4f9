"""Measure search, answers and refusals on question sets, on half b of each, and write one table.

::

    python -m benchmarks.quality FOLDER [--sets a b] [--limit N] [--work DIR] [--out docs/quality.md]

Every set found under ``FOLDER`` (see `benchmarks.questions`), and the samples, goes into a store of its own by the
real ingestion, is calibrated on half a by ``tenkyo calibrate`` and measured by ``tenkyo eval``. Sets of pages are
measured once more with their English pages alone. Stores, vectors and finished questions stay in ``--work``: a run
that broke off goes on, a second one embeds nothing.
"""

from __future__ import annotations

import argparse
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from app.evaluation.report import read_report
from benchmarks.ingested import ingested
from benchmarks.questions import SAMPLES, QuestionSet, find_sets
from retrieval.evaluation.bootstrap import Figure
from retrieval.evaluation.measures import MEASURES, WHOLE, measured
from retrieval.evaluation.rows import Row
from retrieval.evaluation.sampling import half_of

_TENKYO = Path(sys.executable).with_name("tenkyo")
_SHOWN = (
    *("ndcg@10", "recall@10", "answer_holds", "span_holds", "answered_found", "refused_deleted", "joint"),
    *("separation", "coverage@5", "wrong", "false_answers", "latency_p95"),
)
_ENGLISH_ONLY = "-english-pages"
_SEED = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of the table: a set, a group of its questions, and their figures."""

    name: str
    group: str
    questions: int
    figures: Mapping[str, Figure]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="benchmarks.quality", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="where question sets are, at any depth")
    parser.add_argument("--sets", nargs="+", metavar="NAME", help="only these sets; the samples are called samples")
    parser.add_argument("--limit", type=int, metavar="N", help="at most N questions of every set")
    parser.add_argument("--work", type=Path, metavar="DIR", help="where stores and vectors stay for the next run")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="where the built embedder is kept")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the table goes; standard output without it")
    options = parser.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    sets = [varied for one in find_sets(options.folder, options.sets) for varied in _variants(one)]
    if options.sets is None or SAMPLES.name in options.sets:
        sets.append(SAMPLES)
    with tempfile.TemporaryDirectory() as temporary:
        work = (options.work or Path(temporary)).resolve()
        cache = (options.cache or work / "models").resolve()
        lines = [line for one in sets for line in _lines(one, work=work, cache=cache, limit=options.limit)]
    page = table(lines, limit=options.limit, sets=options.sets)
    if options.out is None:
        print(page, end="")
    else:
        options.out.write_text(page, encoding="utf-8")


def _variants(one: QuestionSet) -> Iterator[QuestionSet]:
    yield one
    if one.pages:
        yield replace(one, name=f"{one.name}{_ENGLISH_ONLY}", only="en")


def _lines(one: QuestionSet, *, work: Path, cache: Path, limit: int | None) -> Iterator[Line]:
    """Yield the lines of a set: make its store ready, ask its questions, part them into groups."""
    database = _ready(one, work=work, cache=cache, limit=limit)
    rows = _asked(one, database, cache=cache, limit=limit)
    half = [row for row in rows if half_of(row.id) == "b"]
    figures = measured(half, seed=_SEED)
    for group in (name for name in _groups(one) if name in figures):
        questions = sum(1 for row in half if _belongs(row, group))
        yield Line(name=one.name, group=group, questions=questions, figures=figures[group])
    if one is SAMPLES:
        whole = measured(rows, seed=_SEED)["all"]
        kept = {name: whole[name] for name in ("false_answers",)}
        yield Line(name=one.name, group="both halves", questions=len(rows), figures=kept)


def _groups(one: QuestionSet) -> tuple[str, ...]:
    """Return which groups of questions tell something in a set: languages where it has several, or else all."""
    if one.pages and one.only is None:
        return "ja", "en", "ja-en", "en-ja"
    return ("ja", "en") if one.pages or one is SAMPLES else (WHOLE,)


def _ready(one: QuestionSet, *, work: Path, cache: Path, limit: int | None) -> Path:
    """Return the store of a set, ready to be asked: taken in, and calibrated on half a."""
    _say(f"{one.name}: taking in")
    database = ingested(one, work=work, cache=cache)
    calibrated = database.with_name("calibrated")
    if not calibrated.exists():
        _say(f"{one.name}: calibrating")
        _tenkyo("calibrate", one, ["--half", "a", *_limited(limit)], database=database, cache=cache)
        calibrated.touch()
    return database


def _asked(one: QuestionSet, database: Path, *, cache: Path, limit: int | None) -> tuple[Row, ...]:
    """Return the rows of ``tenkyo eval``: half b, but all questions of the samples."""
    _say(f"{one.name}: asking")
    result = database.with_name("result.json")
    options = ["--out", str(result), "--work", str(database.with_name("work.jsonl")), "--seed", str(_SEED)]
    options += [] if one is SAMPLES else ["--half", "b"]
    options += _limited(limit)
    _tenkyo("eval", one, options, database=database, cache=cache)
    return read_report(result, seed=_SEED).rows


def _limited(limit: int | None) -> list[str]:
    return ["--limit", str(limit)] if limit else []


def _tenkyo(command: str, one: QuestionSet, options: Sequence[str], *, database: Path, cache: Path) -> None:
    """Run a command over a store and a set's questions; its settings are the defaults and those of the environment."""
    arguments = [command, str(one.questions.resolve()), *options, *(["--as-of", one.as_of] if one.as_of else [])]
    environ = {**os.environ, "TENKYO_STORE": f"sqlite:///{database}", "TENKYO_CACHE": str(cache)}
    done = subprocess.run(
        [_TENKYO, *arguments],
        cwd=database.parent,
        env=environ,
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if done.returncode != 0:
        raise SystemExit(f"tenkyo {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")


def _belongs(row: Row, group: str) -> bool:
    if group == WHOLE:
        return True
    language, _, documents = group.partition("-")
    return row.language == language and (not documents or documents in row.by_language)


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def table(lines: Sequence[Line], *, limit: int | None, sets: Sequence[str] | None) -> str:
    """Return the figures as one Markdown table with 95 % intervals, and how to make it again."""
    titles = {measure.name: measure.title for measure in MEASURES}
    shown = [name for name in _SHOWN if any(_value(line, name) is not None for line in lines)]
    command = "python -m benchmarks.quality FOLDER"
    command += f" --sets {' '.join(sets)}" if sets else ""
    command += f" --limit {limit}" if limit else ""
    rows = [
        ["set", "questions", "n", *(titles[name] for name in shown)],
        ["---", "---", *("---:" for _ in range(len(shown) + 1))],
        *(
            [line.name, line.group, str(line.questions), *(_cell(line, name) for name in shown)]
            for line in lines
            if any(_value(line, name) is not None for name in shown)
        ),
    ]
    written = "\n".join(f"| {' | '.join(cells)} |" for cells in rows)
    return f"""# Quality

Made by `{command}`; FOLDER holds question sets in the form of `benchmarks/questions.py`.
What each measure is stands in [evaluation.md](evaluation.md).
Reported is half b of each set; half a was calibrated on (`tenkyo calibrate`), also among the samples' "both halves".
In brackets: the 95 % interval of the bootstrap, and how many questions have a say where it is not n.
A pair such as ja-en holds the Japanese questions with a relevant English document, judged by these documents alone.
`{_ENGLISH_ONLY}` are the same pages without the Japanese ones. Latencies are of one machine, to compare lines by.

{written}
{_twins(lines)}"""


def _twins(lines: Sequence[Line]) -> str:
    """Return how far Japanese questions over English pages get, compared with the same questions in English."""
    said = []
    for name in dict.fromkeys(line.name for line in lines if line.name.endswith(_ENGLISH_ONLY)):
        recalls = {line.group: _value(line, "recall@10") for line in lines if line.name == name}
        ja, en = (recalls.get(group) for group in ("ja", "en"))
        if ja is not None and en:
            said.append(f"{name}: recall@10 of the Japanese questions is {ja / en:.2f} of their English twins'.\n")
    return "\n" + "\n".join(said) if said else ""


def _value(line: Line, name: str) -> float | None:
    figure = line.figures.get(name)
    return None if figure is None else figure.value


def _cell(line: Line, name: str) -> str:
    figure = line.figures.get(name)
    if figure is None or figure.value is None:
        return ""
    digits = 0 if name.startswith("latency") else 3
    interval = f" [{figure.low:.{digits}f}, {figure.high:.{digits}f}]" if figure.low is not None else ""
    say = f" ({figure.n})" if figure.n != line.questions else ""
    unit = " ms" if name.startswith("latency") else ""
    return f"{figure.value:.{digits}f}{unit}{interval}{say}"


if __name__ == "__main__":
    main()
