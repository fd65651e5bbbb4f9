"""Glossary, pins and the dictionary of two languages, through the real command line and the real model."""

from __future__ import annotations

import pytest

from tests.integration.conftest import Desk

pytestmark = [pytest.mark.server, pytest.mark.slow]

_SETTINGS = """
[[glossary]]
terms = ["有休", "年次有給休暇"]

[[glossary]]
from = "PTO"
to = ["paid time off"]

[[pins]]
question = "*休暇*"
first = ["docs/notice.md", "docs/absent.md"]

[[pins]]
question = ["notice board", "掲示板"]
never = ["notice.md"]
"""

_DOCUMENTS = {
    "leave.md": "# 休暇規程\n\n年次有給休暇は入社半年後に10日を付与する。\n",
    "travel.md": "# 出張規程\n\n出張の前に上長の承認を得る。\n",
    "notice.md": "# お知らせ\n\n掲示板は一階にあります。The notice board is on the first floor.\n",
    "off.md": "# Absence\n\nPaid time off is granted after six months of service.\n",
    "containers.md": "# Containers\n\nA container is deployed with one command to the cluster.\n",
}


@pytest.fixture
def words(desk: Desk) -> Desk:
    """Return a desk with five documents, a glossary and pins."""
    (desk.folder / "docs").mkdir()
    for name, text in _DOCUMENTS.items():
        (desk.folder / "docs" / name).write_text(text, encoding="utf-8")
    (desk.folder / "tenkyo.toml").write_text(_SETTINGS, encoding="utf-8")
    desk.tenkyo("ingest", "docs", "--labels", "public")
    return desk


def test_words_are_looked_for_as_the_settings_say_without_a_new_index(words: Desk) -> None:
    found = words.json("search", "有休は何日ですか", "--lane", "lexical")
    assert found["passages"][0]["record_id"] == "leave.md"
    assert {"text": "有休", "wordings": ["年次有給休暇"], "origin": "glossary"} in found["expansions"]
    english = words.json("search", "When do I get PTO?", "--lane", "lexical")
    assert english["passages"][0]["record_id"] == "off.md"
    assert english["expansions"][0]["wordings"] == ["paid time off"]

    answer = words.json("ask", "有休は何日付与されますか")
    assert answer["status"] == "answered"
    assert "10日" in answer["answer"]

    (words.folder / "tenkyo.toml").write_text("", encoding="utf-8")
    left = words.json("search", "有休は何日ですか")["expansions"]
    assert "glossary" not in {one["origin"] for one in left}

    # Pins: the notice first for questions of leave, and never for those of the notice board itself.
    (words.folder / "tenkyo.toml").write_text(_SETTINGS, encoding="utf-8")
    pinned = words.json("search", "休暇はいつ取れますか")["passages"]
    assert (pinned[0]["record_id"], pinned[0]["lanes"]["pinned"]["rank"]) == ("notice.md", 1)
    for question in ("掲示板はどこ", "Where is the notice board?"):
        banned = words.json("search", question, "--limit", "20")["passages"]
        assert "notice.md" not in [passage["record_id"] for passage in banned]

    # A Japanese question earns words in the English document, by the dictionary; not when it is off.
    glossed = words.json("search", "コンテナのデプロイ")
    best = glossed["passages"][0]
    assert (best["record_id"], best["lanes"]["gloss"]["rank"]) == ("containers.md", 1)
    assert "gloss" in {one["origin"] for one in glossed["expansions"]}
    off = words.tenkyo("search", "コンテナのデプロイ", "-o", "json", TENKYO_GLOSS="off").stdout
    assert '"gloss"' not in off

    checks = {check["name"]: check for check in words.json("doctor")["checks"]}
    assert "2 entries, 4 wordings" in checks["glossary"]["detail"]
    assert "tenkyo.toml" in checks["glossary"]["detail"]
    assert checks["pins"]["detail"] == "2 rules, 3 documents; not in the index: docs/absent.md"
    assert "CC BY-SA" in checks["gloss"]["detail"]
    assert all(checks[name]["ok"] for name in ("glossary", "pins", "gloss"))
