"""The command line's rim: help, exit codes, one message per error. Nothing here opens a store or a model."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from app.cli.main import app, main
from retrieval.errors import StoreError, TenkyoError, UserError

ROOT = Path(__file__).resolve().parents[3]
HEAVY = {
    *("numpy", "onnxruntime", "onnx", "tokenizers", "fastapi", "starlette", "uvicorn", "pydantic", "unstructured"),
    *("boto3", "opensearchpy", "langchain", "langchain_core", "spacy", "pypdfium2", "sqlite3", "tiktoken", "lxml"),
}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)
    assert [] == [path.name for path in tmp_path.iterdir() if path.name == ".tenkyo"]


def names() -> list[str]:
    return [command.name or "" for command in app.registered_commands]


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from app.cli.main import main; assert main(['--help']) == 0;"
        "print(*sorted(name for name in sys.modules if '.' not in name), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set() == HEAVY & set(done.stderr.split())


@pytest.mark.parametrize("name", names())
def test_every_command_has_help_and_gives_json(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main([name, "--help"])
    shown = capsys.readouterr().out
    assert "--output" in shown
    assert name in (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", names())
def test_every_option_of_a_command_stands_in_the_documentation(name: str) -> None:
    documented = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    command = typer.main.get_command(app)
    assert hasattr(command, "commands")
    options = {option for param in command.commands[name].params for option in param.opts if option.startswith("--")}
    assert set() == {option for option in options - {"--help"} if not re.search(rf"{option}(?![\w-])", documented)}


def test_the_version_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["--version"])
    assert capsys.readouterr().out.startswith("tenkyo ")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["unknown"], 2, "No such command"),
        (["ask"], 2, "Give one question"),
        (["ask", "x", "--questions", "f"], 2, "Give one question"),
        (["ask", "--questions", "f"], 2, "--questions FILE and --out FILE go together"),
        (["ask", "--questions", "f", "--out", "o", "--after", "x"], 2, "--after goes with one question"),
        (["search", "--queries", "f", "--run", "r", "--after", "x"], 2, "--after goes with one question"),
        (["ask", "x", "--as-of", "soon"], 2, "--as-of 'soon'"),
        (["ask", "x", "--filter", "product"], 2, "expected field=value"),
        (["search"], 2, "Give one question"),
        (["search", "x", "--limit", "0"], 2, "--limit"),
        (["search", "x", "--output", "xml"], 2, "--output"),
        (["search", "--queries", "f"], 2, "go together"),
        (["ask", "x"], 2, "no knowledge base at"),
        (["status"], 2, "tenkyo ingest PATH"),
        (["show", "nonsense"], 2, "no knowledge base at"),
        (["ingest", "absent"], 2, "no such file or folder"),
        (["ingest", ".", "--records"], 2, "--records takes files"),
        (["ingest", ".", ".", "--source", "x"], 2, "give one PATH"),
        (["ingest", "x.jsonl", "--records", "--include", "*"], 2, "are for folders"),
        (["--config", "absent.toml", "status"], 4, "no such file"),
        (["serve", "--host", "0.0.0.0"], 2, "does not authenticate"),
        (["demo", "--samples", "absent"], 2, "--samples"),
    ],
)
def test_a_mistake_is_one_message_on_standard_error_and_its_exit_code(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert code == main(arguments)
    out, err = capsys.readouterr()
    assert "" == out
    assert said in " ".join(err.split())
    assert "Traceback" not in err


def test_settings_errors_exit_with_4(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("TENKYO_STROE", "x")
    assert 4 == main(["status"])
    assert "did you mean TENKYO_STORE?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (UserError("wrong"), 2, "tenkyo: wrong"),
        (StoreError("gone"), 5, "tenkyo: gone"),
        (ZeroDivisionError("oh"), 1, "a bug in Tenkyo: ZeroDivisionError: oh"),
        (KeyboardInterrupt(), 130, ""),
        (SystemExit(143), 143, ""),
    ],
)
def test_an_error_on_the_way_is_its_exit_code_without_a_traceback(
    error: BaseException, code: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("app.wiring.wiring_here", fail)
    assert code == main(["gaps"])
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err


def test_a_store_in_a_folder_that_cannot_be_made_is_a_settings_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TENKYO_STORE", f"sqlite:///{tmp_path}/file/kb.db")
    assert 4 == main(["ingest", str(tmp_path)])
    assert "environment variable TENKYO_STORE" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["ingest", "a" * 300], ["ingest", "a/" * 3000], ["--config", "a" * 300, "status"]]
)
def test_a_file_that_the_machine_refuses_is_named_and_no_bug(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert 2 == main(arguments)
    err = capsys.readouterr().err
    assert "File name too long" in err
    assert "bug" not in err


def test_labels_to_see_with_that_no_document_can_carry_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == main(["search", "x", "--as", "a,\udcb4"])
    assert "half a character" in capsys.readouterr().err


def test_what_the_terminal_has_no_letters_for_is_written_as_escapes() -> None:
    code = (
        "import sys; from app.cli import main, output;main.main = lambda _: output.emit({'a': '返品'}) or 0; main.run()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        check=False,
    )
    assert (0, {"a": "返品"}, b"") == (done.returncode, json.loads(done.stdout), done.stderr)


def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise TenkyoError

    monkeypatch.setattr("app.wiring.wiring_here", fail)
    with pytest.raises(TenkyoError):
        main(["--debug", "gaps"])


def test_a_reader_that_leaves_early_is_no_error() -> None:
    code = "import sys; from app.cli.main import run; sys.argv = ['tenkyo', '--help']; run()"
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, check=False
        )
    finally:
        os.close(writing)
    assert (0, b"") == (done.returncode, done.stderr)
