"""A small knowledge base in two languages, the settings that point at it, and an embedder without a model."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from retrieval.values import Attributes, Labels
from tests.fakes.embedder import HashEmbedder
from tests.fakes.knowledge_base import Library

Written = Callable[..., Path]

QUESTIONS: list[dict[str, object]] = [
    {
        "query_id": "ja-1",
        "question": "返品の期限は商品到着後何日以内ですか",
        "lang": "ja",
        "answers": ["３０日以内"],
        "evidence": "返品の期限は商品到着後30日以内です。",
        "document": "returns.ja.md",
        "relevant": ["returns.ja.md", "returns.en.md"],
        "kind": "lookup",
    },
    {
        "id": "en-1",
        "question": "What is the return deadline after delivery?",
        "answers": ["30 days"],
        "relevant": ["returns.en.md"],
        "kind": "lookup",
        "labels": ["public"],
    },
    {
        "id": "ja-2",
        "question": "給与は毎月何日に支払いますか",
        "answers": ["25日"],
        "relevant": ["pay.md"],
        "labels": ["support"],
        "answerable_with": ["hr"],
        "kind": "forbidden",
    },
    {"id": "en-2", "question": "Which colour has the moon rocket QX-9000?", "relevant": [], "kind": "unanswerable"},
    {"id": "free", "question": "送料はだれの負担ですか", "kind": "unlabelled"},
    {"id": "gone", "question": "How do I reset a password?", "answers": ["link"], "relevant": ["faq.jsonl#faq-9"]},
]


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    """Return the knowledge base; the command line finds it by its settings, with the same embedder."""
    folder = tmp_path / "store"
    folder.mkdir()
    made = Library(folder, HashEmbedder(dimensions=256))
    made.add(
        "returns.ja.md",
        "返品の期限は商品到着後30日以内です。送料はお客様の負担です。",
        "箱は捨てないでください。",
        title="返品規程",
    )
    made.add(
        "returns.en.md", "The return deadline is 30 days after delivery. Shipping is paid by you.", title="Returns"
    )
    made.add("pay.md", "給与は毎月25日に支払います。", title="給与", attributes=labelled("hr"))
    made.add("lamp.md", "The gateway lamp blinks red without a connection.", title="Gateway")
    monkeypatch.setenv("TENKYO_STORE", f"sqlite:///{folder / 'kb.db'}")
    monkeypatch.setenv("TENKYO_GLOSS", "off")  # with a hash embedder the dictionary would decide
    monkeypatch.setattr("retrieval.embedding.local_embedder", lambda *_, **__: made.embedder)
    monkeypatch.chdir(tmp_path)
    before = signal.getsignal(signal.SIGTERM)
    yield made
    signal.signal(signal.SIGTERM, before)
    made.store.close()


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Return what writes questions into a file: those above, or other ones."""

    def write(rows: list[dict[str, object]] | None = None, *, name: str = "questions.jsonl") -> Path:
        path = tmp_path / name
        path.write_text(
            "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows or QUESTIONS), encoding="utf-8"
        )
        return path

    return write


def labelled(*labels: str) -> Attributes:
    """Return attributes that let only these labels in."""
    return Attributes(labels=Labels(allow=frozenset(labels)))
