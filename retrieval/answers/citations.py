"""Verify what an answer claims against the stored text it cites. Pure, the same for quoted and generated text.

A quote is located with folded matching (width, case, white space; Unicode NFKC), and given back in the original's
own characters and offsets. Numbers, dates, amounts and identifiers of a claim must stand in what was quoted for it.
Nothing is repaired in silence: what is not there is named in ``reasons``, and its claim is never ``verified``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from retrieval.answers.tables import columns
from retrieval.text.facts import facts_in
from retrieval.text.folding import Folded, fold
from retrieval.text.sentences import sentences
from retrieval.values import Span, Verdict

__all__ = ["Cited", "Located", "Problem", "Quote", "Reason", "Verification", "verify"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cited:
    """A piece of stored text that may be cited: ``text`` begins at offset ``start`` of its extraction.

    ``context`` is what stands over it (title, headings, a table's header row): facts may come from there, quotes
    may not.
    """

    id: str
    text: str
    start: int = 0
    context: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """Words that a claim says stand in the text ``cited_id``."""

    cited_id: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Located:
    """A quote where it really stands: ``span`` in the extraction, ``text`` in the extraction's own characters."""

    cited_id: str
    span: Span
    text: str


class Reason(StrEnum):
    """Why a claim is not verified."""

    NO_QUOTE = "no_quote"
    UNKNOWN_ID = "unknown_id"
    QUOTE_NOT_FOUND = "quote_not_found"
    QUOTE_CUT = "quote_cut"
    FACT_NOT_FOUND = "fact_not_found"
    PARAPHRASED = "paraphrased"


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One reason, with the id, quote or fact that it is about."""

    reason: Reason
    about: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """What became of a claim.

    ``verified``: the claim itself stands in a cited text as whole sentences. ``quoted``: every quote stands there
    and holds every fact of the claim, whose wording is its own. ``unverified``: anything less. ``located`` are the
    quotes that were found, in order, without repetition. An unknown id is dropped and named; it spoils a claim only
    when nothing else supports it, while a quote that is not there always does.
    """

    verdict: Verdict
    located: tuple[Located, ...]
    problems: tuple[Problem, ...] = ()


def verify(claim: str, quotes: Sequence[Quote], cited: Mapping[str, Cited]) -> Verification:
    """Check one claim against the texts that its quotes name; ``cited`` holds all that were shown, by id.

    Linear in the lengths of claim, quotes and cited texts.
    """
    folded: dict[str, Folded] = {}
    located: dict[tuple[str, Span], Located] = {}
    problems = [] if quotes else [Problem(reason=Reason.NO_QUOTE, about="")]
    for quote in quotes:
        source = cited.get(quote.cited_id)
        if source is None:
            problems.append(Problem(reason=Reason.UNKNOWN_ID, about=quote.cited_id))
            continue
        if source.id not in folded:
            folded[source.id] = fold(source.text, loose=True)
        span = _place(quote.text, folded[source.id])
        if isinstance(span, Reason):
            problems.append(Problem(reason=span, about=quote.text))
            continue
        found = Located(
            cited_id=source.id,
            span=Span(start=source.start + span.start, end=source.start + span.end),
            text=source.text[span.start : span.end],
        )
        located.setdefault((source.id, found.span), found)
    whole = any(_stands_whole(claim, cited[name].text, folded[name]) for name in {f.cited_id for f in located.values()})
    if not whole:
        problems.extend(_unsupported(claim, located.values(), cited))
    fatal = not located or any(problem.reason is not Reason.UNKNOWN_ID for problem in problems)
    if fatal:
        verdict = Verdict.UNVERIFIED
    elif whole:
        verdict = Verdict.VERIFIED
    else:
        verdict = Verdict.QUOTED
        problems.append(Problem(reason=Reason.PARAPHRASED, about=claim))
    return Verification(verdict=verdict, located=tuple(located.values()), problems=tuple(problems))


def _unsupported(claim: str, located: Iterable[Located], cited: Mapping[str, Cited]) -> list[Problem]:
    """Return the facts of a claim that stand neither in the quoted sentences nor over them."""
    support = []
    for found in located:
        source = cited[found.cited_id]
        support.append(source.context)
        begin, end = found.span.start - source.start, found.span.end - source.start
        support.extend(source.text[s.start : s.end] for s in sentences(source.text) if s.start < end and begin < s.end)
    missing = facts_in(claim) - facts_in("\n".join(support))
    return [Problem(reason=Reason.FACT_NOT_FOUND, about=about) for about in sorted(map(str, missing))]


def _place(quote: str, folded: Folded) -> Span | Reason:
    """Return where a quote stands without cutting a word or a number, or why it does not."""
    if not any(char.isalnum() for char in quote):
        return Reason.QUOTE_NOT_FOUND
    wanted = fold(quote, loose=True).text.strip()
    at, seen = folded.text.find(wanted), False
    while at >= 0:
        seen = True
        if not _cuts(folded.text, at) and not _cuts(folded.text, at + len(wanted)):
            return folded.original(at, at + len(wanted))
        at = folded.text.find(wanted, at + len(wanted))
    return Reason.QUOTE_CUT if seen else Reason.QUOTE_NOT_FOUND


_JOINED = re.compile(
    r"[a-z0-9][a-z0-9]"  # within a word or a number
    r"|[0-9][.,:/-][0-9]"  # within 1,000 or 2024-04-01
    r"|[a-z0-9][._'-][a-z0-9]"  # within an identifier
    r"|[〇零一二三四五六七八九十百千万億兆0-9][〇零一二三四五六七八九十百千万億兆]"
)


def _cuts(folded: str, at: int) -> bool:
    """Tell whether a boundary runs through a Latin word, an identifier or a number."""
    if not 0 < at < len(folded):
        return False
    before, after = folded[at - 1], folded[at]
    if _JOINED.fullmatch(before + after):
        return True
    left, right = folded[max(0, at - 2) : at + 1], folded[at - 1 : at + 2]
    return bool(_JOINED.fullmatch(left) or _JOINED.fullmatch(right))


def _stands_whole(claim: str, text: str, folded: Folded) -> bool:
    """Tell whether a claim stands in a text from the beginning of a sentence, row or list item to the end of one."""
    wanted = fold(claim, loose=True).text.strip()
    if not any(char.isalnum() for char in wanted):
        return False
    rows = columns(text)
    bounds = [*sentences(text), *rows, *filter(None, set(rows.values()))]
    at = folded.text.find(wanted)
    while at >= 0:
        span = folded.original(at, at + len(wanted))
        begins = any(s.start <= span.start and not text[s.start : span.start].strip(_MARKS) for s in bounds)
        ends = any(span.end <= s.end and not text[span.end : s.end].strip() for s in bounds)
        if begins and ends:
            return True
        at = folded.text.find(wanted, at + len(wanted))
    return False


_MARKS = " \t\n\u3000-*+•●○◦▪■□◆・‣–>#"  # what stands before the words of a list item, a quotation or a heading
