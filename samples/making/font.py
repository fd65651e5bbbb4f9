"""Finds the Japanese font of the PDFs: IPAexGothic, whose licence allows embedding in documents.

It lies in the package matplotlib-fontja, of which only this file is used: the package is not imported.
"""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path

__all__ = ["font_path"]


def font_path() -> Path:
    """Return the path of IPAexGothic's TrueType file. Raises `FileNotFoundError` when the package lacks it."""
    path = Path(str(distribution("matplotlib-fontja").locate_file("matplotlib_fontja/fonts/ipaexg.ttf")))
    if not path.is_file():
        raise FileNotFoundError(f"no font at {path}: install the development group (make setup)")
    return path
