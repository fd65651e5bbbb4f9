"""The samples taken in once by the real command line with the real model, for all tests that ask them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
TENKYO = Path(sys.executable).with_name("tenkyo")


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """A folder to work in, with a store and the model's cache."""

    folder: Path
    environ: dict[str, str]

    def tenkyo(self, *arguments: str, expect: int | None = 0, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        done = subprocess.run(
            [TENKYO, *arguments],
            cwd=self.folder,
            env={**self.environ, **environ},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if expect is not None:
            assert expect == done.returncode, f"{arguments}: {done.stdout[-2000:]} {done.stderr[-2000:]}"
        return done

    def json(self, *arguments: str, expect: int = 0) -> dict[str, Any]:
        """Run one command and return the one JSON object that it writes."""
        value = json.loads(self.tenkyo(*arguments, "--output", "json", expect=expect).stdout)
        assert isinstance(value, dict)
        return value


def desk_in(folder: Path, model_cache: Path) -> Desk:
    """Return a desk with an empty store in a folder of its own."""
    return Desk(folder=folder, environ={**os.environ, "TENKYO_CACHE": str(model_cache)})


@pytest.fixture
def desk(tmp_path: Path, model_cache: Path) -> Desk:
    """Return a desk of the test's own, with nothing in its store."""
    return desk_in(tmp_path, model_cache)


@pytest.fixture(scope="session")
def knowledge(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Desk:
    """Return a desk whose store holds the samples; tests read it and add to its journal, nothing else."""
    shared = desk_in(tmp_path_factory.mktemp("knowledge"), model_cache)
    shared.tenkyo("ingest", str(ROOT / "samples" / "knowledge"), "--labels", "support", expect=3)
    shared.tenkyo(
        *("ingest", str(ROOT / "samples" / "faq.jsonl"), "--records", "--labels", "public"),
        *("--question-field", "question", "--text-field", "answer"),
    )
    return shared
