"""The setting `reranker` decides what looks at the passages of a search once more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli.main import main
from tests.fakes.embedder import HashEmbedder
from tests.fakes.knowledge_base import Library


@pytest.mark.parametrize(("setting", "ranked"), [("", False), ("none", False), ("Local", True)])
def test_passages_are_ranked_anew_only_where_the_setting_says_so(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    setting: str,
    *,
    ranked: bool,
) -> None:
    library = Library(tmp_path, HashEmbedder(dimensions=256))
    library.add("a.md", "送料は当社が持ちます。返品の期限は商品到着後30日です。", title="返品規程")
    library.store.close()
    monkeypatch.setattr("retrieval.embedding.local_embedder", lambda *_, **__: library.embedder)
    monkeypatch.setenv("TENKYO_STORE", f"sqlite:///{tmp_path / 'kb.db'}")
    monkeypatch.setenv("TENKYO_RERANKER", setting)
    monkeypatch.chdir(tmp_path)
    assert main(["search", "返品の期限は商品到着後何日ですか", "--output", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert ["rerank" in passage["lanes"] for passage in found["passages"]] == [ranked]
    assert ("rerank" in found["timings_ms"]) == ranked
