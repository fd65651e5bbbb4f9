"""What a run would cost: documents are read and cut, nothing is embedded and nothing is kept."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ingest.outcomes import attempt
from ingest.plan import Action, Plan
from ingest.process import Desk, Prepared, Trace
from ingest.report import DryRun
from retrieval.embedding.reuse import Purpose, embedding_keys
from retrieval.ports import Embedder, Originals, VectorCache
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
            inputs = _inputs(prepared, desk.embedder)
            known = vectors.get_many(list(dict.fromkeys(one.key for one in inputs))).keys() | paid
            new = {one.key: one.tokens for one in inputs if one.key not in known}
            paid |= new.keys()
            counted = replace(
                counted,
                documents=counted.documents + (prepared.extraction is not None),
                chunks=counted.chunks + len(prepared.chunks),
                inputs=counted.inputs + len(inputs),
                known_inputs=counted.known_inputs + len(inputs) - len(new),
                tokens=counted.tokens + sum(one.tokens for one in inputs),
                new_tokens=counted.new_tokens + sum(new.values()),
                estimated_tokens=counted.estimated_tokens + sum(estimate_tokens(one.text) for one in inputs),
            )
    return replace(counted, cost=counted.new_tokens / 1000 * price_per_1k_tokens, failures=tuple(failures))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Input:
    key: str
    text: str
    tokens: int


def _inputs(prepared: Prepared, embedder: Embedder) -> list[_Input]:
    """Return what would be embedded of a document: its chunks, and its statements that the model reads whole."""
    chunks = [chunk.embedding_text for chunk in prepared.chunks]
    statements = [statement.text for own in prepared.statements for statement in own]
    return [
        _Input(key=key, text=text, tokens=tokens)
        for purpose, texts in ((Purpose.PASSAGE, chunks), (Purpose.STATEMENT, statements))
        for key, text, tokens in zip(
            embedding_keys(embedder, texts, purpose=purpose), texts, embedder.count_tokens(texts), strict=True
        )
        if purpose is Purpose.PASSAGE or tokens <= embedder.spec.max_tokens
    ]
