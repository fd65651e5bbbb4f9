from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ingest.readers import media_types as types
from ingest.readers.registry import media_type_of, reader_for
from retrieval.errors import DocumentError
from retrieval.ports import Hints
from tests.unit.ingest.readers.samples import SAMPLES

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


@pytest.mark.parametrize(
    ("name", "head", "expected"),
    [
        ("a.txt", b"%PDF-1.7\n", types.PDF),
        ("about.txt", b"The header is %PDF-1.7 in every file.", types.TEXT),
        ("page.txt", b"<!DOCTYPE html><html>", types.HTML),
        ("a.docx", SAMPLES["a.xlsx"], types.DOCX),
        ("renamed.bin", SAMPLES["a.xlsx"], types.XLSX),
        ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), types.ENCRYPTED),
        ("a.docx", OLE, types.ENCRYPTED),
        ("a.xls", OLE, "application/vnd.ms-excel"),
        ("a.zip", b"PK\x03\x04....readme", "application/zip"),
        ("photo.pdf", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("README.MD", b"# x", types.MARKDOWN),
        ("規程.TXT", "本文".encode(), types.TEXT),
        ("Makefile", b"all:", types.UNKNOWN),
        ("feed", b"<?xml version='1.0'?><rss/>", types.XML),
    ],
)
def test_the_bytes_say_what_a_file_is_before_its_name_does(name: str, head: bytes, expected: str) -> None:
    """Wrong extensions, password-protected Office files and unknown names are told apart."""
    assert media_type_of(name, head) == expected


@pytest.mark.parametrize("part", [b"<!---->", b"<!-- x -->\n", b"<!--", b" ", b"\n<", b"<!doctype "])
def test_a_row_of_comments_does_not_hold_the_run(part: bytes) -> None:
    """The type is told outside of the confined child, where nothing bounds the time: it must be linear in the head."""
    row = part * (65_536 // len(part))
    assert types.TEXT == media_type_of("a.txt", row)
    assert types.HTML == media_type_of("a.txt", b"<!-- a -->" * 40 + b"<!-- <p> --> <html>")


def test_formats_of_a_later_day_have_no_reader() -> None:
    """They are reported as unsupported, not read badly."""
    names = ("a.doc", "a.xls", "a.odt", "a.epub", "a.eml", "a.msg", "a.rtf", "a.png", "a.zip", "a.bin")
    assert [reader_for(media_type_of(name, b"x")) for name in names] == [None] * len(names)


def test_a_locked_office_file_is_skipped_as_encrypted() -> None:
    """No failure: a rule left it out."""
    reader = reader_for(types.ENCRYPTED)
    assert reader is not None
    with pytest.raises(DocumentError) as caught:
        reader.read(Path("x"), Hints(name="x", media_type=types.ENCRYPTED, version="0"))
    assert (caught.value.reason, caught.value.skipped) == ("encrypted", True)


def test_every_reader_has_a_fingerprint_of_its_own() -> None:
    """Two readers never share extraction ids."""
    readers = {id(r): r for t in vars(types).values() if isinstance(t, str) and (r := reader_for(t))}
    prints = [reader.fingerprint for reader in readers.values()]
    assert len(prints) >= 10
    assert len(set(prints)) == len(prints)


def test_the_registry_loads_no_heavy_library() -> None:
    """Asking which reader reads what costs no import of a parser."""
    heavy = ("unstructured", "spacy", "numpy", "pypdfium2", "pypdf", "openpyxl", "lxml", "markdown_it")
    script = (
        "import sys\nfrom ingest.readers.registry import reader_for\nreader_for('text/html')\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    root = Path(__file__).parents[4]
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout.strip() == "[]"
