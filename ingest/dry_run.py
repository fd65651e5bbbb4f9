"""What a run would cost: documents are read and cut, nothing is embedded and nothing is kept."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from ingest.outcomes import attempt
from ingest.plan import Action, Plan
from ingest.process import Desk, Trace
from ingest.report import DryRun
from retrieval.embedding.reuse import passage_keys
from retrieval.ports import Originals, VectorCache
from retrieval.text.tokens import estimate_tokens
from retrieval.values import Outcome

__all__ = ["measure_plan"]


def measure_plan(
    plan: Plan,
    *,
    desk: Desk,
    vectors: VectorCache,
    originals_in: Callable[[Path], Originals],
    price_per_1k_tokens: float = 0.0,
    warnings: tuple[str, ...] = (),
) -> DryRun:
    """Read and cut what the plan adds and replaces, and count.

    ``originals_in`` makes a place for the files being read in a folder that is gone afterwards.
    ``price_per_1k_tokens`` is the embedder's in US dollars, 0 for the local one. An input that stands in several
    documents counts once among the new ones.
    """
    counted = DryRun(plan=plan, warnings=warnings)
    failures: list[Outcome] = []
    paid: set[str] = set()
    with tempfile.TemporaryDirectory(prefix="tenkyo-dry-run-") as folder:
        originals = originals_in(Path(folder))
        desk = replace(desk, originals=originals)
        for step in plan.steps:
            if step.action not in {Action.ADD, Action.REPLACE}:
                continue
            trace = Trace()
            prepared = attempt(step, trace, partial(desk.prepare, step, trace))
            if trace.version:
                originals.delete(trace.version)
            if isinstance(prepared, Outcome):
                failures.append(prepared)
                continue
            texts = [chunk.embedding_text for chunk in prepared.chunks]
            keys = passage_keys(desk.embedder, texts)
            known = vectors.get_many(list(dict.fromkeys(keys))).keys() | paid
            tokens = desk.embedder.count_tokens(texts)
            new = {key: count for key, count in zip(keys, tokens, strict=True) if key not in known}
            paid |= new.keys()
            counted = replace(
                counted,
                documents=counted.documents + (prepared.extraction is not None),
                chunks=counted.chunks + len(texts),
                inputs=counted.inputs + len(texts),
                known_inputs=counted.known_inputs + len(texts) - len(new),
                tokens=counted.tokens + sum(tokens),
                new_tokens=counted.new_tokens + sum(new.values()),
                estimated_tokens=counted.estimated_tokens + sum(map(estimate_tokens, texts)),
            )
    return replace(counted, cost=counted.new_tokens / 1000 * price_per_1k_tokens, failures=tuple(failures))
