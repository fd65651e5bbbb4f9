"""Sidecars: read as they are meant, refused when they are broken, never guessed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from ingest.sources.folder import FolderSource
from ingest.sources.sidecar import MAX_SIDECAR_BYTES
from retrieval.ports import SourceItem
from retrieval.values import Attributes, Labels


def listed(folder: Path, sidecar: str | bytes) -> SourceItem:
    (folder / "a.md").write_text("text")
    data = sidecar if isinstance(sidecar, bytes) else sidecar.encode()
    (folder / "a.md.metadata.json").write_bytes(data)
    (item,) = FolderSource(folder, labels=["public"]).list().items
    return item


def test_every_understood_key_is_taken_and_the_rest_is_metadata(tmp_path: Path) -> None:
    given = {
        "allow": ["support", "経理"],
        "deny": "guest, intern",
        "title": " 返品\n規定 ",
        "language": "ja-JP",
        "effective_from": "2026-04-01",
        "superseded_by": "policy/2027.md",
        "review_by": "2027-03-31",
        "trust": "official",
        "product": "ケーブルX",
        "year": 2026,
        "open": True,
        "regions": ["kanto", "関西"],
    }
    item = listed(tmp_path, json.dumps({"metadataAttributes": given}))
    assert item.problem is None
    assert item.attributes == Attributes(
        labels=Labels(allow=frozenset({"support", "経理"}), deny=frozenset({"guest", "intern"})),
        title="返品 規定",
        language="ja",
        effective_from=date(2026, 4, 1),
        superseded_by="policy/2027.md",
        review_by=date(2027, 3, 31),
        trust="official",
        metadata={"open": True, "product": "ケーブルX", "regions": ("kanto", "関西"), "year": 2026},
    )


def test_typed_values_of_bedrock_mean_the_same(tmp_path: Path) -> None:
    given = {
        "allow": {"value": {"type": "STRING_LIST", "stringListValue": ["hr"]}, "includeForEmbedding": False},
        "year": {"value": {"type": "NUMBER", "numberValue": 2026}},
        "final": {"value": {"type": "BOOLEAN", "booleanValue": False}},
        "plan": {"value": {"type": "STRING", "stringValue": "pro"}, "includeForEmbedding": True},
    }
    item = listed(tmp_path, "\ufeff" + json.dumps({"metadataAttributes": given}))
    assert item.problem is None
    assert frozenset({"hr"}) == item.attributes.labels.allow
    assert {"final": False, "plan": "pro", "year": 2026} == item.attributes.metadata


def test_deny_alone_keeps_the_labels_of_the_folder(tmp_path: Path) -> None:
    item = listed(tmp_path, '{"metadataAttributes": {"deny": ["guest"]}}')
    assert Labels(allow=frozenset({"public"}), deny=frozenset({"guest"})) == item.attributes.labels


def test_an_empty_allow_shows_the_document_to_nobody(tmp_path: Path) -> None:
    assert listed(tmp_path, '{"metadataAttributes": {"allow": []}}').attributes.labels == Labels()


@pytest.mark.parametrize(
    ("sidecar", "told"),
    [
        ("{", "no JSON"),
        ("[" * 100_000, "larger than"),
        ("[" * 50_000, "no JSON"),
        (b"\x83\x8b", "not UTF-8"),
        ("[]", "metadataAttributes"),
        ('{"allow": ["hr"]}', "metadataAttributes"),
        ('{"metadataAttributes": {"allow": 5}}', "'allow'"),
        ('{"metadataAttributes": {"allow": ["a b"]}}', "'a b'"),
        ('{"metadataAttributes": {"deny": [1]}}', "'deny'"),
        ('{"metadataAttributes": {"Allow": ["hr"]}}', "written 'allow'"),
        ('{"metadataAttributes": {"x": 1}, "allow": ["hr"]}', "'allow' must stand within"),
        ('{"metadataAttributes": {"deny ": ["hr"]}}', "written 'deny'"),
        ('{"metadataAttributes": {"allow": ["hr"], "allow": ["public"]}}', "twice"),
        ('{"metadataAttributes": {"effective_from": "2026-02-30"}}', "'2026-02-30'"),
        ('{"metadataAttributes": {"review_by": 2026}}', "'review_by'"),
        ('{"metadataAttributes": {"language": "日本語"}}', "'language'"),
        ('{"metadataAttributes": {"title": ["x"]}}', "'title'"),
        ('{"metadataAttributes": {"x": {"nested": 1}}}', "'x'"),
        ('{"metadataAttributes": {"x": [1, 2]}}', "'x'"),
        ('{"metadataAttributes": {"x": NaN}}', "no JSON"),
        ('{"metadataAttributes": {"x": "\\ud800"}}', "'x'"),
        ('{"metadataAttributes": {"x": {"value": {"type": "NUMBER", "numberValue": "5"}}}}', "'x'"),
        ('{"metadataAttributes": {"x": {"value": {"type": "NUMBER", "numberValue": true}}}}', "'x'"),
        ("x" * (MAX_SIDECAR_BYTES + 1), "larger than"),
    ],
)
def test_a_broken_sidecar_is_a_problem_that_names_file_fault_and_remedy(
    tmp_path: Path, sidecar: str | bytes, told: str
) -> None:
    problem = listed(tmp_path, sidecar).problem or ""
    assert "'a.md.metadata.json'" in problem
    assert told in problem
    assert "Mend or remove it" in problem


def test_a_sidecar_that_is_a_link_is_a_problem_and_not_ignored(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("text")
    (tmp_path / "real.json").write_text('{"metadataAttributes": {}}')
    (tmp_path / "a.md.metadata.json").symlink_to(tmp_path / "real.json")
    items = {item.key: item.problem for item in FolderSource(tmp_path).list().items}
    assert "cannot be read" in (items["a.md"] or "")
