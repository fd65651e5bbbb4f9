from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ingest.readers.office import OfficeReader, prepare
from retrieval.errors import DocumentError
from retrieval.ports import Reader
from tests.contracts.reader_contract import ReaderContract, check, read
from tests.unit.ingest.readers.samples import docx_bytes, pptx_bytes, write

pytestmark = pytest.mark.slow

FILES = {"a.docx": docx_bytes(), "a.pptx": pptx_bytes()}


@pytest.fixture
def reader() -> Reader:
    return OfficeReader()


@pytest.fixture(params=sorted(FILES))
def sample(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return write(tmp_path, request.param, FILES[request.param])


class TestOfficeReader(ReaderContract):
    """The Office reader holds the contract on Word and PowerPoint files."""


def test_a_word_file_keeps_its_structure(tmp_path: Path) -> None:
    """Headings come from styles, never from a guess at Japanese words; head and foot of the page stay out."""
    found = read(OfficeReader(), write(tmp_path, "a.docx", FILES["a.docx"]))
    check(found)
    assert [(b.kind.value, b.level, found.text[b.start : b.end]) for b in found.blocks] == [
        ("heading", 1, "返品規程"),
        ("paragraph", 0, "商品到着後30日以内であれば返品できます"),
        ("heading", 2, "手順"),
        ("list_item", 1, "1. 申請書を書く"),
        ("list_item", 1, "2. 倉庫へ送る"),
        ("table", 0, "区分 | 期限\n通常品 特注品 | 30日\n通常品 特注品 | 不可"),
        ("paragraph", 0, "Refunds are paid within five days."),
    ]
    assert found.title == "返品規程"
    assert found.tables[0].header_rows == 1


def test_a_slide_is_a_page(tmp_path: Path) -> None:
    """Each slide's title is a heading on its own page."""
    found = read(OfficeReader(), write(tmp_path, "a.pptx", FILES["a.pptx"]))
    assert [found.text[page.start : page.end] for page in found.pages] == [
        "概要\n\n売上は前年比112%",
        "Outlook\n\nGrowth continues.",
    ]


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_broken_package_is_malformed(name: str, tmp_path: Path) -> None:
    """A file cut short ends in a document error with its name."""
    with pytest.raises(DocumentError) as caught:
        read(OfficeReader(), write(tmp_path, name, FILES[name][: len(FILES[name]) // 2]))
    assert caught.value.reason == "malformed"


def test_the_model_loader_of_unstructured_is_where_we_replace_it() -> None:
    """If this fails, unstructured moved its private loader: find the new place before anything else."""
    prepare()
    from unstructured.nlp import tokenize

    pipeline = tokenize._load_spacy_model()
    assert pipeline.lang == "xx"
    assert [sentence.text for sentence in pipeline("It is. 返品できます 。 はい").sents] == [
        "It is.",
        "返品できます 。",
        "はい",
    ]


def test_reading_office_files_contacts_nobody_and_starts_no_program(tmp_path: Path) -> None:
    """No telemetry, no model download, no advert: neither at import nor at a call, in a fresh process.

    urllib3 binds a socket at import to see whether the machine has IPv6; that sends nothing.
    """
    for name, data in FILES.items():
        write(tmp_path, name, data)
    script = textwrap.dedent(
        f"""
        import sys
        events = []
        watched = (
            "socket.connect", "socket.send", "socket.getaddrinfo", "socket.gethostby", "urllib.Request",
            "subprocess.Popen", "os.exec", "os.posix_spawn", "os.fork", "os.system",
        )
        sys.addaudithook(lambda event, args: events.append(event) if event.startswith(watched) else None)
        from pathlib import Path
        from ingest.readers.office import OfficeReader
        from tests.contracts.reader_contract import read
        for name in {sorted(FILES)!r}:
            read(OfficeReader(), Path({str(tmp_path)!r}) / name)
        print(sorted(set(events)))
        """
    )
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "[]"
