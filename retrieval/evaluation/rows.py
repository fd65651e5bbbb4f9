"""What was measured on one question: a frozen row that goes to JSON and back. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields

from retrieval.evaluation.questions import Expected

__all__ = ["Deleted", "Ranked", "Row", "row_json", "row_of"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranked:
    """nDCG@10 and recall@10 of one ranking."""

    ndcg: float
    recall: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Deleted:
    """The same question with its relevant documents taken away."""

    answered: bool
    confidence: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One question as asked and judged. Documents are named ``source/key``.

    What cannot be judged is None. ``retrieval`` is the whole ranking's, ``by_language`` that of the relevant documents
    in one language alone (the other relevant ones taken out of the ranking). ``found`` tells whether a relevant
    document is among the passages the answerer reads. ``holds`` and ``right`` judge the ``draft``: what was said, or
    would have been without the evidence rule; ``span`` whether its cited places hold the evidence. ``absent`` are
    relevant documents that the index does not have, ``hidden`` those that the asker may not see or that do not hold
    on the day. ``cost`` is in US dollars.
    """

    id: str
    digest: str
    question: str
    language: str
    status: str
    answered: bool
    confidence: float
    draft: str
    latency_ms: float
    kind: str = ""
    turns: int = 0
    expects: str | None = None
    wanted: tuple[str, ...] = ()
    ranked: tuple[str, ...] = ()
    relevant: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    retrieval: Ranked | None = None
    by_language: Mapping[str, Ranked] = field(default_factory=dict)
    found: bool | None = None
    deleted: Deleted | None = None
    holds: bool | None = None
    span: bool | None = None
    right: bool | None = None
    cited: tuple[str, ...] = ()
    citations: int = 0
    exact: int = 0
    cost: float = 0.0

    @property
    def wrong(self) -> bool | None:
        """Whether answering this question was, or would have been, wrong."""
        if self.expects is None:
            return None
        return True if self.expects != Expected.ANSWERED else None if self.right is None else not self.right

    @property
    def passed(self) -> bool | None:
        """Whether what came is what should have come."""
        if self.expects == Expected.ANSWERED:
            return None if self.right is None else self.answered and self.right
        if self.expects == Expected.NOT_FOUND:
            return not self.answered
        return None if self.expects is None else self.status == Expected.NEEDS_DETAIL

    @property
    def faults(self) -> tuple[str, ...]:
        """What went wrong, as stable words, the first cause first."""
        said = {
            "not_retrieved": self.retrieval is not None and self.retrieval.recall == 0.0,
            "false_answer": self.answered and self.expects == Expected.NOT_FOUND,
            "no_question_back": self.expects == Expected.NEEDS_DETAIL and not self.passed,
            "not_answered": self.expects == Expected.ANSWERED and not self.answered,
            "wrong_answer": self.answered and self.right is False,
            "evidence_not_cited": self.answered and self.right is not False and self.span is False,
            "citation_not_exact": self.exact < self.citations,
        }
        return tuple(word for word, true in said.items() if true)


_TUPLES = frozenset({"wanted", "ranked", "relevant", "absent", "hidden", "cited"})
_FORMS: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("id", "digest", "question", "language", "status", "draft", "kind"), (str,)),
    **dict.fromkeys(("answered",), (bool,)),
    **dict.fromkeys(("confidence", "latency_ms", "cost"), (int, float)),
    **dict.fromkeys(("turns", "citations", "exact"), (int,)),
    **dict.fromkeys(("found", "holds", "span", "right"), (bool, type(None))),
    "expects": (str, type(None)),
}


def row_json(row: Row) -> dict[str, object]:
    """Return a row as plain values, with what went wrong besides."""
    return {**asdict(row), "passed": row.passed, "faults": list(row.faults)}


def row_of(value: Mapping[str, object]) -> Row:
    """Return the row of `row_json`. Raises `ValueError` when the value is not one."""
    given: dict[str, object] = {}
    for name in (f.name for f in fields(Row)):
        if name not in value:
            raise ValueError(f"no {name!r}")
        given[name] = _decoded(name, value[name])
    return Row(**given)  # type: ignore[arg-type]  # every field was checked by name


def _decoded(name: str, raw: object) -> object:
    if name in _FORMS:
        if not isinstance(raw, _FORMS[name]):
            raise ValueError(f"{name!r} has another form")
        return raw
    if name in _TUPLES:
        if not isinstance(raw, list | tuple) or not all(isinstance(one, str) for one in raw):
            raise ValueError(f"{name!r} is no list of strings")
        return tuple(raw)
    if name == "by_language" and isinstance(raw, dict):
        return {language: Ranked(**_numbers(one, "ndcg", "recall")) for language, one in raw.items()}
    if raw is None:
        return None
    if name == "retrieval":
        return Ranked(**_numbers(raw, "ndcg", "recall"))
    if isinstance(raw, dict) and isinstance(raw.get("answered"), bool):
        return Deleted(answered=raw["answered"], **_numbers(raw, "confidence"))
    raise ValueError(f"{name!r} has another form")


def _numbers(raw: object, *names: str) -> dict[str, float]:
    found = {name: raw.get(name) for name in names} if isinstance(raw, dict) else {}
    if len(found) != len(names) or not all(isinstance(one, int | float) for one in found.values()):
        raise ValueError(f"no numbers {', '.join(names)}")
    return {name: float(number) for name, number in found.items()}  # type: ignore[arg-type]  # checked above
