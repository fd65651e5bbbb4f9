"""Makes `samples/knowledge/` from `samples/source/`: `python -m samples.build [FOLDER]`.

The same sources give the same bytes every time: times are fixed, fonts come from a locked package, nothing is
compressed by the interpreter's zlib. Without an argument `samples/knowledge/` is replaced as a whole; another folder
must be empty or absent.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from samples.making.bundle import SourceDocument, read_bundle, sidecar

__all__ = ["HERE", "build", "make"]

HERE = Path(__file__).resolve().parent


def make(document: SourceDocument) -> bytes:
    """Return the bytes of one document in the format that its path ends in."""
    special = _special_makers().get(document.suffix)
    if special is not None:
        return special(document)
    encoding = document.headers.get("encoding", "utf-8")
    text = document.body if encoding == "utf-8" else document.body.replace("\n", "\r\n")
    return text.encode(encoding)


def _special_makers() -> dict[str, Callable[[SourceDocument], bytes]]:
    from samples.making.office import make_docx, make_xlsx
    from samples.making.pdf import make_pdf

    return {".docx": make_docx, ".xlsx": make_xlsx, ".pdf": make_pdf}


def documents() -> Iterator[SourceDocument]:
    """Yield every document of every bundle, bundles by name."""
    for bundle in sorted((HERE / "source").glob("*.txt")):
        yield from read_bundle(bundle)


def build(target: Path) -> int:
    """Write all documents and their sidecars below ``target``; return how many documents.

    Raises `ValueError` when ``target`` holds something already or two documents have one path.
    """
    if target.exists() and any(target.iterdir()):
        raise ValueError(f"{str(target)!r} is not empty: name another folder")
    made: dict[str, bytes] = {}
    count = 0
    for document in documents():
        if document.path in made:
            raise ValueError(f"two documents have the path {document.path!r}")
        count += 1
        made[document.path] = make(document)
        beside = sidecar(document)
        if beside is not None:
            made[f"{document.path}.metadata.json"] = beside
    for path, data in made.items():
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return count


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "knowledge"
    if len(sys.argv) == 1:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{build(folder)} documents in {folder}")
