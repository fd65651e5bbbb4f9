"""What a filter admits, said a second time in plain Python, to compare stores with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from retrieval.access import admitted
from retrieval.values import Condition, Document, Filter, MetadataValue, Operator


def admitted_documents(documents: Iterable[Document], where: Filter) -> set[str]:
    """Return the ids of the documents that a filter admits, its languages left aside."""
    everything = list(documents)
    return {document.id for document in everything if _admits(document, everything, where)}


def _admits(document: Document, everything: list[Document], where: Filter) -> bool:
    labels = document.attributes.labels
    return (
        admitted(allow=labels.allow, deny=labels.deny, where=where)
        and document.id not in where.excluded
        and (where.documents is None or document.id in where.documents)
        and all(_fulfils(document.attributes.metadata.get(c.field), c) for c in where.conditions)
        and _holds(document, everything, where)
    )


def _holds(document: Document, everything: list[Document], where: Filter) -> bool:
    own = document.attributes
    if where.as_of is None:
        return True
    if own.effective_from is not None and own.effective_from > where.as_of:
        return False
    if own.superseded_by is None:
        return True
    after = [d for d in everything if (d.source, d.key) == (document.source, own.superseded_by)]
    begins = after[0].attributes.effective_from if after else None
    return begins is not None and begins > where.as_of


def _fulfils(value: MetadataValue | None, condition: Condition) -> bool:
    members = () if value is None else value if isinstance(value, tuple) else (value,)
    matches = any(
        _kind(a) == _kind(b) and _compares(condition.operator, a, b) for a in members for b in condition.values
    )
    return not matches if condition.operator in (Operator.NOT_EQUALS, Operator.NOT_IN) else matches


def _compares(how: Operator, a: Any, b: Any) -> bool:
    if how is Operator.LESS:
        return bool(a < b)
    if how is Operator.LESS_OR_EQUAL:
        return bool(a <= b)
    if how is Operator.GREATER:
        return bool(a > b)
    if how is Operator.GREATER_OR_EQUAL:
        return bool(a >= b)
    return bool(a == b)


def _kind(value: str | float) -> str:
    return "boolean" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"
