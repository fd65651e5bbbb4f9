"""Question sets on disk, and how a ranking is judged against them.

A set is a folder with ``queries.jsonl.gz`` (``query_id, question, answers[], relevant[doc_id]``) beside either
``corpus.jsonl.gz`` (``doc_id, title, text``) or ``pages.tar.gz``, whose paths are the document ids.
"""

from __future__ import annotations

import gzip
import json
import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Asked", "QuestionSet", "find_sets", "ndcg", "recall"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A question with the ids of the documents that answer it and, where known, the answers' own words."""

    id: str
    text: str
    relevant: frozenset[str]
    answers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionSet:
    """One set: ``corpus`` is a file of records or an archive of pages."""

    name: str
    corpus: Path
    questions: tuple[Asked, ...]

    @property
    def records(self) -> bool:
        """Tell whether the corpus is a file of records."""
        return self.corpus.name == "corpus.jsonl.gz"

    def sample(self, limit: int | None, *, seed: int) -> tuple[Asked, ...]:
        """Return ``limit`` questions drawn by the seed, or all."""
        if limit is None or limit >= len(self.questions):
            return self.questions
        return tuple(random.Random(seed).sample(self.questions, limit))


def find_sets(folder: Path, names: Sequence[str] | None) -> list[QuestionSet]:
    """Return the sets in a folder, or the folder itself as one; questions without a relevant document are left out."""
    places = [folder] if (folder / "queries.jsonl.gz").exists() else sorted(p for p in folder.iterdir() if p.is_dir())
    sets = [
        _read(place)
        for place in places
        if (place / "queries.jsonl.gz").exists() and (names is None or place.name in names)
    ]
    missing = set(names or ()) - {found.name for found in sets}
    if missing or not sets:
        raise SystemExit(f"No question set {', '.join(sorted(missing)) or 'at all'} in {folder}.")
    return sets


def _read(place: Path) -> QuestionSet:
    corpus = next((place / name for name in ("corpus.jsonl.gz", "pages.tar.gz") if (place / name).exists()), None)
    if corpus is None:
        raise SystemExit(f"{place} has neither corpus.jsonl.gz nor pages.tar.gz.")
    with gzip.open(place / "queries.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return QuestionSet(
        name=place.name,
        corpus=corpus,
        questions=tuple(
            Asked(
                id=row["query_id"],
                text=row["question"],
                relevant=frozenset(row["relevant"]),
                answers=tuple(row.get("answers", ())),
            )
            for row in rows
            if row["relevant"]
        ),
    )


def ndcg(ranked: Sequence[str], relevant: frozenset[str], *, depth: int = 10) -> float:
    """Return nDCG at ``depth`` with binary relevance; ``ranked`` names each document once."""
    gain = sum(1 / math.log2(place + 2) for place, name in enumerate(ranked[:depth]) if name in relevant)
    return gain / sum(1 / math.log2(place + 2) for place in range(min(depth, len(relevant))))


def recall(ranked: Iterable[str], relevant: frozenset[str], *, depth: int = 10) -> float:
    """Return the share of the relevant documents among the first ``depth``."""
    return len(relevant & set(list(ranked)[:depth])) / len(relevant)
