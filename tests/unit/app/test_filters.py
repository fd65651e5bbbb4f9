"""Conditions on metadata, as written on the command line and in JSON."""

from __future__ import annotations

from datetime import date

import pytest

from app.filters import conditions_of_json, conditions_of_text, day
from retrieval.errors import UserError
from retrieval.values import Condition, Operator


@pytest.mark.parametrize(
    ("written", "field", "operator", "values"),
    [
        ("product=X", "product", Operator.EQUALS, ("X",)),
        (" 製品 = 冷蔵庫 A ", "製品", Operator.EQUALS, ("冷蔵庫 A",)),
        ("product!=X", "product", Operator.NOT_EQUALS, ("X",)),
        ("plan=a, b", "plan", Operator.IN, ("a", "b")),
        ('plan="a, b"', "plan", Operator.EQUALS, ("a, b",)),
        ("plan!=a,b", "plan", Operator.NOT_IN, ("a", "b")),
        ("year=2025", "year", Operator.IN, ("2025", 2025)),
        ("year>=2025", "year", Operator.GREATER_OR_EQUAL, (2025,)),
        ("ratio<.5", "ratio", Operator.LESS, (0.5,)),
        ("day>2025-01-01", "day", Operator.GREATER, ("2025-01-01",)),
        ("open=true", "open", Operator.IN, ("true", True)),
        ("url=a=b", "url", Operator.EQUALS, ("a=b",)),
        ("n<99999999999999999999", "n", Operator.LESS, (1e20,)),
        (f"n={'9' * 400}", "n", Operator.EQUALS, ("9" * 400,)),
        (f"n={'9' * 5000}", "n", Operator.EQUALS, ("9" * 5000,)),
    ],
)
def test_a_written_condition_is_read(
    written: str, field: str, operator: Operator, values: tuple[str | int | float | bool, ...]
) -> None:
    assert (Condition(field=field, operator=operator, values=values),) == conditions_of_text([written])


@pytest.mark.parametrize("written", ["", "product", "=X", "product=", "!=", "a b", "a!=,"])
def test_a_condition_that_cannot_be_read_is_refused_with_the_form_expected(written: str) -> None:
    with pytest.raises(UserError, match="expected field=value"):
        conditions_of_text([written])


def test_json_conditions_keep_their_types() -> None:
    found = conditions_of_json({"a": 1, "b": ["x", "y"], "c": {"less": 3, "not_in": ["z"]}})
    assert (
        Condition(field="a", operator=Operator.EQUALS, values=(1,)),
        Condition(field="b", operator=Operator.IN, values=("x", "y")),
        Condition(field="c", operator=Operator.LESS, values=(3,)),
        Condition(field="c", operator=Operator.NOT_IN, values=("z",)),
    ) == found


@pytest.mark.parametrize("wrong", [{"a": None}, {"a": []}, {"a": {}}, {"a": {"like": "x"}}, {"a": {"in": "x"}}])
def test_json_conditions_that_mean_nothing_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UserError, match="filter 'a'"):
        conditions_of_json(wrong)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("half a character \udcb4", "half a character"),
        (["a", "\ud842"], "half a character"),
        (float("nan"), "a number"),
        ({"less": float("inf")}, "a number"),
        (2**63, "a number"),
        ({"not_in": list(range(101))}, "100 values"),
        ([str(n) for n in range(101)], "100 values"),
    ],
)
def test_values_that_no_document_can_have_and_too_many_of_them_are_refused(value: object, told: str) -> None:
    with pytest.raises(UserError, match=f"filter 'a'.*{told}"):
        conditions_of_json({"a": value})


@pytest.mark.parametrize("written", ["a=\udcb4", "a>\udcb4", "\udcb4=a", "a=" + ",".join(map(str, range(101)))])
def test_a_written_condition_is_bounded_as_one_in_json_is(written: str) -> None:
    with pytest.raises(UserError, match=r"half a character|100 values"):
        conditions_of_text([written])


def test_a_day_is_an_iso_date_and_anything_else_names_the_option() -> None:
    assert date(2026, 4, 1) == day(" 2026-04-01 ", name="--as-of")
    with pytest.raises(UserError, match="--as-of 'tomorrow'"):
        day("tomorrow", name="--as-of")
