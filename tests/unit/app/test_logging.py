"""Logs go to standard error, whatever that is when a line is written."""

from __future__ import annotations

import io
import sys

import pytest
import structlog

from app.cli.context import quiet_logging


def test_a_line_goes_to_the_standard_error_of_its_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream that was closed since logging was set up is not written to: the warning is shown, not an error."""
    log = structlog.get_logger("segments")
    gone = io.StringIO()
    monkeypatch.setattr(sys, "stderr", gone)
    quiet_logging("warning")
    gone.close()
    now = io.StringIO()
    monkeypatch.setattr(sys, "stderr", now)
    try:
        log.warning("segment.unusable", generation="g1")
    finally:
        structlog.reset_defaults()
    assert "event='segment.unusable'" in now.getvalue()
