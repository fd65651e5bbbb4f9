"""One search under way: what its two lanes found, every candidate with its true score in both."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from retrieval.access import within
from retrieval.errors import ServiceError
from retrieval.gloss import Glossed
from retrieval.ports import View
from retrieval.search.fusion import Candidate, Fused, FusionRule, fuse
from retrieval.search.results import Signals
from retrieval.search.timing import StopWatch
from retrieval.values import Filter, Hit, Lane, LaneScore, LexicalQuery, Passage, Vector

__all__ = ["Lanes"]

_BRIDGED = ("en", "ja")  # languages that are looked into separately, so that rank matching has what to match
_KEPT = 10  # scores of each lane handed on as signals


@dataclass(kw_only=True)
class Lanes:
    """One search under way: what its lanes found, and which of them failed.

    ``gloss`` is the question in another language, where there is a dictionary.
    """

    view: View
    query: LexicalQuery
    language: str
    where: Filter
    depth: int
    clock: StopWatch
    vector: Vector | None = None
    dense: Lane | None = None
    lexical: Lane | None = None
    gloss: Glossed | None = None
    glossed: Lane | None = None
    passages: dict[str, Passage] = field(default_factory=dict)
    failed: dict[str, ServiceError] = field(default_factory=dict)

    def open_dense(self, embed: Callable[[], Vector], *, alone: bool) -> None:
        """Take the hits nearest to what ``embed`` gives; its failure or the store's is raised only when ``alone``."""
        try:
            vector = embed()
            self.clock.lap("embed")
            self.dense = self.view.dense(vector, k=self.depth, where=self.where)
            self.vector = vector
        except ServiceError as error:
            self.lose("dense", error, alone=alone)
        self.clock.lap("dense")

    def open_lexical(self, *, alone: bool) -> None:
        """Take the lexical lane's hits; a failure is raised when ``alone`` or when the dense lane failed too."""
        try:
            self.lexical = self.view.lexical(self.query, k=self.depth, where=self.where)
        except ServiceError as error:
            self.lose("lexical", error, alone=alone or not self._answers("dense"))
        self.clock.lap("lexical")

    def open_gloss(self, gloss: Callable[[], Glossed | None], *, language: str) -> None:
        """Take the hits of the question in another language, if any passage is in that.

        They stand in the index of words, and fail with it.
        """
        if self.lexical is None or not self._admits(language):
            return
        there = self._only(language)
        try:
            if self.vector is not None and not self.view.dense(self.vector, k=1, where=there).hits:
                return
        except ServiceError as error:
            self.lose("dense", error, alone=not self._answers("lexical"))
        try:
            self.gloss = gloss()
            if self.gloss is not None:
                self.glossed = self.view.lexical(self.gloss.query, k=self.depth, where=there)
        except ServiceError as error:
            self.lose("lexical", error, alone=not self._answers("dense"))
        if self.glossed is None or self.glossed.ideal <= 0:
            self.gloss = self.glossed = None
        self.clock.lap("gloss")

    def read_best_of(self, document: str, *, lane: str) -> list[Passage]:
        """Return the best passage of a document by a lane (``fused``: nearest in meaning, or by words), if any is."""
        where = within(self.where, [document])
        found: tuple[Hit, ...] = ()
        if self.vector is not None and lane != "lexical":
            found = self.view.dense(self.vector, k=1, where=where).hits
        if not found and self.lexical is not None and lane != "dense":
            found = self.view.lexical(self.query, k=1, where=where).hits
        self.read(hit.chunk_id for hit in found)
        return [
            replace(passage, score=hit.score, lanes={lane: LaneScore(rank=None, score=hit.score)})
            for hit in found
            if (passage := self.passages.get(hit.chunk_id)) is not None
        ]

    def _admits(self, language: str) -> bool:
        return self.where.languages is None or language in self.where.languages

    def _only(self, language: str) -> Filter:
        return replace(self.where, languages=frozenset({language}))

    def _answers(self, lane: str) -> bool:
        opened = self.dense if lane == "dense" else self.lexical
        return opened is not None and lane not in self.failed

    def lose(self, lane: str, error: ServiceError, *, alone: bool) -> None:
        """Go on without a lane, unless it is the last one."""
        if alone:
            raise error
        self.failed[lane] = error

    def read(self, chunk_ids: Iterable[str]) -> None:
        """Read the passages of chunks that were not read yet."""
        missing = sorted(set(chunk_ids) - self.passages.keys())
        if missing:
            self.passages.update(self.view.passages(missing, where=self.where))
        self.clock.lap("passages")

    def single(self, name: str) -> list[Passage]:
        """Return the passages of one lane in its own order, with its own scores."""
        lane = self.dense if name == "dense" else self.lexical
        assert lane is not None
        self.read(hit.chunk_id for hit in lane.hits)
        return [
            replace(self.passages[hit.chunk_id], score=hit.score, lanes={name: LaneScore(rank=rank, score=hit.score)})
            for rank, hit in enumerate(lane.hits, start=1)
            if hit.chunk_id in self.passages
        ]

    def merged(self, rule: FusionRule) -> list[Passage]:
        """Return the passages of both lanes in the fused order; a lane that failed counts nothing."""
        ranks = {
            name: {hit.chunk_id: (rank, hit.score) for rank, hit in enumerate(lane.hits, start=1)}
            for name, lane in (("dense", self.dense), ("lexical", self.lexical), ("gloss", self.glossed))
            if lane is not None
        }
        self.read(chunk_id for found in ranks.values() for chunk_id in found)
        self.read(self.bridge(rule.matched))
        scores = {name: self.true_scores(name, found) for name, found in ranks.items() if name not in self.failed}
        scores = {name: values for name, values in scores.items() if name not in self.failed}
        if "lexical" not in scores:
            scores.pop("gloss", None)
        glossed = scores.get("gloss", {})
        fused = fuse(
            [
                Candidate(
                    chunk_id=passage.chunk_id,
                    language=passage.language,
                    cosine=scores["dense"].get(passage.chunk_id, 0.0) if "dense" in scores else None,
                    bm25=scores["lexical"].get(passage.chunk_id, 0.0) if "lexical" in scores else None,
                    gloss=glossed.get(passage.chunk_id, 0.0) / self.glossed.ideal if self.glossed else 0.0,
                )
                for passage in self.passages.values()
            ],
            ideal=self.lexical.ideal if self.lexical is not None else 0.0,
            language=self.language,
            rule=rule,
        )
        self.clock.lap("fuse")
        return [
            replace(self.passages[f.chunk_id], score=f.score, lanes=_placed(f, ranks=ranks, scores=scores))
            for f in fused
        ]

    def bridge(self, wanted: int) -> list[str]:
        """Return more hits by cosine in a language that the lane as a whole hardly reached."""
        if self.vector is None or self.dense is None or len(self.dense.hits) < self.depth:
            return []
        languages = [
            passage.language for hit in self.dense.hits if (passage := self.passages.get(hit.chunk_id)) is not None
        ]
        found: list[str] = []
        for language in _BRIDGED:
            if languages.count(language) < wanted and self._admits(language):
                try:
                    lane = self.view.dense(self.vector, k=wanted, where=self._only(language))
                except ServiceError as error:
                    self.lose("dense", error, alone=not self._answers("lexical"))
                    break
                found.extend(hit.chunk_id for hit in lane.hits)
        self.clock.lap("dense")
        return found

    def true_scores(self, name: str, found: dict[str, tuple[int, float]]) -> dict[str, float]:
        """Return the lane's true score of every candidate, also of those that only the other lane found."""
        scores = {chunk_id: score for chunk_id, (_, score) in found.items()}
        missing = sorted(self.passages.keys() - scores.keys())
        try:
            if missing and name == "lexical":
                scores |= self.view.lexical_scores(self.query, missing, where=self.where)
            elif missing and name == "gloss" and self.gloss is not None:
                there = self._only(self.gloss.language)
                scores |= self.view.lexical_scores(self.gloss.query, missing, where=there)
            elif missing and self.vector is not None:
                scores |= self.view.dense_scores(self.vector, missing, where=self.where)
        except ServiceError as error:
            lost, other = ("dense", "lexical") if name == "dense" else ("lexical", "dense")
            self.lose(lost, error, alone=not self._answers(other))
        self.clock.lap("scores")
        return scores

    def signals(self) -> Signals:
        """Return what the lanes that answered saw."""
        dense = self.dense.hits if self.dense is not None and "dense" not in self.failed else ()
        lexical = self.lexical if self.lexical is not None and "lexical" not in self.failed else None
        return Signals(
            cosines=tuple(hit.score for hit in dense[:_KEPT]),
            shares=tuple(hit.score / lexical.ideal for hit in lexical.hits[:_KEPT])
            if lexical is not None and lexical.ideal > 0
            else (),
            vector=self.vector,
        )


def _placed(
    fused: Fused, *, ranks: dict[str, dict[str, tuple[int, float]]], scores: dict[str, dict[str, float]]
) -> dict[str, LaneScore]:
    lanes = {}
    for name, values in scores.items():
        if name == "gloss" and fused.chunk_id not in values:
            continue
        rank = ranks[name].get(fused.chunk_id, (None, 0.0))[0]
        lanes[name] = LaneScore(rank=rank, score=values.get(fused.chunk_id, 0.0))
    if fused.lent is not None:
        lanes["matched"] = LaneScore(rank=fused.lent[0], score=fused.lent[1])
    return lanes
