"""Every source of this project, held to the contract."""

from __future__ import annotations

import json
from pathlib import Path

from ingest.sources.folder import FolderSource
from ingest.sources.records import RecordSource
from retrieval.ports import Source
from tests.contracts.source_contract import SourceContract


class TestFolderSource(SourceContract):
    def source(self, folder: Path, documents: dict[str, str]) -> Source:
        root = folder / "root"
        root.mkdir(exist_ok=True)
        for file in root.iterdir():
            if file.name not in documents:
                file.unlink()
        for name, text in documents.items():
            if not (root / name).exists() or (root / name).read_text() != text:
                (root / name).write_text(text)
        return FolderSource(root, labels=["staff"])

    def content(self, data: bytes) -> str:
        return data.decode()


class TestJsonLines(SourceContract):
    def source(self, folder: Path, documents: dict[str, str]) -> Source:
        file = folder / "records.jsonl"
        file.write_text("\n".join(json.dumps({"id": key, "text": text}) for key, text in documents.items()))
        return RecordSource(file, labels=["staff"])

    def content(self, data: bytes) -> str:
        return str(json.loads(data)["text"])


class TestCsv(TestJsonLines):
    def source(self, folder: Path, documents: dict[str, str]) -> Source:
        file = folder / "records.csv"
        rows = [["id", "text"], *documents.items()]
        file.write_text("".join(",".join(row) + "\r\n" for row in rows), encoding="utf-8-sig")
        return RecordSource(file, labels=["staff"])
