"""The dictionary between Japanese and English: which words it finds, and that nothing needs it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import retrieval.gloss as extra
from retrieval.errors import SettingsError
from retrieval.gloss import Gloss, installed, open_gloss
from retrieval.gloss.dictionary import Dictionary


@pytest.fixture(scope="module")
def gloss() -> Gloss:
    """Return the gloss over the real dictionaries: what CI needs, CI installs."""
    return open_gloss()


def said(gloss: Gloss, question: str, language: str) -> dict[str, tuple[str, ...]]:
    found = gloss.glossed(question, language=language)
    return {} if found is None else {one.text: one.wordings for one in found.expansions}


@pytest.mark.parametrize(
    ("question", "word", "english"),
    [
        ("コンテナを動かす", "コンテナ", "container"),
        ("デプロイとは", "デプロイ", "deployment"),
        ("クエリパラメータ", "パラメータ", "parameter"),
        ("サーバの設定", "サーバ", "server"),
        ("依存性の注入", "注入", "injection"),
        ("文字列", "文字列", "character string"),
        ("有給休暇の申請期限", "有給休暇", "paid vacation"),
        ("有給休暇の申請期限", "期限", "deadline"),
        ("申し込んだ", "申し込ん", "apply for"),
        ("取り消せますか", "取り消せ", "cancel"),
        ("パスワードを忘れた", "忘れ", "forget"),
        ("ｺﾝﾃﾅ", "コンテナ", "container"),
    ],
)
def test_a_japanese_word_is_looked_for_in_english(gloss: Gloss, question: str, word: str, english: str) -> None:
    assert any(english in wording for wording in said(gloss, question, "ja")[word])


@pytest.mark.parametrize(
    ("question", "word", "japanese"),
    [
        ("How do containers start?", "containers", "コンテナ"),
        ("Query parameters", "parameters", "パラメーター"),
        ("paid vacation", "paid vacation", "有給休暇"),
        ("dependency injection", "injection", "注入"),
        ("the first steps", "first steps", "第一歩"),
    ],
)
def test_an_english_word_is_looked_for_in_japanese(gloss: Gloss, question: str, word: str, japanese: str) -> None:
    assert japanese in said(gloss, question, "en")[word]


def test_the_query_is_one_group_a_word_and_keeps_what_is_the_same_in_both(gloss: Gloss) -> None:
    found = gloss.glossed("FastAPIでコンテナを30日使う", language="ja")
    assert found is not None
    assert found.language == "en"
    glosses = [group for group in found.query.groups if group.alternatives]
    typed = {token for group in found.query.groups for token in group.tokens}
    assert all(not group.tokens for group in glosses)
    assert ("contain",) in [alternative.tokens for group in glosses for alternative in group.alternatives]
    assert {"fastapi", "30", "=30day"} <= typed
    assert max(a.weight for group in glosses for a in group.alternatives) == 1.0


@pytest.mark.parametrize(
    ("question", "language"),
    [("のでから", "ja"), ("何日ですか", "ja"), ("", "ja"), ("?", "en"), ("the of", "en"), ("xqzt", "en")],
)
def test_a_question_without_a_word_of_the_dictionary_has_no_gloss(gloss: Gloss, question: str, language: str) -> None:
    assert gloss.glossed(question, language=language) is None


def test_a_pasted_letter_is_glossed_by_its_beginning(gloss: Gloss) -> None:
    found = gloss.glossed("コンテナと申請と期限と会議と。" * 1000, language="ja")
    assert found is not None
    assert len(found.query.groups) < 20


def test_threads_share_one_gloss(gloss: Gloss) -> None:
    questions = ["コンテナの申請期限", "会議室の予約", "有給休暇はいつから"] * 20
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda q: gloss.glossed(q, language="ja"), questions))
    assert together == [gloss.glossed(question, language="ja") for question in questions]


def test_without_the_extra_the_message_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extra, "find_spec", lambda name: None)
    assert not installed()
    with pytest.raises(SettingsError, match=r"pip install 'tenkyo\[gloss\]'"):
        open_gloss()


def test_nothing_is_loaded_before_a_question_needs_it() -> None:
    code = (
        "import sys; from retrieval.gloss import open_gloss; open_gloss();"
        "print([m for m in ('sudachipy', 'jamdict_data') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_damaged_dictionary_is_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import jamdict_data

    sqlite3.connect(tmp_path / "empty.db").close()
    (tmp_path / "empty.db").write_bytes(b"no database, but bytes" * 100)
    monkeypatch.setattr(jamdict_data, "JAMDICT_DB_PATH", str(tmp_path / "empty.db"))
    with pytest.raises(SettingsError, match="reinstall"):
        Dictionary()
