"""Segments are derived and disposable: rankings are the same with, without and in spite of them."""

from __future__ import annotations

import math
import random
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from retrieval.stores.sqlite.building import build, merge
from retrieval.stores.sqlite.index import Sizes
from retrieval.stores.sqlite.layout import TITLE_WEIGHT
from retrieval.stores.sqlite.segment import Damaged, Segment, open_segment, term_hash, write_segment
from retrieval.stores.sqlite.store import SqliteStore
from retrieval.text.lexical import analyze, analyze_query, plain_query
from retrieval.values import Lane
from tests.fakes.store_data import EVERYTHING, FakeClock, Ingest, Version, embed, only, version

_WORDS = ["経費", "申請", "期限", "VPN", "E-1042", "返品", "手当", "leave", "は", "休暇届"]
_QUESTIONS = ("経費の申請期限", "VPN E-1042", "手当 leave", "休暇届は")


def corpus(count: int) -> list[Version]:
    chooser = random.Random(5)

    def line() -> str:
        return " ".join(chooser.choices(_WORDS, k=chooser.randint(1, 30)))

    return [
        version(f"{n:03}.md", *(line() for _ in range(chooser.randint(1, 4))), title=" ".join(chooser.choices(_WORDS)))
        for n in range(count)
    ]


def rankings(store: SqliteStore) -> list[Lane]:
    with store.view() as view:
        lanes = [view.lexical(plain_query(question), k=7, where=only("public")) for question in _QUESTIONS]
        return lanes + [view.dense(embed(question), k=7, where=only("public")) for question in _QUESTIONS]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., SqliteStore]]:
    made: list[SqliteStore] = []

    def opener(name: str = "kb.db", **sizes: int) -> SqliteStore:
        store = SqliteStore(tmp_path / name, clock=FakeClock(), retention=timedelta(days=30), sizes=Sizes(**sizes))
        made.append(store)
        return store

    yield opener
    for store in made:
        store.close()


def segment_files(tmp_path: Path) -> list[Path]:
    return sorted(path for path in (tmp_path / "kb.db.files").rglob("*") if path.is_file())


def filled(store: SqliteStore, count: int = 30) -> Ingest:
    ingest = Ingest.begin(store)
    ingest.put(*corpus(count))
    return ingest


def test_rankings_do_not_depend_on_where_the_rows_lie(opened: Callable[..., SqliteStore]) -> None:
    """In the database, in memory, in many small files or in one: the very same hits and scores."""
    kinds = {
        "database": {"tail": 1000},
        "memory": {"tail": 0, "overdue": 10**6},
        "small": {"tail": 3, "overdue": 5, "largest": 9},
        "large": {"tail": 0, "overdue": 1},
    }
    found = {}
    for name, sizes in kinds.items():
        store = opened(f"{name}.db", **sizes)
        filled(store)
        found[name] = rankings(store)
    assert found == dict.fromkeys(kinds, found["database"])


def test_bm25_is_what_the_formula_says(opened: Callable[..., SqliteStore]) -> None:
    """BM25F computed again chunk by chunk, from the tokens, for every question."""
    store, made = opened(tail=5, overdue=20), corpus(30)
    filled(store)
    chunks = [one.chunk for each in made for one in each.chunks]
    fields = {chunk.id: (analyze(chunk.lexical_title), analyze(chunk.lexical_text)) for chunk in chunks}
    average = [sum(len(pair[i]) for pair in fields.values()) / len(fields) for i in (0, 1)]
    for question in _QUESTIONS:
        expected = dict.fromkeys(fields, 0.0)
        for term in dict.fromkeys(analyze_query(question)):
            having = sum(term in pair[0] or term in pair[1] for pair in fields.values())
            idf = math.log(1 + (len(fields) - having + 0.5) / (having + 0.5))
            for chunk, pair in fields.items():
                tf = sum(
                    weight * pair[i].count(term) / (0.25 + 0.75 * len(pair[i]) / average[i])
                    for i, weight in ((0, TITLE_WEIGHT), (1, 1.0))
                )
                expected[chunk] += idf * 2.2 * tf / (1.2 + tf)
        with store.view() as view:
            assert view.lexical_scores(plain_query(question), list(fields), where=EVERYTHING) == pytest.approx(
                expected, abs=1e-9
            )


def test_without_the_folder_everything_is_built_again(opened: Callable[..., SqliteStore], tmp_path: Path) -> None:
    store = opened(tail=4, overdue=10)
    filled(store).sweep()
    before = rankings(store)
    store.close()
    assert segment_files(tmp_path)
    shutil.rmtree(tmp_path / "kb.db.files")
    again = opened(tail=4, overdue=10)
    assert rankings(again) == before
    assert segment_files(tmp_path)
    assert again.check() == ()


@pytest.mark.parametrize("damage", ["truncated", "flipped", "emptied", "header"])
def test_a_damaged_file_is_noticed_and_replaced(
    opened: Callable[..., SqliteStore], tmp_path: Path, damage: str
) -> None:
    store = opened(tail=4, overdue=10)
    filled(store).sweep()
    before = rankings(store)
    store.close()
    path = max(segment_files(tmp_path), key=lambda file: file.stat().st_size)
    raw = bytearray(path.read_bytes())
    if damage == "flipped":
        raw[len(raw) // 2] ^= 4
    if damage == "header":
        raw[3] ^= 1
    path.unlink()
    path.write_bytes(raw[: {"truncated": len(raw) - 64, "emptied": 0}.get(damage, len(raw))])
    again = opened(tail=4, overdue=10)
    assert len(again.check()) == 1
    assert rankings(again) == before
    assert again.check() == ()


def test_a_damaged_file_is_written_anew_once(opened: Callable[..., SqliteStore], tmp_path: Path) -> None:
    """What replaces it holds the same rows and so has the same name: it must be taken up, not written at every view."""
    writer = opened(tail=4, overdue=1000)
    filled(writer).sweep()
    before = rankings(writer)
    (file,) = segment_files(tmp_path)
    content = file.read_bytes()
    file.unlink()
    file.write_bytes(content[:-1])
    reader = opened(tail=4, overdue=10)
    assert rankings(reader) == before
    assert [file] == segment_files(tmp_path)
    assert file.read_bytes() == content
    written = file.stat().st_ctime_ns
    assert [rankings(reader), rankings(reader)] == [before, before]
    assert file.stat().st_ctime_ns == written


def test_a_file_of_another_store_is_not_believed(opened: Callable[..., SqliteStore], tmp_path: Path) -> None:
    """Whatever lies in the folder, only what the database lists by its content is used; a sweep removes the rest."""
    store = opened(tail=4, overdue=10)
    ingest = filled(store)
    before = rankings(store)
    stray = tmp_path / "kb.db.files" / "segments" / "g1" / ("0" * 32)
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"stray")
    assert rankings(store) == before
    ingest.sweep()
    assert not stray.exists()


def test_a_folder_that_cannot_be_written_costs_speed_only(opened: Callable[..., SqliteStore], tmp_path: Path) -> None:
    reference = opened("reference.db")
    filled(reference)
    (tmp_path / "kb.db.files").write_bytes(b"in the way")
    store = opened(tail=4, overdue=10)
    filled(store)
    assert rankings(store) == rankings(reference)


def test_rows_that_went_are_dropped_from_the_files(opened: Callable[..., SqliteStore], tmp_path: Path) -> None:
    store = opened(tail=4, overdue=10)
    ingest = filled(store)
    ingest.sweep()
    size = sum(path.stat().st_size for path in segment_files(tmp_path))
    ingest.delete(*(one.id for one in corpus(30)[:25]))
    ingest.sweep()
    assert sum(path.stat().st_size for path in segment_files(tmp_path)) < size / 2
    reference = opened("reference.db")
    Ingest.begin(reference).put(*corpus(30)[25:])
    assert rankings(store) == rankings(reference)


def test_a_sweep_without_a_change_writes_nothing(opened: Callable[..., SqliteStore], tmp_path: Path) -> None:
    """It neither reads the rows again nor touches a file, unless one is missing: then it is written again."""
    store = opened(tail=4, overdue=10)
    ingest = filled(store)
    ingest.sweep()
    before = [(path.name, path.stat().st_mtime_ns) for path in segment_files(tmp_path)]
    reopened = opened(tail=4, overdue=10)
    Ingest.begin(reopened).sweep()
    assert [(path.name, path.stat().st_mtime_ns) for path in segment_files(tmp_path)] == before
    assert reopened._index._shelves == {}
    segment_files(tmp_path)[0].unlink()
    Ingest.begin(reopened).sweep()
    assert len(reopened.check()) == 0


def test_many_small_commits_end_in_few_files(opened: Callable[..., SqliteStore], tmp_path: Path) -> None:
    store = opened(tail=0, overdue=2)
    filled(store, 60)
    assert len(segment_files(tmp_path)) <= 7


def test_a_reader_with_an_old_sight_needs_no_old_files(opened: Callable[..., SqliteStore]) -> None:
    """A second process whose view began before files were merged and removed still ranks what it saw."""
    store = opened(tail=4, overdue=10)
    ingest = filled(store)
    before = rankings(store)
    reader = opened(tail=4, overdue=10)
    with reader.view() as view:
        view.fields(where=only("public"))
        ingest.delete(*(one.id for one in corpus(30)[:20]))
        ingest.sweep()
        assert [view.lexical(plain_query(question), k=7, where=only("public")) for question in _QUESTIONS] == before[:4]
    assert rankings(reader) == rankings(store)


def segment(rows: list[int], texts: list[str]) -> Segment:
    vectors = np.arange(len(rows) * 2, dtype=np.float32).reshape(-1, 2)
    return build(np.array(rows), vectors, [["title"] for _ in rows], [text.split() for text in texts])


def postings(one: Segment, term: str) -> list[tuple[int, int, int]]:
    span = one.postings(term_hash(term))
    rows = one.rows[one.positions[span]].tolist()
    return list(zip(rows, one.in_title[span].tolist(), one.in_body[span].tolist(), strict=True))


def test_a_segment_knows_which_rows_have_a_term_and_how_often() -> None:
    one = segment([3, 5, 9], ["a b a", "", "b " * 300])
    assert postings(one, "a") == [(3, 0, 2)]
    assert postings(one, "b") == [(3, 0, 1), (9, 0, 255)]
    assert postings(one, "title") == [(3, 1, 0), (5, 1, 0), (9, 1, 0)]
    assert postings(one, "none") == []


def test_merged_segments_are_as_if_built_at_once() -> None:
    one, other = segment([1, 4, 6], ["a b", "x", "b c"]), segment([2, 5], ["a", "y c c"])
    merged = merge([(one, np.array([True, False, True])), (other, np.array([True, True]))])
    whole = segment([1, 2, 5, 6], ["a b", "a", "y c c", "b c"])
    assert merged.rows.tolist() == [1, 2, 5, 6]
    assert merged.vectors.tolist() == [[0, 1], [0, 1], [2, 3], [4, 5]]
    for term in ("a", "b", "c", "x", "y", "title"):
        assert postings(merged, term) == postings(whole, term)


def test_an_empty_segment_is_a_segment(tmp_path: Path) -> None:
    name, size = write_segment(tmp_path, segment([], []))
    assert open_segment(tmp_path, name, size=size).rows.tolist() == []
    with pytest.raises(Damaged, match="bytes"):
        open_segment(tmp_path, name, size=size + 1)
    with pytest.raises(Damaged, match="opened"):
        open_segment(tmp_path, "none", size=size)
