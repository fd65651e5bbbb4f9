"""The generation that a run writes to: made on the first ingestion, refused when it was built otherwise."""

from __future__ import annotations

from ingest.chunking import CHUNKER
from ingest.readers.registry import EXTRACTION
from retrieval.answers.statements import STATEMENTS
from retrieval.errors import GenerationMismatch
from retrieval.ids import fingerprint
from retrieval.ports import EmbedderSpec, Store
from retrieval.text.lexical import ANALYZER
from retrieval.values import GenerationSpec, GenerationState

__all__ = ["current_generation", "open_generation", "spec_for"]


def spec_for(embedder: EmbedderSpec) -> GenerationSpec:
    """Return the generation that the code and the embedder now in use would build."""
    parts = {
        "embedder": f"{embedder.name}/{embedder.fingerprint}",
        "dimensions": str(embedder.dimensions),
        "chunker": CHUNKER,
        "extraction": EXTRACTION,
        "analyzer": ANALYZER,
        "statements": STATEMENTS,
    }
    mark = fingerprint(*(text for part in sorted(parts.items()) for text in part))
    return GenerationSpec(name=f"g-{mark}", fingerprint=mark, parts=parts, dimensions=embedder.dimensions)


def current_generation(store: Store, wanted: GenerationSpec) -> GenerationSpec | None:
    """Return the current generation, None before the first. Raises `GenerationMismatch` when it was built otherwise."""
    current = next((g for g in store.generations() if g.state is GenerationState.CURRENT), None)
    if current is not None and current.fingerprint != wanted.fingerprint:
        differing = [part for part in sorted(wanted.parts) if wanted.parts[part] != current.parts.get(part)]
        told = "; ".join(
            f"{part} was built with {current.parts.get(part)!r}, configured is {wanted.parts[part]!r}"
            for part in differing
        )
        raise GenerationMismatch(
            f"The index cannot be continued: {told}. Go back to those settings, or name a new store in TENKYO_STORE"
            " and ingest into it."
        )
    return current


def open_generation(store: Store, wanted: GenerationSpec, *, fence: int) -> GenerationSpec:
    """Return the current generation, made and promoted first when there is none.

    It is promoted while still empty: nothing was searchable before, and from then on whatever is committed is.
    """
    current = current_generation(store, wanted)
    if current is not None:
        return current
    for left in store.generations():  # by a process that ended between making and promoting: it is empty
        if left.fingerprint != wanted.fingerprint and left.state is GenerationState.BUILDING:
            store.drop(left.name, fence=fence)
    store.create_generation(wanted, fence=fence)
    store.promote(wanted.name, fence=fence)
    return current_generation(store, wanted) or wanted
