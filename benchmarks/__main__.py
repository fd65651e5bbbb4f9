"""Run every speed benchmark in one command, each figure a ratio within one run.

::

    python -m benchmarks [FOLDER] [--chunks 10000 100000] [--without-peers] [--output json]

``FOLDER`` is a folder of documents with some Markdown or text in Japanese and English (default: the samples). It is
ingested, its texts are embedded, and they fill the lexical lane of the store. The parts can be run alone:
``benchmarks.embedding``, ``benchmarks.ingest``, ``benchmarks.store``, ``benchmarks.ask`` (here over 10,000 chunks).
Quality is measured by ``benchmarks.quality``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ingest.readers.decoding import decode
from retrieval.text.language import detect

_SAMPLES = Path(__file__).parent.parent / "samples" / "knowledge"
_LONGEST_TEXT = 400  # code points, so that every text fits the model


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts one after the other; return 1 when one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=_SAMPLES)
    parser.add_argument("--chunks", nargs="+", default=["10000", "100000"])
    parser.add_argument("--without-peers", action="store_true", help="do not install and measure Chroma and LanceDB")
    parser.add_argument("--output", choices=("text", "json"), default="text")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        corpora = _corpora(given.folder, Path(scratch))
        parts = {
            "embedding": [*map(str, corpora)],
            "ingest": [str(given.folder)],
            "store": [
                str(scratch),
                "--chunks",
                *given.chunks,
                *(["--without-peers"] if given.without_peers else []),
            ],
            "ask": [],
        }
        figures: dict[str, object] = {}
        failed = False
        for name, options in parts.items():
            done = _run(name, options, output=given.output)
            failed = failed or done.returncode != 0
            if given.output == "json" and done.returncode == 0:
                figures[name] = json.loads(done.stdout)
    if given.output == "json":
        print(json.dumps(figures, ensure_ascii=False, indent=2))
    return int(failed)


def _run(name: str, options: Sequence[str], *, output: str) -> subprocess.CompletedProcess[str]:
    if output == "text":
        print(f"== {name}", flush=True)
    return subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *options, "--output", output],
        check=False,
        text=True,
        stdout=subprocess.PIPE if output == "json" else None,
    )


def _corpora(folder: Path, scratch: Path) -> list[Path]:
    """Write the folder's Markdown and text as one JSONL file for each language, a paragraph a line."""
    texts: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in {".md", ".txt"} or not path.is_file():
            continue
        for paragraph in decode(path.read_bytes(), name=path.name).text.split("\n\n"):
            text = paragraph.strip()[:_LONGEST_TEXT]
            if len(text) > 20:
                texts.setdefault(detect(text), []).append(text)
    corpora = []
    for language in sorted(texts.keys() & {"ja", "en"}):
        corpus = scratch / f"{language}.jsonl"
        lines = [json.dumps({"text": text}, ensure_ascii=False) for text in texts[language]]
        corpus.write_text("\n".join(lines) + "\n", encoding="utf-8")
        corpora.append(corpus)
    if not corpora:
        raise SystemExit(f"{folder} holds no Markdown or text in Japanese or English")
    return corpora


if __name__ == "__main__":
    sys.exit(main())
