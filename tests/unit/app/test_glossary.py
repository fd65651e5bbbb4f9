"""The glossary of the settings: read from three kinds of files, and refused with the entry and the remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.settings import load
from retrieval.errors import SettingsError
from retrieval.text.wordbook import Entry


def entries(folder: Path, content: str, **environ: str) -> tuple[Entry, ...]:
    (folder / "tenkyo.toml").write_text(content, encoding="utf-8")
    return load(config=None, environ={"HOME": str(folder), **environ}, folder=folder).settings.glossary


BOTH = Entry(words=("有休", "年次有給休暇", "PTO"))
ONE_WAY = Entry(words=("社販",), to=("社員販売制度", "staff sales"), weight=0.5)


def test_entries_stand_in_the_settings_file(tmp_path: Path) -> None:
    content = """
[[glossary]]
terms = ["有休", "年次有給休暇", "PTO"]

[[glossary]]
from = "社販"
to = ["社員販売制度", "staff sales"]
weight = 0.5
"""
    assert (BOTH, ONE_WAY) == entries(tmp_path, content)


_TOML = """
[[glossary]]
terms = ["有休", "年次有給休暇", "PTO"]
[[glossary]]
from = "社販"
to = ["社員販売制度", "staff  sales"]
weight = 0.5
"""
_JSONL = """{"terms": ["有休", "年次有給休暇", "PTO"]}

{"from": "社販", "to": ["社員販売制度", "staff sales"], "weight": 0.5}
"""
_CSV = "\ufeffterms,from,to,weight\r\n有休|年次有給休暇|PTO,,,\r\n,社販,社員販売制度| staff sales ,0.5\r\n,,,\r\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("g.toml", _TOML),
        ("g.jsonl", _JSONL),
        ("g.CSV", _CSV),
    ],
)
def test_a_file_of_its_own_is_relative_to_where_it_is_named(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / name).write_text(content, encoding="utf-8")
    assert (BOTH, ONE_WAY) == entries(tmp_path, f'glossary = "words/{name}"')
    assert (BOTH, ONE_WAY) == entries(tmp_path, "", TENKYO_GLOSSARY=f"words/{name}")


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ('[[glossary]]\nterms = ["有休"]', ["glossary entry 1", "two or more"]),
        ("[[glossary]]\nterms = []", ["glossary entry 1", "two or more"]),
        ('[[glossary]]\nfrom = "有休"', ["entry 1", "to = [...]"]),
        ('[[glossary]]\nterms = ["a", "b"]\nto = "c"', ["entry 1"]),
        ('[[glossary]]\nterms = ["VPN", "ＶＰＮ"]', ["entry 1", "says the same twice"]),
        ('[[glossary]]\nfrom = "VPN"\nto = "vpn"', ["'vpn' is said for itself"]),
        ('[[glossary]]\nterms = ["有休", "PTO"]\n[[glossary]]\nfrom = "ＰＴＯ"\nto = "paid time off"',
         ["glossary entry 2", "'ＰＴＯ'", "glossary entry 1", "into one entry"]),
        ('[[glossary]]\nterms = ["有休", "。"]', ["'。'", "expected a word"]),
        ('[[glossary]]\nterms = ["有休", 3]', ["3", "expected a word"]),
        ('[[glossary]]\nterms = ["有休", "PTO"]\nweight = 2', ["weight = 2", "up to 1"]),
        ('[[glossary]]\nterms = ["有休", "PTO"]\nweight = true', ["weight = True"]),
        ('[[glossary]]\nterm = ["有休", "PTO"]', ["unknown key 'term'"]),
        (f'[[glossary]]\nterms = ["有休", "{"x" * 101}"]', ["101 characters"]),
        ('glossary = ["有休"]', ["'有休' is no entry"]),
        ("glossary = 3", ["3 is no entry"]),
        ('glossary = "absent.csv"', ["absent.csv", "No such file"]),
        ('glossary = "words.txt"', ["words.txt", ".csv, .jsonl, .toml"]),
        ('glossary = "bad.csv"', ["bad.csv line 1", "header"]),
        ('glossary = "long.csv"', ["long.csv line 2", "more cells"]),
        ('glossary = "weight.csv"', ["weight.csv line 2", "'much' is no number"]),
        ('glossary = "bad.jsonl"', ["bad.jsonl line 2", "not valid JSON"]),
        ('glossary = "list.jsonl"', ["list.jsonl line 1", "one object"]),
        ('glossary = "bad.toml"', ["bad.toml", "not valid TOML"]),
        ('glossary = "other.toml"', ["other.toml", "only [[glossary]]"]),
        ('glossary = "sjis.csv"', ["sjis.csv", "UTF-8"]),
    ],
)  # fmt: skip
def test_a_bad_entry_is_named_with_its_place_and_what_is_expected(
    tmp_path: Path, content: str, named: list[str]
) -> None:
    files = {
        "bad.csv": "word,synonym\na,b\n",
        "long.csv": "terms\na|b,c\n",
        "weight.csv": "terms,weight\na|b,much\n",
        "bad.jsonl": '{"terms": ["a", "b"]}\n{"terms": \n',
        "list.jsonl": '["a", "b"]\n',
        "bad.toml": "[[glossary",
        "other.toml": "store = 'x'",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "sjis.csv").write_bytes("terms\n有休|休暇\n".encode("cp932"))
    with pytest.raises(SettingsError) as caught:
        entries(tmp_path, content)
    assert [] == [part for part in named if part not in str(caught.value)]


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ('[[pins]]\nquestion = "返品"', ["pins.0", "neither"]),
        ('[[pins]]\nquestion = "*"\nfirst = "a.md"', ["pins.0.question", "'*' names nothing"]),
        ('[[pins]]\nquestion = "返品"\nfirst = "a.md"\nnever = ["a.md"]', ["'a.md' cannot come first"]),
        ('[[pins]]\nfirst = "a.md"', ["pins.0.question"]),
        ('[[pins]]\nquestion = "返品"\nlast = "a.md"', ["pins.0.last"]),
        ('gloss = "maybe"', ["gloss = 'maybe'", "'auto', 'on' or 'off'"]),
    ],
)
def test_a_bad_pin_or_gloss_is_named(tmp_path: Path, content: str, named: list[str]) -> None:
    with pytest.raises(SettingsError) as caught:
        entries(tmp_path, content)
    assert [] == [part for part in named if part not in str(caught.value)]


def test_pins_take_one_or_several(tmp_path: Path) -> None:
    (tmp_path / "tenkyo.toml").write_text(
        '[[pins]]\nquestion = ["返品*", "return*"]\nfirst = "a.md"\nnever = ["b.md", "c.md"]\n', encoding="utf-8"
    )
    (rule,) = load(config=None, environ={"HOME": str(tmp_path)}, folder=tmp_path).settings.pins
    assert (("返品*", "return*"), ("a.md",), ("b.md", "c.md")) == (rule.question, rule.first, rule.never)
