"""The library that questions are asked of."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.embedder import HashEmbedder
from tests.fakes.knowledge_base import Library
from tests.unit.retrieval.answers.asking import LIST, labelled


@pytest.fixture
def library(tmp_path: Path) -> Library:
    made = Library(tmp_path, HashEmbedder(dimensions=256))
    made.add("ja", "返品の期限は商品到着後30日以内です。送料はお客様の負担です。", LIST, title="返品規程")
    made.add("en", "The return deadline is 30 days after delivery. Shipping is paid by you.", title="Return policy")
    made.add("hr", "給与は毎月25日に支払います。", title="給与", attributes=labelled("hr"))
    return made
