"""The errors of Tenkyo: who can mend it is the type, what to do next is in the message.

::

    TenkyoError
    ├─ UserError                 the reader of the message can fix it         exit 2
    │   ├─ SettingsError         names the key and every place looked         exit 4
    │   ├─ GenerationMismatch    built with X, configured Y: how to go on     exit 4
    │   ├─ NotVisible            unknown or forbidden: never says which       exit 2, HTTP 404
    │   └─ MassDeleteRefused     a listing shrank beyond the guard            exit 2
    ├─ DocumentError             this one document; the run goes on           outcome failed or skipped
    └─ ServiceError              a store or a model; .service, .retryable     exit 5
        ├─ StoreError            the store refused or lost a call
        ├─ Fenced                a newer writer holds the lease               exit 75
        └─ LeaseHeld             another writer is at work: try again later   exit 75

A message says what, which and what next. It never holds a secret or text of a document.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = [
    "DocumentError",
    "Fenced",
    "GenerationMismatch",
    "LeaseHeld",
    "MassDeleteRefused",
    "NotVisible",
    "ServiceError",
    "SettingsError",
    "Stage",
    "StoreError",
    "TenkyoError",
    "UserError",
]


class Stage(StrEnum):
    """The step of ingestion at which a document failed."""

    OPEN = "open"
    READ = "read"
    CHUNK = "chunk"
    EMBED = "embed"
    STORE = "store"


class TenkyoError(Exception):
    """Every error that Tenkyo raises on purpose. ``exit_code`` is that of the command line."""

    exit_code = 1


class UserError(TenkyoError):
    """The reader of the message can fix it: wrong usage, wrong settings, wrong input."""

    exit_code = 2


class SettingsError(UserError):
    """A setting is missing or wrong. The message names the key and every place that was looked at."""

    exit_code = 4


class GenerationMismatch(UserError):
    """The index was built with other parts than those configured; the message gives the remedy."""

    exit_code = 4


class NotVisible(UserError):
    """The thing does not exist or the caller may not see it. The message never tells which."""


class MassDeleteRefused(UserError):
    """A complete listing of a source shrank beyond the guard; nothing was deleted."""


class DocumentError(TenkyoError):
    """One document could not be taken in; the run goes on and reports it.

    ``stage`` is the step, ``retryable`` tells whether the same bytes may succeed later, ``skipped`` is true when
    a rule left the document out (empty, unsupported, encrypted, too large): then it is no failure. ``reason`` is
    a short stable word such as ``encrypted`` or ``timeout`` for counting.
    """

    def __init__(
        self, message: str, *, stage: Stage, reason: str, retryable: bool = False, skipped: bool = False
    ) -> None:
        super().__init__(message)
        self.stage = stage
        self.reason = reason
        self.retryable = retryable
        self.skipped = skipped


class ServiceError(TenkyoError):
    """A store or a model did not do its part. ``service`` names it, ``retryable`` tells whether to try again."""

    exit_code = 5

    def __init__(self, message: str, *, service: str, retryable: bool = False) -> None:
        super().__init__(message)
        self.service = service
        self.retryable = retryable


class StoreError(ServiceError):
    """The store refused or lost a call."""

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message, service="store", retryable=retryable)


class Fenced(ServiceError):
    """A write carried the fence of a lease that is no longer held: a newer writer is at work."""

    exit_code = 75

    def __init__(self, message: str) -> None:
        super().__init__(message, service="store", retryable=False)


class LeaseHeld(ServiceError):
    """Another writer holds the lease; the message says who and until when."""

    exit_code = 75

    def __init__(self, message: str) -> None:
        super().__init__(message, service="store", retryable=True)
