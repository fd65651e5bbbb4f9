"""Conditions on metadata as people and programs write them: ``product=X`` on the command line, JSON over HTTP."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from retrieval.errors import UserError
from retrieval.values import Condition, Operator

__all__ = ["conditions_of_json", "conditions_of_text", "day"]

Value = str | int | float | bool

_TEXT = re.compile(r"\s*(?P<field>[^\s=!<>][^=!<>]*?)\s*(?P<sign>!=|>=|<=|=|>|<)\s*(?P<values>.*\S)\s*", re.DOTALL)
_ORDER = {
    ">": Operator.GREATER,
    ">=": Operator.GREATER_OR_EQUAL,
    "<": Operator.LESS,
    "<=": Operator.LESS_OR_EQUAL,
}
_NUMBER = re.compile(r"[+-]?(?:\d+|\d*\.\d+)")
_HALF = re.compile("[\ud800-\udfff]")
_INTEGERS = 2**63
_MOST_VALUES = 100


def conditions_of_text(written: Iterable[str]) -> tuple[Condition, ...]:
    """Return the conditions of ``field=value``, ``!=``, ``<``, ``<=``, ``>``, ``>=``; ``a=b,c`` means either.

    A value that looks like a number or a truth value matches the field as such and as text; in double quotes it is
    text, commas included. Raises `UserError` for anything else.
    """
    return tuple(_condition(text) for text in written)


def _condition(text: str) -> Condition:
    found = _TEXT.fullmatch(text)
    if found is None:
        raise UserError(f"--filter {text!r}: expected field=value (also != < <= > >=; a=b,c means either).")
    field, sign, written = found["field"], found["sign"], found["values"]
    values = [written] if sign in _ORDER else _split(written)
    if not values:
        raise UserError(f"--filter {text!r}: expected field=value, there is no value.")
    _check(f"--filter {text[:80]!r}", [field, *values], several=len(values))
    if sign in _ORDER:
        return Condition(field=field, operator=_ORDER[sign], values=(_typed(values[0])[-1],))
    every = tuple(form for value in values for form in _typed(value))
    if sign == "=":
        return Condition(field=field, operator=Operator.EQUALS if len(every) == 1 else Operator.IN, values=every)
    return Condition(field=field, operator=Operator.NOT_EQUALS if len(every) == 1 else Operator.NOT_IN, values=every)


def _split(written: str) -> list[str]:
    parts = [part.strip() for part in re.findall(r'\s*"[^"]*"\s*|[^,]+', written)]
    return [part for part in parts if part]


def _typed(value: str) -> tuple[Value, ...]:
    """Return the forms a written value may have in the metadata, text first."""
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return (value[1:-1],)
    if value.lower() in {"true", "false"}:
        return value, value.lower() == "true"
    if _NUMBER.fullmatch(value) and math.isfinite(number := float(value)):
        return value, int(value) if "." not in value and abs(number) < _INTEGERS else number
    return (value,)


def conditions_of_json(written: Mapping[str, object]) -> tuple[Condition, ...]:
    """Return the conditions of ``{field: value | [values] | {operator: value or values}}``; types are as given.

    Raises `UserError` for an unknown operator, a value that is no text, number or truth value, and over 100 values.
    """
    conditions: list[Condition] = []
    for field, wanted in written.items():
        _check(f"filter {field!r}", [field], several=1)
        if isinstance(wanted, Mapping):
            if not wanted:
                raise UserError(f"filter {field!r}: an operator is missing; {_OPERATORS}")
            conditions += [_compare(field, str(name), value) for name, value in wanted.items()]
        elif isinstance(wanted, list):
            conditions.append(Condition(field=field, operator=Operator.IN, values=_values(field, wanted)))
        else:
            conditions.append(Condition(field=field, operator=Operator.EQUALS, values=_values(field, [wanted])))
    return tuple(conditions)


_OPERATORS = f"known are {', '.join(Operator)}."


def _compare(field: str, name: str, value: object) -> Condition:
    try:
        operator = Operator(name)
    except ValueError:
        raise UserError(f"filter {field!r}: unknown operator {name!r}; {_OPERATORS}") from None
    several = operator in {Operator.IN, Operator.NOT_IN}
    if several != isinstance(value, list):
        raise UserError(f"filter {field!r}: {name} takes {'a list of values' if several else 'one value'}.")
    return Condition(
        field=field, operator=operator, values=_values(field, value if isinstance(value, list) else [value])
    )


def _values(field: str, values: list[object]) -> tuple[Value, ...]:
    if not values or not all(isinstance(value, (str, int, float, bool)) for value in values):
        raise UserError(f"filter {field!r}: a value is a text, a number or a truth value.")
    _check(f"filter {field!r}", values, several=len(values))
    return tuple(value for value in values if isinstance(value, (str, int, float, bool)))


def _check(told: str, values: Sequence[object], *, several: int) -> None:
    """Refuse what no store can be asked for, and so many values that asking would take long."""
    if several > _MOST_VALUES:
        raise UserError(f"{told}: has {several} values, up to {_MOST_VALUES} values are taken.")
    for value in values:
        if isinstance(value, str) and _HALF.search(value):
            raise UserError(f"{told}: a text holds half a character.")
        if isinstance(value, float) and not math.isfinite(value):
            raise UserError(f"{told}: a number is expected, not {value}.")
        if isinstance(value, int) and not -_INTEGERS <= value < _INTEGERS:
            raise UserError(f"{told}: a number is expected that fits into 64 bits.")


def day(written: str, *, name: str) -> date:
    """Return the day of ``YYYY-MM-DD``. Raises `UserError` naming the option."""
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        raise UserError(f"{name} {written!r}: expected a day such as 2026-04-01.") from None
