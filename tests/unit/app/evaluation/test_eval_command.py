"""`tenkyo eval` from the outside: a tiny knowledge base, the real wiring, an embedder without a model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from tests.fakes.library import Library
from tests.unit.app.evaluation.conftest import QUESTIONS, Written


def result(questions: Path, *options: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert 0 == main(["eval", str(questions), "--output", "json", *options])
    value: dict[str, Any] = json.loads(capsys.readouterr().out)
    return value


def test_try(library: Library, written: Written, capsys: pytest.CaptureFixture[str]) -> None:
    made = result(written(), capsys=capsys)
    Path("/tmp/eval-try.json").write_text(json.dumps(made, ensure_ascii=False, indent=1))
