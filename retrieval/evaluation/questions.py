"""Decode questions to measure with: one JSON object a line, in the form of docs/questions.md. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from retrieval.errors import UserError
from retrieval.ids import fingerprint

__all__ = ["Expected", "Fields", "Question", "decode_questions", "usable"]

_IDS = ("query_id", "id")


class Expected(StrEnum):
    """What should become of a question."""

    ANSWERED = "answered"
    NOT_FOUND = "not_found"
    NEEDS_DETAIL = "needs_detail"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fields:
    """Where id and text of a question stand; without a name the id is ``query_id`` or ``id``."""

    id: str | None = None
    text: str = "question"


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A question with what is known of its answer.

    ``answers`` and ``evidence`` are alternatives: any one of them will do, evidence being verbatim words of a document.
    ``relevant`` names the documents that answer it, None when nobody said which. ``labels`` is who asks, None for
    whoever asks by default. ``turns`` are earlier questions of the same user, the oldest first. ``expects`` is None
    when it is not known what should become of it.
    """

    id: str
    text: str
    language: str | None = None
    answers: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    relevant: tuple[str, ...] | None = None
    kind: str = ""
    labels: tuple[str, ...] | None = None
    as_of: date | None = None
    turns: tuple[str, ...] = ()
    expects: Expected | None = None

    @property
    def digest(self) -> str:
        """A fingerprint of everything that is asked and wanted, so that an edited question is another one."""
        return fingerprint(repr(self))


def decode_questions(lines: Iterable[tuple[int, str]], *, name: str, fields: Fields) -> tuple[Question, ...]:
    """Return the questions of numbered lines, in order; blank lines are left out. ``name`` is the file's, for messages.

    Raises `UserError` naming file, line and field when a line is no JSON object, a field is absent or of the wrong
    form, an id appears twice, or there is no question at all.
    """
    questions: dict[str, Question] = {}
    for number, line in lines:
        if not line.strip():
            continue
        where = f"{name}:{number}"
        question = _question(_object(line, where=where), where=where, fields=fields)
        if question.id in questions:
            raise UserError(f"{where}: the id {question.id!r} appears twice.")
        questions[question.id] = question
    if not questions:
        raise UserError(f"{name}: there is no question in it.")
    return tuple(questions.values())


def usable(questions: Iterable[Question]) -> dict[str, int]:
    """Return how many questions there are in all, and how many of them each kind of measure can use."""
    counts = {"questions": 0, "retrieval": 0, "answers": 0, "abstention": 0, "multi_turn": 0}
    for question in questions:
        counts["questions"] += 1
        counts["retrieval"] += bool(question.relevant) and question.expects is not Expected.NOT_FOUND
        counts["answers"] += bool(question.answers or question.evidence) and question.expects is not Expected.NOT_FOUND
        counts["abstention"] += question.expects is not None
        counts["multi_turn"] += bool(question.turns)
    return counts


def _object(line: str, *, where: str) -> Mapping[str, object]:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise UserError(f"{where}: not JSON: {error.msg}.") from None
    if not isinstance(value, dict):
        raise UserError(f"{where}: expected a JSON object.")
    return value


def _question(row: Mapping[str, object], *, where: str, fields: Fields) -> Question:
    answers, evidence = (_texts(row, name, where=where) or () for name in ("answers", "evidence"))
    relevant = _relevant(row, where=where)
    expects = _expected(row, relevant=relevant, wanted=bool(answers or evidence), where=where)
    if not relevant and expects is not Expected.NOT_FOUND:
        relevant = None
    return Question(
        id=_word(row, [fields.id] if fields.id else _IDS, option="--id-field", where=where).strip(),
        text=_word(row, [fields.text], option="--text-field", where=where),
        language=_text(row, "lang", where=where),
        answers=answers,
        evidence=evidence,
        relevant=relevant,
        kind=_text(row, "kind", where=where) or "",
        labels=_texts(row, "labels", where=where),
        as_of=_day(row, where=where),
        turns=_texts(row, "turns", where=where) or (),
        expects=expects,
    )


def _word(row: Mapping[str, object], names: Sequence[str], *, option: str, where: str) -> str:
    for name in names:
        value = row.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value)
    raise UserError(
        f"{where}: no field {' or '.join(map(repr, names))}; it has {', '.join(map(str, row)) or 'none'}."
        f" Choose with {option}."
    )


def _text(row: Mapping[str, object], name: str, *, where: str) -> str | None:
    value = row.get(name)
    if value is not None and not isinstance(value, str):
        raise UserError(f"{where}: {name!r} is a string, not {type(value).__name__}.")
    return value or None


def _texts(row: Mapping[str, object], name: str, *, where: str) -> tuple[str, ...] | None:
    """Return a field of strings, a lone string as one; None when it is absent or null."""
    value = row.get(name)
    if value is None:
        return None
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise UserError(f"{where}: {name!r} is a string or a list of strings.")
    return tuple(dict.fromkeys(one for one in listed if one.strip()))


def _relevant(row: Mapping[str, object], *, where: str) -> tuple[str, ...] | None:
    listed, document = _texts(row, "relevant", where=where), _text(row, "document", where=where)
    if document is None:
        return listed
    return tuple(dict.fromkeys((document, *(listed or ()))))


def _day(row: Mapping[str, object], *, where: str) -> date | None:
    written = _text(row, "as_of", where=where)
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise UserError(f"{where}: 'as_of' is a day, YYYY-MM-DD, not {written!r}.") from None


def _expected(
    row: Mapping[str, object], *, relevant: tuple[str, ...] | None, wanted: bool, where: str
) -> Expected | None:
    written = _text(row, "expects", where=where)
    if written is not None:
        try:
            return Expected(written)
        except ValueError:
            raise UserError(f"{where}: 'expects' is one of {', '.join(Expected)}, not {written!r}.") from None
    if _texts(row, "answerable_with", where=where):
        return Expected.NOT_FOUND  # there is an answer, but not for who asks
    if relevant is None or (not relevant and wanted):
        return None
    return Expected.ANSWERED if relevant else Expected.NOT_FOUND
