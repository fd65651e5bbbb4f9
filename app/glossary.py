"""The glossary of the settings: read from them or from a file of its own, checked, and made into a wordbook."""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from retrieval.errors import SettingsError
from retrieval.text.lexical import analyze_query
from retrieval.text.wordbook import Entry, Wordbook, key_of

__all__ = ["entries_of", "wordbook"]

_KEYS = ("terms", "from", "to", "weight")
_FORMS = "terms = [two or more], or from = [...] and to = [...]; weight = 0 to 1 may stand beside either"
_LONGEST = 100
_MOST_WORDS = 50
_MOST_ENTRIES = 20_000
_FILES = (".csv", ".jsonl", ".toml")

Row = tuple[str, Mapping[str, object]]
"""Where an entry stands, and what it says."""


def wordbook(entries: tuple[Entry, ...]) -> Wordbook | None:
    """Return what questions are looked up in; None for an empty glossary."""
    return Wordbook(entries) if entries else None


def entries_of(value: object, *, place: str) -> tuple[Entry, ...]:
    """Return the entries of a setting: tables as they stand in a settings file, or the path of a file of them.

    ``place`` says where the setting stands. Raises `SettingsError`, naming the entry and what is wrong with it.
    """
    rows = list(_rows_of_file(Path(value), place) if isinstance(value, str | Path) else _rows_of_tables(value, place))
    if len(rows) > _MOST_ENTRIES:
        raise SettingsError(f"glossary ({place}): {len(rows)} entries; {_MOST_ENTRIES} are allowed.")
    entries: list[Entry] = []
    owners: dict[str, str] = {}
    for where, row in rows:
        entry = _entry(row, where)
        for word in entry.words:
            key = key_of(word)
            if (owner := owners.setdefault(key, where)) != where:
                raise SettingsError(
                    f"{where}: {word!r} stands in {owner} already (width, case and hyphens make no difference):"
                    " put what it may be said as into one entry."
                )
        entries.append(entry)
    return tuple(entries)


def _rows_of_tables(value: object, place: str) -> Iterator[Row]:
    tables = value if isinstance(value, list | tuple) else [value]
    for number, table in enumerate(tables, start=1):
        where = f"glossary entry {number} ({place})"
        if not isinstance(table, dict):
            raise SettingsError(f"{where}: {table!r} is no entry: write [[glossary]] {_FORMS}; or glossary = 'a file'.")
        yield where, table


def _rows_of_file(file: Path, place: str) -> Iterator[Row]:
    if file.suffix.lower() not in _FILES:
        raise SettingsError(f"glossary = {str(file)!r} ({place}): expected a file that ends in {', '.join(_FILES)}.")
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SettingsError(f"glossary = {str(file)!r} ({place}): cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"glossary = {str(file)!r} ({place}): is not UTF-8; save it as UTF-8.") from None
    read = {".csv": _rows_of_csv, ".jsonl": _rows_of_jsonl, ".toml": _rows_of_toml}[file.suffix.lower()]
    yield from read(text, file)


def _rows_of_toml(text: str, file: Path) -> Iterator[Row]:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: not valid TOML: {error}") from None
    if set(content) - {"glossary"}:
        raise SettingsError(f"{file}: only [[glossary]] tables are expected: {_FORMS}.")
    yield from _rows_of_tables(content.get("glossary", []), str(file))


def _rows_of_jsonl(text: str, file: Path) -> Iterator[Row]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        where = f"{file} line {number}"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise SettingsError(f"{where}: not valid JSON: {error}") from None
        if not isinstance(row, dict):
            raise SettingsError(f"{where}: expected one object with {_FORMS}.")
        yield where, row


def _rows_of_csv(text: str, file: Path) -> Iterator[Row]:
    """Yield the rows of a table with a header; several wordings in a cell are separated by ``|``."""
    reader = csv.DictReader(text.splitlines())
    names = [name.strip() for name in reader.fieldnames or ()]
    if not names or set(names) - set(_KEYS):
        raise SettingsError(f"{file} line 1: expected a header of terms, or from and to, and weight; found {names!r}.")
    reader.fieldnames = names
    for cells in reader:
        row: dict[str, Any] = {}
        where = f"{file} line {reader.line_num}"
        for name, cell in cells.items():
            if name not in _KEYS or not isinstance(cell, str | None):
                raise SettingsError(f"{where}: more cells than the header has names.")
            if cell and cell.strip():
                row[name] = cell.split("|") if name != "weight" else _number(cell, where)
        if row:
            yield where, row


def _number(cell: str, where: str) -> float:
    try:
        return float(cell)
    except ValueError:
        raise SettingsError(f"{where}: weight {cell!r} is no number.") from None


def _entry(row: Mapping[str, object], where: str) -> Entry:
    unknown = sorted(set(row) - set(_KEYS))
    if unknown:
        raise SettingsError(f"{where}: unknown key {unknown[0]!r}; expected {_FORMS}.")
    terms, source, target = (_words(row.get(key), key, where) for key in ("terms", "from", "to"))
    if bool(terms) == bool(source or target) or bool(source) != bool(target) or len(terms) == 1:
        raise SettingsError(f"{where}: expected {_FORMS}.")
    weight = row.get("weight", 1.0)
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight <= 1:
        raise SettingsError(f"{where}: weight = {weight!r}: expected a number over 0 and up to 1.")
    keys = {key_of(word) for word in terms}
    if terms and len(keys) < len(terms):
        raise SettingsError(f"{where}: {terms!r} says the same twice; width, case and hyphens make no difference.")
    if target and (same := {key_of(word) for word in source} & {key_of(word) for word in target}):
        raise SettingsError(f"{where}: {min(same)!r} is said for itself.")
    return Entry(words=terms or source, to=target, weight=float(weight))


def _words(value: object, key: str, where: str) -> tuple[str, ...]:
    listed = [] if value is None else value if isinstance(value, list | tuple) else [value]
    if len(listed) > _MOST_WORDS:
        raise SettingsError(f"{where}: {key} has {len(listed)} wordings; {_MOST_WORDS} are allowed.")
    for word in listed:
        if not isinstance(word, str) or not analyze_query(word):
            raise SettingsError(f"{where}: {key} holds {word!r}: expected a word to look for.")
        if len(word) > _LONGEST:
            raise SettingsError(f"{where}: {key} holds a wording of {len(word)} characters; {_LONGEST} are allowed.")
    return tuple(" ".join(str(word).split()) for word in listed)
