"""The talk between parent and child: frames of one kind byte, eight length bytes (big endian) and a body.

To the child goes a `Request`; back comes READY once, then per request EXTRACTION (`retrieval.codec.pack`) or FAILURE.
Nothing is ever unpickled.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass

from retrieval.errors import DocumentError, Stage
from retrieval.ports import Hints

__all__ = ["EXTRACTION", "FAILURE", "HEADER", "READY", "Request", "decode_failure", "encode_failure", "frame"]

HEADER = struct.Struct(">cQ")
READY = b"R"
EXTRACTION = b"X"
FAILURE = b"F"
_MESSAGE_CHARS = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One file to read."""

    path: str
    hints: Hints

    def encode(self) -> bytes:
        """Return the request as one line of JSON."""
        return json.dumps({"path": self.path, "hints": asdict(self.hints)}).encode() + b"\n"

    @classmethod
    def decode(cls, line: bytes) -> Request:
        """Return the request of `encode`."""
        value = json.loads(line)
        return cls(path=value["path"], hints=Hints(**value["hints"]))


def frame(kind: bytes, body: bytes = b"") -> bytes:
    """Return one frame."""
    return HEADER.pack(kind, len(body)) + body


def encode_failure(error: DocumentError) -> bytes:
    """Return an error as the body of a FAILURE frame."""
    return json.dumps(
        {
            "message": str(error)[:_MESSAGE_CHARS],
            "stage": error.stage.value,
            "reason": error.reason,
            "retryable": error.retryable,
            "skipped": error.skipped,
        }
    ).encode()


def decode_failure(body: bytes) -> DocumentError:
    """Return the error of `encode_failure`. Raises `ValueError`, `KeyError` or `TypeError` on anything else."""
    value = json.loads(body)
    return DocumentError(
        str(value["message"]),
        stage=Stage(value["stage"]),
        reason=str(value["reason"]),
        retryable=bool(value["retryable"]),
        skipped=bool(value["skipped"]),
    )
