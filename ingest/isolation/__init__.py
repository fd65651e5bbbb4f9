"""Reading in a child process that may crash, hang or grow without harm to the run."""

from ingest.isolation.limits import Limits
from ingest.isolation.worker import IsolatedReader

__all__ = ["IsolatedReader", "Limits"]
