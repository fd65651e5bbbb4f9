"""What holds for every test: no network, no settings or home of the machine, one model cache for the whole run."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from pytest_socket import disable_socket, enable_socket, socket_allow_hosts

_ROOT = Path(__file__).resolve().parents[1]
_CACHE = "KB_TESTS_CACHE"  # not TENKYO_...: the settings refuse unknown variables of that prefix
_HOME = "KB_TESTS_HOME"
_LOOPBACK = ["127.0.0.1", "::1", "localhost"]

settings.register_profile(
    "tenkyo", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("tenkyo")


def pytest_configure(config: pytest.Config) -> None:
    """Cut the process, and with it every child process of a test, off the machine's settings.

    The first process of a run decides the folders; the workers of pytest-xdist inherit them.
    """
    chosen = os.environ.get("TENKYO_TEST_CACHE") or str(_ROOT / ".cache" / "tests")
    os.environ.setdefault(_CACHE, str(Path(chosen).resolve()))
    os.environ.setdefault(_HOME, tempfile.mkdtemp(prefix="tenkyo-home-"))
    for name in list(os.environ):
        if name.startswith(("AWS_", "TENKYO_", "XDG_")):
            del os.environ[name]
    home = Path(os.environ[_HOME])
    os.environ["HOME"] = str(home)
    os.environ["COLUMNS"] = "100"
    os.environ.pop("FORCE_COLOR", None)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse sockets; a test marked ``server`` may use loopback."""
    if item.get_closest_marker("server"):
        enable_socket()
        socket_allow_hosts(_LOOPBACK, allow_unix_socket=True)
    else:
        disable_socket(allow_unix_socket=True)


@pytest.fixture(scope="session")
def model_cache() -> Path:
    """Return the folder where the local model is built once and kept; ``TENKYO_TEST_CACHE`` chooses another."""
    folder = Path(os.environ[_CACHE])
    folder.mkdir(parents=True, exist_ok=True)
    return folder
