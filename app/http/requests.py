"""The bodies of requests. Every field has bounds; a field that is not named here is refused."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from app.filters import conditions_of_json, day
from retrieval.access import anonymous, filter_for
from retrieval.errors import UserError
from retrieval.search.conversation import MOST_TURNS
from retrieval.values import Filter

__all__ = ["MAX_QUESTION", "AskBody", "SearchBody"]

MAX_QUESTION = 4000
"""Code points of a question."""

Asked = Annotated[str, Field(min_length=1, max_length=MAX_QUESTION)]
Scalar = str | int | float | bool


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    question: Asked = Field(description="Japanese or English")
    turns: list[Asked] = Field(
        default_factory=list,
        max_length=MOST_TURNS,
        description="what the same user asked before, the oldest first",
    )
    filter: dict[str, Scalar | list[Scalar] | dict[str, Scalar | list[Scalar]]] = Field(
        default_factory=dict,
        max_length=20,
        description="conditions on metadata: {field: value | [values] | {operator: value}}",
    )
    as_of: str | None = Field(
        default=None, max_length=10, description="what held on that day, YYYY-MM-DD; today if absent"
    )

    @field_validator("question")
    @classmethod
    def _says_something(cls, question: str) -> str:
        return _said(question)

    @field_validator("turns")
    @classmethod
    def _say_something(cls, turns: list[str]) -> list[str]:
        return [_said(turn) for turn in turns]

    @field_validator("as_of")
    @classmethod
    def _is_a_day(cls, written: str | None) -> str | None:
        if written is not None:
            try:
                day(written, name="as_of")
            except UserError as error:
                raise ValueError(str(error)) from None
        return written

    def where(self) -> Filter:
        """Return what an unauthenticated caller may see, narrowed as the body says. Raises `UserError`."""
        as_of: date = day(self.as_of, name="as_of") if self.as_of else datetime.now().astimezone().date()
        return filter_for(anonymous(), conditions=conditions_of_json(self.filter), as_of=as_of)


def _said(question: str) -> str:
    if not question.strip():
        raise ValueError("the question is empty")
    if any(0xD800 <= ord(letter) <= 0xDFFF or letter == "\0" for letter in question):
        raise ValueError("the question holds half a character or NUL")
    return question


class AskBody(_Body):
    """The body of ``POST /v1/ask``."""


class SearchBody(_Body):
    """The body of ``POST /v1/search``."""

    limit: int = Field(default=10, ge=1, le=100, description="how many passages")
    lane: Literal["fused", "dense", "lexical"] = Field(default="fused", description="what the ranking rests on")
