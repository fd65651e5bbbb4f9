"""Compare two runs over the same questions: differences with paired intervals, and what changed. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retrieval.evaluation.bootstrap import Figure, figures
from retrieval.evaluation.measures import MEASURES, groups
from retrieval.evaluation.rows import Row
from retrieval.evaluation.statistics import Statistic

__all__ = ["Change", "Comparison", "Difference", "compare"]

_NOTED = 1e-9


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One measure in both runs, over the questions that both have; ``gain`` is the second less the first.

    ``clear`` tells that the gain's interval does not hold zero.
    """

    first: float | None
    second: float | None
    gain: Figure

    @property
    def clear(self) -> bool:
        """Whether the interval of the gain lies on one side of zero."""
        low, high = self.gain.low, self.gain.high
        return low is not None and high is not None and (low > 0 or high < 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A question that came out differently. ``of`` is ``answer`` (passed or not) or ``retrieval`` (nDCG@10)."""

    of: str
    first: Row
    second: Row


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """Two runs compared over their ``common`` questions; the others are named, not counted."""

    common: int
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    edited: tuple[str, ...]
    differences: Mapping[str, Mapping[str, Difference]]
    better: tuple[Change, ...]
    worse: tuple[Change, ...]


def compare(first: Sequence[Row], second: Sequence[Row], *, seed: int) -> Comparison:
    """Return what changed from the first run to the second.

    Questions are paired by id; one whose text or wanted answer was edited between the runs is left out and named. Both
    runs are resampled together, so that what is hard in both cancels out.
    """
    others = {row.id: row for row in second}
    paired = [(row, others[row.id]) for row in first if row.id in others]
    same = [(a, b) for a, b in paired if a.digest == b.digest]
    ids = {a.id for a, _ in paired}
    changes = [change for a, b in same for change in _changes(a, b)]
    return Comparison(
        common=len(same),
        only_first=tuple(row.id for row in first if row.id not in ids),
        only_second=tuple(row.id for row in second if row.id not in ids),
        edited=tuple(a.id for a, b in paired if a.digest != b.digest),
        differences=_differences([a for a, _ in same], [b for _, b in same], seed=seed),
        better=tuple(change for gained, change in changes if gained),
        worse=tuple(change for gained, change in changes if not gained),
    )


def _differences(first: Sequence[Row], second: Sequence[Row], *, seed: int) -> Mapping[str, Mapping[str, Difference]]:
    found: dict[str, dict[str, Difference]] = {}
    grouped, others = groups(first), groups(second)
    for group in grouped:
        mine = {row.id: row for row in grouped[group]}
        theirs = {row.id: row for row in others.get(group, ())}
        ids = [row_id for row_id in mine if row_id in theirs]
        if not ids:
            continue
        rows = [mine[row_id] for row_id in ids], [theirs[row_id] for row_id in ids]
        statistics: dict[str, Statistic] = {}
        for measure in MEASURES:
            a, b = measure.of(rows[0]), measure.of(rows[1])
            statistics[f"first {measure.name}"], statistics[f"second {measure.name}"] = a, b
            statistics[f"gain {measure.name}"] = _less(b, a)
        made = figures(statistics, questions=len(ids), seed=seed)
        found[group] = {
            m.name: Difference(
                first=made[f"first {m.name}"].value,
                second=made[f"second {m.name}"].value,
                gain=made[f"gain {m.name}"],
            )
            for m in MEASURES
        }
    return found


def _less(b: Statistic, a: Statistic) -> Statistic:
    return Statistic(n=min(a.n, b.n), of=lambda weights: b.of(weights) - a.of(weights))


def _changes(a: Row, b: Row) -> list[tuple[bool, Change]]:
    """Return how one question changed, each with whether it is for the better."""
    changes = []
    if a.passed is not None and b.passed is not None and a.passed != b.passed:
        changes.append((b.passed, Change(of="answer", first=a, second=b)))
    if a.retrieval is not None and b.retrieval is not None:
        gain = b.retrieval.ndcg - a.retrieval.ndcg
        if abs(gain) > _NOTED:
            changes.append((gain > 0, Change(of="retrieval", first=a, second=b)))
    return changes
