"""Listening: a socket on loopback and nothing else, served until a signal ends it."""

from __future__ import annotations

import ipaddress
import socket

import uvicorn
from fastapi import FastAPI

from app.stopping import Stop
from retrieval.errors import UserError

__all__ = ["bind", "listen"]


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens on a loopback address; port 0 takes a free one.

    Raises `UserError` for any other address, because callers are not authenticated, and when the port is taken.
    """
    try:
        address = ipaddress.ip_address("127.0.0.1" if host.lower() == "localhost" else host.strip("[]"))
    except ValueError:
        raise UserError(f"--host {host!r}: expected a loopback address: 127.0.0.1, ::1 or localhost.") from None
    if not address.is_loopback:
        raise UserError(
            f"--host {host!r}: refused, because this version does not authenticate callers: anybody on the network"
            " could ask. Listen on 127.0.0.1, and put a proxy that authenticates in front of it."
        )
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((str(address), port))
        bound.listen(128)  # from now on a caller waits instead of being refused
    except OSError as error:
        bound.close()
        raise UserError(
            f"--port {port}: cannot listen on {address}: {error.strerror}. Choose another --port."
        ) from None
    return bound


def listen(app: FastAPI, bound: socket.socket, *, log_level: str, stop: Stop) -> None:
    """Serve until SIGINT or SIGTERM; requests under way get ten seconds to finish.

    While it serves, the server catches the signals itself and hands them on to ``stop`` once it has shut down; one
    that ``stop`` catches before that ends it, too.
    """
    config = uvicorn.Config(
        app,
        log_level=log_level,
        access_log=log_level in {"info", "debug"},
        server_header=False,
        timeout_graceful_shutdown=10,
        lifespan="off",
    )
    server = uvicorn.Server(config)

    def end() -> None:
        server.should_exit = True

    stop.then = end
    if not stop.event.is_set():
        server.run(sockets=[bound])
