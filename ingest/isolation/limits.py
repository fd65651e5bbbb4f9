"""How much one file may take."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What reading one file may take before it is given up.

    ``wall_s`` and ``cpu_s`` are seconds, with room for a manual of a thousand pages on a slow machine;
    ``memory_bytes`` is address space beyond what the idle child holds; ``text_chars`` and ``pages`` bound the
    extraction, ``output_bytes`` its packed form, ``scratch_bytes`` any file the reader writes. After
    ``files_per_child`` files the child is replaced, against slow leaks.
    """

    wall_s: float = 120.0
    cpu_s: int = 90
    memory_bytes: int = 1 << 30
    text_chars: int = 20_000_000
    pages: int = 5_000
    output_bytes: int = 1 << 28
    scratch_bytes: int = 64 << 20
    files_per_child: int = 200

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            if getattr(self, field.name) <= 0:
                raise ValueError(f"limit {field.name} must be positive, is {getattr(self, field.name)!r}")

    def to_json(self) -> str:
        """Return the limits for the child's command line."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Limits:
        """Return the limits of `to_json`."""
        return cls(**json.loads(text))
