"""A filter as SQL: the one place where the SQLite store decides which documents a caller may see."""

from __future__ import annotations

import math
from dataclasses import dataclass

from retrieval.values import Condition, Filter, MetadataValue, Operator

__all__ = ["Admission", "admission", "filter_key", "kind_of", "metadata_rows"]

_Parameter = str | int | float

_COMPARISONS = {
    Operator.LESS: "<",
    Operator.LESS_OR_EQUAL: "<=",
    Operator.GREATER: ">",
    Operator.GREATER_OR_EQUAL: ">=",
}
_NEGATED = (Operator.NOT_EQUALS, Operator.NOT_IN)


@dataclass(frozen=True, kw_only=True, slots=True)
class Admission:
    """A condition on ``documents d`` (and ``chunks c`` for `chunk_sql`) with its parameters, in order."""

    sql: str
    parameters: tuple[_Parameter, ...]
    chunk_sql: str
    chunk_parameters: tuple[_Parameter, ...]


def admission(where: Filter) -> Admission:
    """Return the SQL of a filter. What `retrieval.access.admitted` says of labels, this says in SQL."""
    clauses: list[str] = []
    parameters: list[_Parameter] = []
    if not where.operator:
        marks = ",".join("?" * len(where.labels))
        names = sorted(where.labels)
        for deny, word in ((0, "EXISTS"), (1, "NOT EXISTS")):
            having = f"l.document = d.id AND l.deny = {deny} AND l.label IN ({marks})"
            clauses.append(f"{word} (SELECT 1 FROM labels l WHERE {having})")  # noqa: S608 - made of constants
            parameters += names
    for condition in where.conditions:
        sql, values = _condition(condition)
        clauses.append(sql)
        parameters += values
    if where.as_of is not None:
        day = where.as_of.isoformat()
        clauses.append("(d.effective_from IS NULL OR d.effective_from <= ?)")
        clauses.append(
            "(d.superseded_by IS NULL OR EXISTS (SELECT 1 FROM documents s WHERE s.generation = d.generation"
            " AND s.source = d.source AND s.key = d.superseded_by AND s.effective_from > ?))"
        )
        parameters += [day, day]
    for ids, word in ((where.documents, "IN"), (where.excluded or None, "NOT IN")):
        if ids is not None:
            clauses.append(f"d.id {word} ({','.join('?' * len(ids))})")
            parameters += sorted(ids)
    chunk_clauses = list(clauses)
    chunk_parameters = list(parameters)
    if where.languages is not None:
        chunk_clauses.append(f"c.language IN ({','.join('?' * len(where.languages))})")
        chunk_parameters += sorted(where.languages)
    return Admission(
        sql=" AND ".join(clauses) or "1",
        parameters=tuple(parameters),
        chunk_sql=" AND ".join(chunk_clauses) or "1",
        chunk_parameters=tuple(chunk_parameters),
    )


def _condition(condition: Condition) -> tuple[str, list[_Parameter]]:
    sign = _COMPARISONS.get(condition.operator, "=")
    tests: list[str] = []
    parameters: list[_Parameter] = [condition.field]
    for value in condition.values:
        tests.append(f"(m.kind = ? AND m.value {sign} ?)")
        parameters += [kind_of(value), _storable(value)]
    word = "NOT EXISTS" if condition.operator in _NEGATED else "EXISTS"
    matches = " OR ".join(tests) or "0"
    having = f"m.document = d.row AND m.field = ? AND ({matches})"
    return f"{word} (SELECT 1 FROM metadata m WHERE {having})", parameters  # noqa: S608 - made of constants


def kind_of(value: str | float | bool) -> str:  # noqa: FBT001 - a value of metadata, not a switch
    """Return what a metadata value is compared as; values of different kinds are never equal, less or greater."""
    if isinstance(value, bool):
        return "boolean"
    return "text" if isinstance(value, str) else "number"


def metadata_rows(value: MetadataValue) -> list[tuple[str, str | int | float]]:
    """Return the kind and value of every member of a metadata value; an empty list has one of no comparable kind."""
    members = sorted(set(value)) if isinstance(value, tuple) else [value]
    return [(kind_of(member), _storable(member)) for member in members] or [("none", "")]


def _storable(value: _Parameter) -> _Parameter:
    """Return an integer too large for SQLite's 64 bits as the nearest float, or as infinite."""
    if not isinstance(value, int) or -(2**63) <= value < 2**63:
        return value
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def filter_key(where: Filter) -> tuple[object, ...]:
    """Return a filter as a key that tells 1, 1.0 and True apart, as SQL does and equality of Python does not."""
    conditions = tuple((c.field, c.operator, tuple((kind_of(v), v) for v in c.values)) for c in where.conditions)
    return (
        where.operator,
        where.labels,
        conditions,
        where.as_of,
        where.languages,
        where.documents,
        where.excluded,
    )
