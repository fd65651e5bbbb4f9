"""What is embedded of the statements of a chunk, at ingestion and of one that has no vector when asked. Pure.

A statement is embedded as it stands, so that it is compared with a question by what it says itself; a row of a table
says little without the names of its columns, which go before it.
"""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.answers.statements import Statement, pieces
from retrieval.values import Chunk, Passage, Span

__all__ = ["StatementInput", "input_of", "statement_inputs"]


@dataclass(frozen=True, kw_only=True, slots=True)
class StatementInput:
    """A statement's place in the extraction, and the embedder's input for it."""

    span: Span
    text: str


def statement_inputs(chunk: Chunk | Passage) -> tuple[StatementInput, ...]:
    """Return the inputs of all statements of a chunk, by place, each place once."""
    found = {span: _input(chunk, span, header) for span, header in pieces(chunk)}
    return tuple(
        StatementInput(span=Span(start=span.start + chunk.start, end=span.end + chunk.start), text=text)
        for span, text in sorted(found.items())
    )


def input_of(statement: Statement, passage: Passage) -> str:
    """Return the input of one statement, the same that `statement_inputs` has for its place in the passage."""
    header = statement.header
    if header is None:
        return statement.text
    return f"{passage.text[header.start - passage.start : header.end - passage.start]}\n{statement.text}"


def _input(chunk: Chunk | Passage, span: Span, header: Span | None) -> str:
    text = chunk.text[span.start : span.end]
    return f"{chunk.text[header.start : header.end]}\n{text}" if header else text
