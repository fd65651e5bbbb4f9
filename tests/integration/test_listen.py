"""Listening ends with a signal, whenever it comes."""

from __future__ import annotations

import os
import signal
import threading

import pytest
import uvicorn
from fastapi import FastAPI

from app.http.listen import bind, listen
from app.stopping import stopping


@pytest.mark.server
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_before_the_server_catches_signals_itself_ends_it(
    monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    """Between ours and the server's own handlers lies a moment in which a supervisor may change its mind."""
    run = uvicorn.Server.run

    def late(server: uvicorn.Server, sockets: object = None) -> None:
        os.kill(os.getpid(), number)
        run(server, sockets)  # type: ignore[arg-type]  # as given
        assert watch.is_alive(), "ended by itself"

    monkeypatch.setattr(uvicorn.Server, "run", late)
    watch = threading.Timer(5, os.kill, (os.getpid(), number))  # so that a failure does not hang
    watch.start()
    try:
        with bind("127.0.0.1", 0) as bound, stopping() as stop:
            listen(FastAPI(), bound, log_level="warning", stop=stop)
        assert 128 + number == stop.exit_code
    finally:
        watch.cancel()
