"""What is built once is kept whole or built again, whoever else builds and whatever happened before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from retrieval.embedding.built import kept

CONTENT = b"network " * 1000


class Builder:
    """Counts how often it was asked to build."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> bytes:
        self.calls += 1
        return CONTENT


def test_the_second_time_nothing_is_built(tmp_path: Path) -> None:
    build, path = Builder(), tmp_path / "deep" / "model.onnx"
    assert [kept(path, build), kept(path, build)] == [CONTENT, CONTENT]
    assert build.calls == 1


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "foreign"])
def test_a_damaged_file_is_noticed_and_built_again(tmp_path: Path, damage: str) -> None:
    build, path = Builder(), tmp_path / "model.onnx"
    kept(path, build)
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes({"cut": bytes(raw[:-9]), "flipped": bytes(raw), "empty": b"", "foreign": CONTENT}[damage])
    assert kept(path, build) == CONTENT
    assert kept(path, build) == CONTENT
    assert build.calls == 2


def test_what_a_killed_builder_left_is_written_over(tmp_path: Path) -> None:
    """A half-written file never becomes the kept one and does not stay."""
    path = tmp_path / "model.onnx"
    (tmp_path / "model.onnx.half").write_bytes(CONTENT[:100])
    assert kept(path, Builder()) == CONTENT
    assert sorted(each.name for each in tmp_path.iterdir()) == ["model.onnx", "model.onnx.lock"]


def test_a_build_that_fails_keeps_nothing_and_the_next_one_starts_afresh(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"

    def fail() -> bytes:
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        kept(path, fail)
    assert not path.exists()
    assert kept(path, Builder()) == CONTENT


def test_of_many_at_once_one_builds_and_the_others_wait_for_it(tmp_path: Path) -> None:
    build, path = Builder(), tmp_path / "model.onnx"
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: kept(path, build), range(8))) == [CONTENT] * 8
    assert build.calls == 1


def test_where_nothing_can_be_written_the_content_is_there_all_the_same(tmp_path: Path) -> None:
    """A file stands where the folder should be, as on a read-only disk: built each time, never fatal."""
    (tmp_path / "taken").write_text("a file")
    assert kept(tmp_path / "taken" / "model.onnx", Builder()) == CONTENT
