"""The measures of a run: what each means is in docs/evaluation.md, how each is reckoned stands here. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from retrieval.evaluation.bootstrap import Figure, figures
from retrieval.evaluation.questions import Expected
from retrieval.evaluation.rows import Row
from retrieval.evaluation.statistics import Statistic, coverage_at, mean, percentile, product, ratio, separation

__all__ = ["MEASURES", "WHOLE", "Measure", "Unit", "groups", "measured"]

WHOLE = "all"
"""The group of all questions."""

Unit = Literal["share", "ms", "usd"]

_RISK = 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """One measure: ``of`` makes its figure from rows. ``better`` is the direction that is wished for."""

    name: str
    title: str
    of: Callable[[Sequence[Row]], Statistic]
    unit: Unit = "share"
    better: Literal["high", "low"] = "high"

    def worse(self, value: float, bound: float) -> bool:
        """Tell whether a value is on the wrong side of a bound."""
        return value < bound if self.better == "high" else value > bound


def _retrieval(part: Literal["ndcg", "recall"]) -> Callable[[Sequence[Row]], Statistic]:
    return lambda rows: mean([None if row.retrieval is None else getattr(row.retrieval, part) for row in rows])


def _answered(expected: Expected) -> Callable[[Sequence[Row]], Statistic]:
    return lambda rows: mean([row.answered if row.expects == expected else None for row in rows])


def _answered_found(rows: Sequence[Row]) -> Statistic:
    return mean([row.answered if _in_joint(row) else None for row in rows])


def _refused_deleted(rows: Sequence[Row]) -> Statistic:
    return mean([not row.deleted.answered if row.deleted and _in_joint(row) else None for row in rows])


def _in_joint(row: Row) -> bool:
    """Tell whether a question counts for the joint score: its document is read, and was deleted for comparison."""
    return row.found is True and row.deleted is not None


def _separation(rows: Sequence[Row]) -> Statistic:
    return separation(
        [row.confidence if _in_joint(row) else None for row in rows],
        [row.deleted.confidence if row.deleted and _in_joint(row) else None for row in rows],
    )


MEASURES: tuple[Measure, ...] = (
    Measure(name="ndcg@10", title="nDCG@10", of=_retrieval("ndcg")),
    Measure(name="recall@10", title="recall@10", of=_retrieval("recall")),
    Measure(
        name="answer_holds",
        title="answer holds the evidence",
        of=lambda rows: mean([row.holds for row in rows]),
    ),
    Measure(
        name="span_holds",
        title="cited span holds the evidence",
        of=lambda rows: mean([row.span for row in rows]),
    ),
    Measure(name="answered", title="answered, of the answerable", of=_answered(Expected.ANSWERED)),
    Measure(
        name="wrong",
        title="wrong, of the answered",
        better="low",
        of=lambda rows: mean([row.wrong if row.answered else None for row in rows]),
    ),
    Measure(
        name="coverage@5",
        title="coverage at 5 % wrong",
        of=lambda rows: coverage_at([row.confidence for row in rows], [row.wrong for row in rows], risk=_RISK),
    ),
    Measure(
        name="joint",
        title="joint score",
        of=lambda rows: product(_answered_found(rows), _refused_deleted(rows)),
    ),
    Measure(name="answered_found", title="answered, gold in the best five", of=_answered_found),
    Measure(name="refused_deleted", title="refused, gold deleted", of=_refused_deleted),
    Measure(name="separation", title="gold there or deleted, AUC", of=_separation),
    Measure(
        name="false_answers",
        title="answers to the unanswerable",
        better="low",
        of=_answered(Expected.NOT_FOUND),
    ),
    Measure(
        name="needs_detail",
        title="asks back when it should",
        of=lambda rows: mean([row.passed if row.expects == Expected.NEEDS_DETAIL else None for row in rows]),
    ),
    Measure(
        name="citations_exact",
        title="citations exact",
        of=lambda rows: ratio([float(row.exact) for row in rows], [float(row.citations) for row in rows]),
    ),
    Measure(
        name="latency_p50",
        title="latency, median",
        unit="ms",
        better="low",
        of=lambda rows: percentile([row.latency_ms for row in rows], 0.5),
    ),
    Measure(
        name="latency_p95",
        title="latency, 95th percentile",
        unit="ms",
        better="low",
        of=lambda rows: percentile([row.latency_ms for row in rows], 0.95),
    ),
    Measure(
        name="cost",
        title="cost a question",
        unit="usd",
        better="low",
        of=lambda rows: mean([row.cost for row in rows]),
    ),
)


def groups(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Return the rows by group: ``all``, each language of questions, each pair with one of documents, each kind.

    In a pair ``ja-en`` are the Japanese questions with a relevant English document, their retrieval judged by these
    alone. Kinds (``kind:lookup``) are told apart only when there are several.
    """
    languages: dict[str, list[Row]] = defaultdict(list)
    pairs: dict[str, list[Row]] = defaultdict(list)
    kinds: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        languages[row.language].append(row)
        if row.kind:
            kinds[f"kind:{row.kind}"].append(row)
        for document, ranked in row.by_language.items():
            pairs[f"{row.language}-{document}"].append(replace(row, retrieval=ranked))
    named = kinds if len(kinds) > 1 else {}
    return {WHOLE: list(rows), **{name: found[name] for found in (languages, pairs, named) for name in sorted(found)}}


def measured(rows: Sequence[Row], *, seed: int) -> Mapping[str, Mapping[str, Figure]]:
    """Return every figure by group and measure."""
    return {
        group: figures({m.name: m.of(members) for m in MEASURES}, questions=len(members), seed=seed)
        for group, members in groups(rows).items()
    }
