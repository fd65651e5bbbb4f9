"""The value of a spreadsheet's cell as text, near to what the sheet shows."""

from __future__ import annotations

import re
from datetime import date, datetime, time

__all__ = ["shown"]

_LONGEST_FORMAT = 255  # what Excel itself allows
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|([¥$€£￥円%])')
_PLACES = re.compile(r"0\.(0+)")
_SKIPPED = re.compile(r"\[[^\]]*\]|_.|\*.")


def shown(value: object, number_format: str = "General") -> str:
    """Return a cell's value as text; None gives the empty text.

    Dates stand in ISO form, numbers with the grouping, places, percent sign and currency of their format.
    """
    match value:
        case None:
            text = ""
        case bool():
            text = "TRUE" if value else "FALSE"
        case datetime() if value.time() == time():
            text = value.date().isoformat()
        case datetime():
            text = value.isoformat(sep=" ", timespec="minutes")
        case date():
            text = value.isoformat()
        case time():
            text = value.isoformat(timespec="minutes")
        case int() | float():
            text = _number(value, number_format)
        case _:
            text = str(value)
    return text


def _number(value: float, number_format: str) -> str:
    if number_format in {"General", "@", ""} or len(number_format) > _LONGEST_FORMAT:
        return _plain(value)
    section = _SKIPPED.sub(_currency, number_format.split(";", maxsplit=1)[0])
    pattern = re.sub(r'"[^"]*"|\\.', "", section)
    percent = "%" in pattern
    scaled = value * 100 if percent else value
    places = _PLACES.search(pattern)
    if places or "0" in pattern or "#" in pattern:
        digits = len(places.group(1)) if places else 0
        grouping = "," if re.search(r"[#0],[#0]", pattern) else ""
        if "E" in pattern or "/" in pattern or "?" in pattern:
            return _plain(value)
        text = f"{scaled:{grouping}.{digits}f}"
    else:
        return _plain(value)
    first = re.search(r"[#0]", section)
    at = first.start() if first else 0
    before = "".join(_literals(section[:at]))
    after = "".join(_literals(section[at:]))
    return f"{before}{text}{after}".strip()


def _currency(match: re.Match[str]) -> str:
    """Keep the sign of a currency part such as ``[$¥-411]``."""
    part = match.group()
    if part.startswith("[$"):
        sign = part[2:-1].split("-")[0]
        return f'"{sign}"' if sign else ""
    return ""


def _literals(section: str) -> list[str]:
    return ["".join(group for group in match.groups() if group) for match in _LITERAL.finditer(section)]


def _plain(value: float) -> str:
    if isinstance(value, int) or value.is_integer():
        return str(int(value))
    return f"{value:.15g}"
