"""A measurement killed between two questions goes on where it was, and ends as if nothing had happened."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.embedder import HashEmbedder
from tests.fakes.knowledge_base import Library

pytestmark = [pytest.mark.slow, pytest.mark.server]

ROOT = Path(__file__).resolve().parents[2]
CHILD = """
import os, signal, sys
import retrieval.embedding
from app.cli.main import main
from app.evaluation.asking import Asker
from tests.fakes.embedder import HashEmbedder

retrieval.embedding.local_embedder = lambda *_, **__: HashEmbedder(dimensions=256)
ask, left = Asker.ask, int(sys.argv[1])

def counted(self, question):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    print(question.id, file=sys.stderr)
    return ask(self, question)

Asker.ask = counted
sys.exit(main(sys.argv[2:]))
"""


def test_a_killed_measurement_asks_no_question_twice(tmp_path: Path) -> None:
    library = Library(tmp_path, HashEmbedder(dimensions=256))
    for n in range(8):
        library.add(f"{n}.md", f"規程{n}では、経費の申請は第{n}営業日までに行います。", title=f"規程{n}")
    library.store.close()
    questions = tmp_path / "q.jsonl"
    rows = [
        {
            "id": f"q{n}",
            "question": f"規程{n}の経費の申請はいつまで",
            "relevant": [f"{n}.md"],
            "answers": [f"第{n}営業日"],
        }
        for n in range(8)
    ]
    questions.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")

    def run(lives: int, out: str) -> tuple[int, list[str]]:
        command = [str(lives), "eval", str(questions), "--as-of", "2026-04-01", "--out", str(tmp_path / out)]
        done = subprocess.run(
            [sys.executable, "-c", CHILD, *command],
            cwd=ROOT,
            env={**os.environ, "TENKYO_STORE": f"sqlite:///{tmp_path / 'kb.db'}"},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, [line for line in done.stderr.splitlines() if line.startswith("q") and len(line) == 2]

    def outcome(out: str) -> list[dict[str, object]]:
        found = json.loads((tmp_path / out).read_text(encoding="utf-8"))["questions"]
        return [{key: one for key, one in row.items() if key != "latency_ms"} for row in found]

    assert (-signal.SIGKILL, ["q0", "q1", "q2"]) == run(3, "killed.json")
    assert not (tmp_path / "killed.json").exists()
    assert (-signal.SIGKILL, ["q3", "q4"]) == run(2, "killed.json")
    assert (0, ["q5", "q6", "q7"]) == run(99, "killed.json")
    assert (0, [f"q{n}" for n in range(8)]) == run(99, "undisturbed.json")
    assert outcome("undisturbed.json") == outcome("killed.json")
