"""Look a question's words up in a Japanese-English dictionary, so that the lexical lane reaches the other language.

An extra (``pip install 'tenkyo[gloss]'``): Sudachi cuts Japanese into words, the data of JMdict translates them. JMdict
is the property of the Electronic Dictionary Research and Development Group, used under its licence, CC BY-SA 4.0
(https://www.edrdg.org/edrdg/licence.html); none of it is shipped with this program or kept in an index.
"""

from __future__ import annotations

from importlib.util import find_spec

from retrieval.errors import SettingsError
from retrieval.gloss.glosses import Gloss, Glossed

__all__ = ["COMMAND", "LICENCE", "Gloss", "Glossed", "installed", "open_gloss"]

COMMAND = "pip install 'tenkyo[gloss]'"
"""What installs the extra."""

LICENCE = "JMdict, (c) Electronic Dictionary Research and Development Group, CC BY-SA 4.0; Sudachi, Apache-2.0"
"""Whose data is used, and under which licence."""

_MODULES = ("sudachipy", "sudachidict_small", "jamdict_data")


def installed() -> bool:
    """Tell whether the extra is there, without loading it."""
    return all(find_spec(name) is not None for name in _MODULES)


def open_gloss() -> Gloss:
    """Return the gloss; its dictionaries are opened by the first question that needs them, which takes about 0.1 s.

    Raises `SettingsError` when the extra is not there.
    """
    if not installed():
        raise SettingsError(f"gloss = 'on': its dictionaries are not installed. Run: {COMMAND}")
    from retrieval.gloss.dictionary import Dictionary
    from retrieval.gloss.segmenting import Segmenter

    return Gloss(Segmenter, Dictionary)
