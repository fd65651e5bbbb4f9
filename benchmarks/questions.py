"""Question sets on disk: documents, and questions in the form of docs/questions.md.

A set is a folder with ``queries.jsonl.gz`` beside either ``corpus.jsonl.gz`` (records of ``doc_id, title, text``) or
``pages.tar.gz``, whose paths are the documents' names. The samples are a set of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from retrieval.text.language import detect

__all__ = ["SAMPLES", "QuestionSet", "find_sets", "language_of"]

_LANGUAGES = frozenset({"en", "ja"})
_HERE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionSet:
    """One set: ``corpus`` is a file of records, an archive of pages or the folder of the samples.

    ``only`` leaves out the pages in all other languages. ``as_of`` and ``labels`` say when and who asks where the
    questions do not say so themselves; without labels it is the operator.
    """

    name: str
    corpus: Path
    questions: Path
    only: str | None = None
    as_of: str | None = None

    @property
    def pages(self) -> bool:
        """Tell whether the corpus is an archive of pages, which may be in several languages."""
        return self.corpus.name == "pages.tar.gz"


SAMPLES = QuestionSet(
    name="samples",
    corpus=_HERE / "samples" / "knowledge",
    questions=_HERE / "samples" / "questions.jsonl",
    as_of="2026-11-01",
)
"""The invented company's documents, which live in 2026."""


def find_sets(folder: Path, names: Sequence[str] | None) -> list[QuestionSet]:
    """Return the sets anywhere under a folder, by name. Ends the program when one of ``names`` is not there."""
    sets = [found for path in sorted(folder.rglob("queries.jsonl.gz")) if (found := _set_at(path)) is not None]
    kept = [one for one in sets if names is None or one.name in names]
    missing = set(names or ()) - {one.name for one in kept} - {SAMPLES.name}
    if missing or (not kept and SAMPLES.name not in (names or ())):
        raise SystemExit(f"No question set {', '.join(sorted(missing)) or 'at all'} in {folder}.")
    return kept


def _set_at(questions: Path) -> QuestionSet | None:
    place = questions.parent
    corpora = (place / name for name in ("corpus.jsonl.gz", "pages.tar.gz"))
    corpus = next((path for path in corpora if path.exists()), None)
    return None if corpus is None else QuestionSet(name=place.name, corpus=corpus, questions=questions)


def language_of(path: str, text: str) -> str:
    """Return a page's language: a folder named like one in its path, or else what its text is in."""
    return next((part for part in PurePosixPath(path).parts[:-1] if part in _LANGUAGES), detect(text))
