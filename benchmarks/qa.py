"""Measure search and answers on question sets: nDCG@10 and recall@10 by lane, evidence, and answers inside claims.

::

    uv run python -m benchmarks.qa FOLDER [--sets a b] [--together] [--limit 400] [--work DIR]
    uv run python -m benchmarks.qa FOLDER --evidence --answers --output json

``FOLDER`` holds question sets, or is one (see `benchmarks.questions`). Each set is ingested into a store of its own;
with ``--together`` all of them go into one index besides. Stores and vectors stay in ``--work``, so that a second
run embeds nothing.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.ingested import Library
from benchmarks.questions import Asked, QuestionSet, find_sets, ndcg, recall
from retrieval.access import OPERATOR, filter_for
from retrieval.answers.answerer import Answerer
from retrieval.answers.evidence import EvidenceRule, Finding, measure
from retrieval.ports import View
from retrieval.search.duplicates import best_per_document
from retrieval.search.searcher import LaneName, Searcher
from retrieval.text.folding import fold
from retrieval.text.language import detect
from retrieval.text.lexical import plain_query
from retrieval.values import Passage

_LANES: tuple[LaneName, ...] = ("dense", "lexical", "fused")
_WHERE = filter_for(OPERATOR)

Row = dict[str, object]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _options(arguments)
    sets = find_sets(options.folder, options.sets)
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        rows: list[Row] = []
        groups = [[one] for one in sets]
        if options.together and len(sets) > 1:
            groups.append(sets)
        for group in groups:
            with Library(work, group, cache=options.cache or work / "models") as library:
                for one in group:
                    asked = one.sample(options.limit, seed=options.seed)
                    index = "together" if len(group) > 1 else "alone"
                    for measured in _measured(library, one, asked, options):
                        row = {"set": one.name, "index": index, **measured}
                        rows.append(row)
                        if options.output == "text":
                            print("  ".join(f"{key}={value}" for key, value in row.items()), flush=True)
    if options.output == "json":
        print(json.dumps(rows, ensure_ascii=False, indent=1))


def _measured(library: Library, one: QuestionSet, asked: Sequence[Asked], options: argparse.Namespace) -> Iterable[Row]:
    yield from _rankings(library.searcher, one, asked)
    if options.evidence:
        yield from _evidence(library, one, asked)
    if options.answers and any(question.answers for question in asked):
        yield from _answers(library, asked)


def _rankings(searcher: Searcher, one: QuestionSet, asked: Sequence[Asked]) -> Iterable[Row]:
    """Yield nDCG@10 and recall@10 of every lane, by the language of the question."""
    scores: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for question in asked:
        for lane in _LANES:
            found = searcher.search(question.text, where=_WHERE, limit=100, lane=lane)
            ranked = [_name(one, passage) for passage in best_per_document(found.passages)]
            figures = ndcg(ranked, question.relevant), recall(ranked, question.relevant)
            scores[lane, found.language].append(figures)
    for (name, language), pairs in sorted(scores.items()):
        yield {
            "lane": name,
            "language": language,
            "questions": len(pairs),
            "ndcg@10": _mean(gain for gain, _ in pairs),
            "recall@10": _mean(share for _, share in pairs),
        }


def _evidence(library: Library, one: QuestionSet, asked: Sequence[Asked]) -> Iterable[Row]:
    """Yield what the evidence rule finds with the relevant documents there, and with them taken away.

    ``joint`` is the share answered of the questions whose document is among the first five, times the share not
    answered of those whose documents are gone.
    """
    rule = EvidenceRule()
    counts: dict[str, list[Finding]] = {"present": [], "gone": []}
    with library.store.view() as view:
        for question in asked:
            found = list(library.searcher.search_in(view, question.text, where=_WHERE, limit=30).passages)
            gone = _ranked_anew(passage for passage in found if _name(one, passage) not in question.relevant)
            if any(_name(one, passage) in question.relevant for passage in found[:5]):
                counts["present"].append(_decided(view, rule, question, found))
            counts["gone"].append(_decided(view, rule, question, gone))
    shares = {
        case: {finding: round(found.count(finding) / max(1, len(found)), 3) for finding in Finding}
        for case, found in counts.items()
    }
    for case, by_finding in shares.items():
        yield {"documents": case, **{finding.value: share for finding, share in by_finding.items()}}
    yield {"joint": round(shares["present"][Finding.ANSWER] * (1 - shares["gone"][Finding.ANSWER]), 3)}


def _ranked_anew(passages: Iterable[Passage]) -> list[Passage]:
    """Return passages with the ranks that their lanes would have given them without those taken away."""
    left = list(passages)
    for lane in ("dense", "lexical"):
        found = [n for n, passage in enumerate(left) if lane in passage.lanes and passage.lanes[lane].rank is not None]
        found.sort(key=lambda n: (-left[n].lanes[lane].score, left[n].chunk_id))
        for rank, n in enumerate(found, start=1):
            placed = replace(left[n].lanes[lane], rank=rank)
            left[n] = replace(left[n], lanes={**left[n].lanes, lane: placed})
    return left


def _decided(view: View, rule: EvidenceRule, question: Asked, passages: Sequence[Passage]) -> Finding:
    return rule.decide(measure(passages, terms=view.terms(plain_query(question.text)), language=detect(question.text)))


def _answers(library: Library, asked: Sequence[Asked]) -> Iterable[Row]:
    """Yield how often a wanted answer stands in the claims, whatever the evidence rule would have said."""
    for sentences in (1, 3):
        inside, claims = [], []
        answerer = Answerer(
            library.searcher,
            library.store,
            clock=_now,
            new_id=lambda: "answer",
            sentences=sentences,
            evidence=EvidenceRule(answer=-1.0, refuse=-1.0, cross_answer=-1.0, cross_refuse=-1.0),
        )
        for question in asked:
            if question.answers:
                answer = answerer.ask(question.text, principal=OPERATOR, where=_WHERE, record=False)
                said = fold(answer.answer).text
                inside.append(any(fold(wanted).text in said for wanted in question.answers))
                claims.append(len(answer.claims))
        yield {"sentences": sentences, "answer inside": _mean(inside), "claims": _mean(claims)}


def _name(one: QuestionSet, passage: Passage) -> str:
    """Return the document's name in its set; a passage of another set has none there."""
    return passage.record_id if passage.source == one.name else f"{passage.source}/{passage.record_id}"


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return round(sum(listed) / max(1, len(listed)), 4)


def _now() -> datetime:
    return datetime.now(UTC)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.qa", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="a folder of question sets, or one set")
    parser.add_argument("--sets", nargs="+", metavar="NAME", help="only these sets")
    parser.add_argument("--together", action="store_true", help="measure all sets in one index besides")
    parser.add_argument("--limit", type=int, metavar="N", help="at most N questions of every set")
    parser.add_argument("--seed", type=int, default=1, help="which N questions (default 1)")
    parser.add_argument("--evidence", action="store_true", help="measure the evidence rule as well")
    parser.add_argument("--answers", action="store_true", help="measure the extractive answers as well")
    parser.add_argument("--work", type=Path, metavar="DIR", help="where stores stay for the next run")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="where the built embedder is kept")
    parser.add_argument("--output", choices=("text", "json"), default="text")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
