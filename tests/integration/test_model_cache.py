"""The local model's network is built whole, whoever builds beside and however the builder dies."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from retrieval.embedding import local_embedder
from tests.fakes.local_model import shared_embedder

pytestmark = pytest.mark.slow

_CHILD = """
import sys, time
from pathlib import Path
from retrieval.embedding import built, local_embedder

def stop(*_):
    print("there", flush=True)
    time.sleep(600)

if sys.argv[2] == "building":
    built._write = stop
elif sys.argv[2] == "writing":
    built.os.fsync = stop
print(local_embedder(Path(sys.argv[1]), engine="onnx").embed_query("経費の精算はいつまで？").hex())
"""


def _start(folder: Path, moment: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", _CHILD, str(folder), moment], stdout=subprocess.PIPE, text=True)


def _kept(folder: Path) -> list[str]:
    return sorted(path.suffix for path in folder.iterdir())


def test_three_processes_that_start_at_once_share_one_network(tmp_path: Path, model_cache: Path) -> None:
    children = [_start(tmp_path) for _ in range(3)]
    vectors = {child.communicate(timeout=120)[0].strip() for child in children}
    assert vectors == {shared_embedder(model_cache).embed_query("経費の精算はいつまで？").hex()}
    assert _kept(tmp_path) == [".lock", ".onnx"]


@pytest.mark.parametrize("moment", ["building", "writing"])
def test_a_builder_killed_in_the_middle_harms_nobody(tmp_path: Path, model_cache: Path, moment: str) -> None:
    """``kill -9`` under the lock, before the file is written or half-way through: the next process builds it anew."""
    child = _start(tmp_path, moment)
    assert child.stdout is not None
    assert child.stdout.readline() == "there\n"
    child.kill()
    child.communicate(timeout=60)
    assert _kept(tmp_path) == {"building": [".lock"], "writing": [".half", ".lock"]}[moment]
    vector = local_embedder(tmp_path, engine="onnx").embed_query("経費の精算はいつまで？")
    assert vector == shared_embedder(model_cache).embed_query("経費の精算はいつまで？")
    assert _kept(tmp_path) == [".lock", ".onnx"]
