"""What kind of words answers a question: a time for "when", a figure for "how many". Pure.

Only what can be told without knowing names: 誰 and "who" want a person, and no pattern knows one.
"""

from __future__ import annotations

import re
from enum import StrEnum

from retrieval.text.facts import FactKind, facts_in

__all__ = ["AnswerType", "fits", "wanted"]


class AnswerType(StrEnum):
    """What a question asks for."""

    TIME = "time"
    FIGURE = "figure"


_TIME_ASKED = re.compile(
    r"何年(?!間)|何月|何日(?!間)|何時(?!間)|何曜|いつ|何世紀|年代"
    r"|\bwhen\b|\b(?:what|which) (?:year|date|day|month|century|decade|time)\b|\bdeadline\b|期限|締め?切",
    re.IGNORECASE,
)
_FIGURE_ASKED = re.compile(
    r"いくら|いくつ|(?:どれ|どの)(?:くらい|ぐらい|だけ|ほど)"
    r"|何(?:年間|日間|時間|か月|ヶ月|カ月|週間|[人個台度回倍円名種本件分歳点戦勝話巻両駅割階枚杯冊%％]|キロ|メートル|パーセント|つ)"
    r"|\bhow (?:many|much|long|far|old|big|large|tall|high|often|wide|heavy|thick|fast|deep)\b"
    r"|\bwhat (?:is the )?(?:percent|percentage|number|price|cost|fee|amount)\b|\bnumber of\b",
    re.IGNORECASE,
)
_TIMES = re.compile(
    r"\b(?:1[0-9]{3}|20[0-9]{2})\b|世紀|[0-9０-９]年|曜日?|centur|[0-9]{2}s\b"
    r"|\b(?:January|February|March|April|June|July|August|September|October|November|December)\b"
    r"|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b",
    re.IGNORECASE,
)
_NUMERALS = re.compile(
    r"[0-9０-９]|[一二三四五六七八九十百千万億]"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand"
    r"|million|billion|half|third|quarter|dozen|once|twice)\b",
    re.IGNORECASE,
)


def wanted(question: str) -> frozenset[AnswerType]:
    """Return what a question asks for; nothing when it does not show, both for 期限は何日間."""
    types = set()
    if _TIME_ASKED.search(question):
        types.add(AnswerType.TIME)
    if _FIGURE_ASKED.search(question):
        types.add(AnswerType.FIGURE)
    return frozenset(types)


def fits(types: frozenset[AnswerType], text: str) -> bool:
    """Tell whether a text holds a kind of words that is asked for; never when nothing is."""
    if AnswerType.FIGURE in types and _NUMERALS.search(text):
        return True
    if AnswerType.TIME not in types:
        return False
    dated = any(fact.kind in (FactKind.DATE, FactKind.TIME) for fact in facts_in(text))
    return dated or _TIMES.search(text) is not None
