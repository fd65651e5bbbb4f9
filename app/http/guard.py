"""What stands before every request: trusted host names, a bounded body, a request id, safe headers."""

from __future__ import annotations

import asyncio
import re
import uuid

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.problems import problem

__all__ = ["MAX_BODY", "Guard"]

MAX_BODY = 1 << 20
"""Bytes of a request's body."""

_BODY_SECONDS = 30.0
_LOOPBACK_NAMES = re.compile(r"(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?", re.IGNORECASE)
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """ASGI middleware around the whole application; the last resort for errors of a request.

    A loopback server is reachable by any page in the user's browser: only loopback names are answered (against DNS
    rebinding), and bodies must be JSON (so that a foreign page needs a preflight, which nobody answers).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        started = False

        async def answer(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                sent = MutableHeaders(scope=message)
                sent["X-Request-Id"] = request_id
                for name, value in _HEADERS.items():
                    sent.setdefault(name, value)
            await send(message)

        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            refusal, body = await _received(scope, headers, receive)
            if refusal is not None:
                await refusal(scope, receive, answer)
            else:
                await self._app(scope, _replay(body, receive), answer)
        except Exception:  # noqa: BLE001 - per request: its handler has logged and answered; the server goes on
            if not started:
                structlog.get_logger(__name__).exception("request.bug")
                await problem("internal", status=500)(scope, receive, answer)
        finally:
            structlog.contextvars.unbind_contextvars("request_id")


async def _received(scope: Scope, headers: Headers, receive: Receive) -> tuple[Response | None, bytes]:
    """Return the whole body, or the response that refuses the request."""
    if not _LOOPBACK_NAMES.fullmatch(headers.get("host", "")):
        return problem("untrusted-host", status=400), b""
    if scope["method"] in {"GET", "HEAD", "OPTIONS"}:
        return None, b""
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return problem("unsupported-media-type", status=415), b""
    length = headers.get("content-length", "")
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            body = None if length.isdecimal() and int(length) > MAX_BODY else await _body(receive)
    except TimeoutError:
        return problem("too-slow", status=408), b""
    if body is None:
        return problem("too-large", status=413, detail=f"The body may have {MAX_BODY} bytes."), b""
    return None, body


async def _body(receive: Receive) -> bytes | None:
    """Return the body as it arrives, or None as soon as it is longer than allowed."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_BODY:
            return None
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a channel that gives the body once and then whatever follows it."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
