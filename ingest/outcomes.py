"""How a document's fate is told: the outcome of what failed, and the one place where anything may fail."""

from __future__ import annotations

import errno
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath
from typing import TypeVar

import structlog

from ingest.plan import Step
from ingest.process import Trace
from retrieval.errors import DocumentError, ServiceError, StoreError, UserError
from retrieval.values import Outcome, OutcomeStatus

__all__ = ["attempt", "outcome_of"]

T = TypeVar("T")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.EFBIG})
"""Errors of the machine and not of a document: the run cannot go on."""

log = structlog.get_logger(__name__)


def outcome_of(step: Step, status: OutcomeStatus, *, reason: str = "", detail: str = "") -> Outcome:
    """Return an outcome of a step without anything read."""
    return Outcome(
        document_id=step.document_id,
        key=step.key,
        status=status,
        reason=reason,
        detail=detail,
        version=step.known.version if step.known else "",
        etag=step.item.etag if step.item else "",
        reader_fingerprint=step.known.reader_fingerprint if step.known else "",
    )


def attempt(step: Step, trace: Trace, work: Callable[[], T]) -> T | Outcome:
    """Return what ``work`` returns, or the outcome ``failed`` or ``skipped`` of the one document it was for.

    Raises `ServiceError` and `UserError`: they concern the whole run.
    """
    try:
        return work()
    except DocumentError as exc:
        status = OutcomeStatus.SKIPPED if exc.skipped else OutcomeStatus.FAILED
        outcome = outcome_of(step, status, reason=exc.reason, detail=str(exc))
        found = replace(outcome, stage="" if exc.skipped else exc.stage.value, retryable=exc.retryable)
    except (ServiceError, UserError):
        raise
    except Exception as exc:  # per document: whatever a file provokes, the others are still taken in
        if isinstance(exc, OSError) and exc.errno in _FULL:
            raise StoreError(f"The machine cannot go on: {exc.strerror}.", retryable=True) from exc
        kind, place = type(exc).__name__, _place_of(exc)
        log.error("document.crashed", document_id=step.document_id, stage=trace.stage.value, kind=kind, at=place)  # noqa: TRY400  see _place_of
        detail = f"Something unforeseen happened ({kind} at {place}); the others are not touched by it."
        outcome = outcome_of(step, OutcomeStatus.FAILED, reason="error", detail=detail)
        found = replace(outcome, stage=trace.stage.value, retryable=True)
    return replace(
        found,
        version=trace.version or found.version,
        reader_fingerprint=trace.reader_fingerprint or found.reader_fingerprint,
    )


def _place_of(exc: Exception) -> str:
    """Return where it was raised. Its message is kept out: it may quote the document."""
    frame = traceback.extract_tb(exc.__traceback__)[-1]
    return f"{PurePath(frame.filename).name}:{frame.lineno}"
