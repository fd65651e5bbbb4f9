"""Many questions at once: a JSONL file (gzip or not) in, one object or TREC line per answer out."""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from retrieval.errors import UserError
from retrieval.evaluation import questions as evaluation

__all__ = ["Question", "numbered_lines", "question_set", "read_questions", "written_whole"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A question with its id, as read from a line of a file, and what its field ``turns`` says was asked before it."""

    id: str
    text: str
    turns: tuple[str, ...] = ()


def read_questions(path: Path, *, id_field: str, text_field: str) -> tuple[Question, ...]:
    """Return the questions of a JSONL file, in order; blank lines are left out.

    Raises `UserError` naming file, line and field when the file is unreadable, a line is no JSON object, a field is
    absent or of another form, or an id appears twice.
    """
    questions: dict[str, Question] = {}
    for number, line in numbered_lines(path):
        if line.strip():
            question = _question(line, where=f"{path}:{number}", id_field=id_field, text_field=text_field)
            if question.id in questions:
                raise UserError(f"{path}:{number}: the id {question.id!r} appears twice.")
            questions[question.id] = question
    if not questions:
        raise UserError(f"{path}: there is no question in it.")
    return tuple(questions.values())


def question_set(path: Path) -> tuple[evaluation.Question, ...]:
    """Return the questions of a file with what is known of their answers. Raises `UserError` when it is unreadable."""
    return evaluation.decode_questions(numbered_lines(path), name=str(path), fields=evaluation.Fields())


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text file (gzip or not) with their numbers from 1. Raises `UserError` when unreadable."""
    try:
        with _open(path) as lines:
            yield from enumerate(lines, start=1)
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise UserError(f"{path}: cannot be read: {error}") from None


def _open(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig")
    return path.open(encoding="utf-8-sig")


def _question(line: str, *, where: str, id_field: str, text_field: str) -> Question:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{where}: not JSON: {getattr(error, 'msg', None) or error}.") from None
    if not isinstance(value, dict):
        raise UserError(f"{where}: expected a JSON object.")
    for field in (id_field, text_field):
        if not isinstance(value.get(field), str | int) or not str(value[field]).strip():
            raise UserError(
                f"{where}: no field {field!r}; it has {', '.join(map(str, value)) or 'none'}."
                " Choose with --id-field and --text-field."
            )
    if any("\ud800" <= letter <= "\udfff" for letter in str(value[id_field])):
        raise UserError(f"{where}: the field {id_field!r} holds half a character.")
    turns = value.get("turns") or []
    if not isinstance(turns, list) or not all(isinstance(turn, str) for turn in turns):
        raise UserError(f"{where}: 'turns' is a list of strings, the earlier questions, the oldest first.")
    return Question(id=str(value[id_field]).strip(), text=str(value[text_field]), turns=tuple(turns))


@contextmanager
def written_whole(path: Path) -> Iterator[IO[str]]:
    """Yield a file that takes its name only when all of it was written; until then the old one stays."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with draft.open("w", encoding="utf-8") as file:
            yield file
        draft.replace(path)
    except OSError as error:
        raise UserError(f"{path}: cannot be written: {error.strerror}.") from None
    finally:
        draft.unlink(missing_ok=True)
