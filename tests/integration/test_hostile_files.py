"""A folder full of attacks: every file has a true outcome, the others are indexed, nothing is read from outside."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest

from ingest.isolation import IsolatedReader, Limits
from retrieval.access import OPERATOR, filter_for
from tests.fakes.hostile_files import hostile_files
from tests.fakes.ingestion import Bench

pytestmark = [pytest.mark.slow, pytest.mark.server]

EXPECTED = {
    "blanks.pdf": {"indexed", "no_text"},
    "bomb.docx": {"indexed"},
    "comments.txt": {"indexed", "no_text"},
    "corner.xlsx": {"indexed"},
    "cycle.pdf": {"indexed"},
    "deep.html": {"partial"},
    "deep.json": {"partial"},
    "good-en.md": {"indexed"},
    "good-ja.md": {"indexed"},
    "hidden.txt": {"indexed"},
    "laughs.docx": {"malformed"},
    "laughs.xml": {"partial", "malformed"},
    "nothing.pdf": {"malformed"},
    "outside.docx": {"indexed", "malformed"},
    "outside.html": {"indexed"},
    "outside.xlsx": {"malformed"},
    "outside.xml": {"indexed"},
    "overlap.docx": {"malformed", "memory"},
    "quotes.md": {"partial"},
    "wide.csv": {"indexed"},
    "zalgo.txt": {"indexed"},
}
"""The status of what was taken in, else the reason; where two are given, libraries may choose."""


def test_no_hostile_file_stops_the_others_or_reads_what_it_may_not(tmp_path: Path) -> None:
    """Bombs, outside entities, loops and endless nesting, between two honest documents, links and a pipe."""
    secret = tmp_path / "secret.txt"
    secret.write_text("XYZZY-SECRET", encoding="utf-8")
    bench = Bench(tmp_path)
    for name, data in hostile_files(str(secret)).items():
        (bench.docs / name).write_bytes(data)
    bench.write("good-ja.md", "# 経費\n\n申請は五営業日以内に行います。")
    bench.write("good-en.md", "# Expenses\n\nClaims are due within five days.")
    (bench.docs / "link.txt").symlink_to(secret)
    (bench.docs / "loop").symlink_to(".")
    os.mkfifo(bench.docs / "pipe.txt")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with IsolatedReader(Limits(wall_s=60, cpu_s=20, memory_bytes=512 << 20)) as reader:
        bench.ingestion._reader = reader
        report = bench.run()
    found = {
        one.key: one.status.value if one.status.value in {"indexed", "partial"} else one.reason
        for one in report.outcomes
    }
    assert EXPECTED.keys() == found.keys()
    assert {} == {name: outcome for name, outcome in found.items() if outcome not in EXPECTED[name]}
    assert all(one.detail or one.missing for one in report.outcomes if one.status.value != "indexed")
    assert 3 == report.exit_code
    assert ["経費\n\n申請は五営業日以内に行います。"] == [text for text in bench.found("五営業日") if "五営" in text]
    assert not any("XYZZY" in text for text in bench.found("XYZZY-SECRET", where=filter_for(OPERATOR)))
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10 < 150
