"""Signals ask a run to stop; a second one ends it at once."""

from __future__ import annotations

import os
import signal

import pytest

from app.stopping import stopping


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_first_signal_asks_and_says_its_exit_code_the_second_ends(number: signal.Signals, code: int) -> None:
    with stopping() as stop:
        assert not stop.event.is_set()
        os.kill(os.getpid(), number)
        assert (True, code) == (stop.event.is_set(), stop.exit_code)
        with pytest.raises(SystemExit) as ended:
            os.kill(os.getpid(), number)
    assert code == ended.value.code


def test_the_handlers_of_before_are_put_back() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with stopping():
        assert before != (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM))
    assert before == (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM))
