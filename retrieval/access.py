"""The one place where a principal becomes a filter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from retrieval.values import PUBLIC, Condition, Filter, Principal

__all__ = ["OPERATOR", "admitted", "anonymous", "filter_for", "principal_with", "within", "without"]

OPERATOR = Principal(name="operator", labels=frozenset(), operator=True)
"""The local command line, which sees every document. No HTTP caller is ever this."""


def principal_with(labels: Iterable[str], *, name: str) -> Principal:
    """Return a principal with these labels, and ``public``, which everybody has."""
    return Principal(name=name, labels=frozenset(labels) | {PUBLIC})


def anonymous() -> Principal:
    """Return the unauthenticated loopback caller, who reads what is ``public`` and nothing else."""
    return principal_with((), name="anonymous")


def filter_for(
    principal: Principal,
    *,
    conditions: Iterable[Condition] = (),
    as_of: date | None = None,
    languages: frozenset[str] | None = None,
) -> Filter:
    """Return what a principal may see, narrowed by conditions on metadata and by the day of validity."""
    return Filter(
        labels=principal.labels,
        operator=principal.operator,
        conditions=tuple(conditions),
        as_of=as_of,
        languages=languages,
    )


def within(where: Filter, documents: Iterable[str]) -> Filter:
    """Return what a filter admits of these documents, by id."""
    ids = frozenset(documents)
    return replace(where, documents=ids if where.documents is None else where.documents & ids)


def without(where: Filter, documents: Iterable[str]) -> Filter:
    """Return what a filter admits but these documents, by id."""
    return replace(where, excluded=where.excluded.union(documents))


def admitted(*, allow: frozenset[str], deny: frozenset[str], where: Filter) -> bool:
    """Tell whether labels admit a filter's principal: one allowed, none denied, and nobody without any label."""
    if where.operator:
        return True
    return bool(allow & where.labels) and not deny & where.labels
