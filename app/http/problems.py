"""Errors over HTTP: problem details of RFC 9457 with stable types; no message tells unknown from forbidden."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from retrieval.errors import GenerationMismatch, NotVisible, ServiceError, SettingsError, TenkyoError, UserError

__all__ = ["MEDIA_TYPE", "install", "problem"]

MEDIA_TYPE = "application/problem+json"
_URN = "urn:tenkyo:problem:"
_TITLES = {
    "bad-json": "The body is no JSON object.",
    "unknown-field": "The body has a field that this request does not know.",
    "invalid-request": "The request cannot be understood.",
    "not-found": "There is nothing here, or you may not see it.",
    "method-not-allowed": "This address does not take that method.",
    "untrusted-host": "The Host header names no address of this server.",
    "unsupported-media-type": "The body must be application/json.",
    "too-large": "The body is too large.",
    "too-slow": "The body took too long to arrive.",
    "not-ready": "The server cannot answer yet.",
    "unavailable": "A part that is needed to answer failed.",
    "internal": "A bug in Tenkyo; it was logged.",
}
_STATUS_KINDS = {404: "not-found", 405: "method-not-allowed", 413: "too-large", 415: "unsupported-media-type"}


def problem(
    kind: str, *, status: int, detail: str = "", headers: Mapping[str, str] | None = None, **more: object
) -> JSONResponse:
    """Return a problem response of the type ``urn:tenkyo:problem:<kind>``."""
    body = {"type": _URN + kind, "title": _TITLES[kind], "status": status, "detail": detail or _TITLES[kind], **more}
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def install(app: FastAPI) -> None:
    """Make every error of the application a problem response."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(TenkyoError, _tenkyo)
    app.add_exception_handler(Exception, _bug)


def _invalid(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    errors = [
        {
            "pointer": "/" + "/".join(str(part) for part in found["loc"][1:]),
            "detail": found["msg"],
            "kind": found["type"],
        }
        for found in error.errors()
    ]
    kinds = {found["kind"] for found in errors}
    if "json_invalid" in kinds:
        return problem("bad-json", status=400)
    told = [{"pointer": found["pointer"], "detail": found["detail"]} for found in errors]
    detail = "; ".join(f"{found['pointer']}: {found['detail']}" for found in told)
    kind = "unknown-field" if kinds == {"extra_forbidden"} else "invalid-request"
    return problem(kind, status=422, detail=detail, errors=told)


def _http(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    kind = _STATUS_KINDS.get(error.status_code, "invalid-request" if error.status_code < 500 else "internal")
    return problem(kind, status=error.status_code, headers=error.headers)


def _tenkyo(_request: Request, error: Exception) -> JSONResponse:
    match error:
        case NotVisible():
            return problem("not-found", status=404)
        case GenerationMismatch() | SettingsError():
            return problem("not-ready", status=503, detail=str(error))
        case UserError():
            return problem("invalid-request", status=422, detail=str(error))
        case ServiceError():
            structlog.get_logger(__name__).error("request.service_failed", service=error.service, cause=str(error))
            headers = {"Retry-After": "5"} if error.retryable else {}
            return problem("unavailable", status=503, detail=f"The {error.service} failed.", headers=headers)
        case _:
            return _bug(_request, error)


def _bug(request: Request, error: Exception) -> JSONResponse:
    structlog.get_logger(__name__).error("request.bug", path=request.url.path, exc_info=error)
    return problem("internal", status=HTTPStatus.INTERNAL_SERVER_ERROR)
