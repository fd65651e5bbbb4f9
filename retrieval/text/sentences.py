"""Cut Japanese and English text into sentences, as verbatim spans.

A sentence ends at 。！？．｡, at ``. ! ?`` before white space, and at a line's end, but not inside brackets or
quotation marks, after an abbreviation (``No. 3``, ``e.g.``, ``U.S.``), in a number, a version, an address or a file
name, nor after the number of a list item. A line that was only wrapped goes on in the next one. One pass and a
stack: linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval.values import Span

__all__ = ["sentences"]

_QUOTE_LIMIT = 300
"""An opening bracket not closed within so many code points, or before an empty line, protects nothing."""

_PAIRS = dict(zip("「『（(【〔［[〈《｢", "」』）)】〕］]〉》｣", strict=True))
_CLOSERS = frozenset(_PAIRS.values())
_BRACKETS = re.compile(r"[「『（(【〔［\[〈《｢」』）)】〕］\]〉》｣]|\n[^\S\n]*\n")

_TAIL = "」』）)】〕］\\]〉》｣\"'”’"
_ENDERS = re.compile(rf"[。．！？｡!?.…]+[{_TAIL}]*|\r?\n")
_CJK = re.compile("[\u3005-\u3007\u3041-\u30ff\u3400-\u9fff\uff66-\uff9f\U00020000-\U0003ffff]")
_HIRAGANA = re.compile("[\u3041-\u3096]")
_QUOTED_ON = re.compile(r"\s*(?:[と、,。．」』）]|って)")
_LIST_MARK = re.compile(
    r"\s*(?:[-*+•・●○■□◆◇▪‣※→]|[(（]?(?:\d{1,3}|[０-９]{1,3}|[a-zA-Zａ-ｚＡ-Ｚ]|[ivxIVX]{1,4}|[ｱ-ﾝア-ン])[.)）．:：](?!\d)"
    r"|[①-⓿]|第[0-9０-９一二三四五六七八九十]+[条章節項])"
)
_BARE_MARK = re.compile(r"\s*[(（]?(?:[0-9０-９]{1,3}(?:[.．][0-9０-９]{1,3})*|[a-zA-Z]|[ivxIVX]{1,4})")
_NEXT_WORD = re.compile(r"[\s\"'“‘(]*(\w+)")
_LAST_WORD = re.compile(r"[A-Za-z](?:\.?[A-Za-z])*$")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NEVER_ENDS = _words("""
adm al approx apt art assn ave bldg blvd brig capt cf ch col dept dr ed eds eg eq esp est ex ext fig figs fr gen gov
hon ie incl lt maj mr mrs ms mt nr op para pp pres prof prop rep rev sec sen sgt st tel univ var ver viz vol vols vs
e.g i.e
""")
_BEFORE_NUMBER = _words("""
no nos p pp art fig ch sec vol ver ext para eq jan feb mar apr jun jul aug sep sept oct nov dec
""")
_MAY_END = _words("""
etc inc ltd co corp jr sr bros u.s u.k u.n e.u a.m p.m ph.d b.c a.d d.c
""")
_STARTERS = _words("""
a after all although an and another are as at before both but by call can check choose click contact do during each
enter every for from he her here how however i if in is it its many most no on once one open our please press run
see select she since so some such that the their then there these they this those to under until use we what when
where which while who why with you your
""")


def sentences(text: str, *, start: int = 0, end: int | None = None) -> list[Span]:
    """Return the sentences of ``text[start:end]`` as spans of ``text``, in order, without surrounding white space.

    Everything that is not white space lies in exactly one span. A bracket closing after a sentence's end belongs to
    that sentence.
    """
    stop = len(text) if end is None else end
    part = text[start:stop]
    spans: list[Span] = []
    begin = 0
    for cut in (*_cuts(part), len(part)):
        piece = part[begin:cut]
        stripped = piece.strip()
        if stripped:
            at = start + begin + len(piece) - len(piece.lstrip())
            spans.append(Span(start=at, end=at + len(stripped)))
        begin = cut
    return spans


def _cuts(text: str) -> Iterator[int]:
    """Yield the places where a sentence ends, in order."""
    protected = _protected(text)
    index = line = 0
    widest = _Widths(text)
    for match in _ENDERS.finditer(text):
        at, mark = match.start(), match.group()
        while index < len(protected) and protected[index][1] <= at:
            index += 1
        if mark.endswith("\n"):
            if not _wrapped(text, line=line, at=at, after=match.end(), widest=widest(at)):
                yield match.end()
            line = match.end()
            continue
        outermost = protected[index] if index < len(protected) and protected[index][0] < at else None
        if outermost is not None:
            # The sentence inside may end where its bracket does: （…です。）次の文
            if match.end() >= outermost[1] and _ends_with_bracket(text, match.end()):
                yield match.end()
        elif _ends(text, at=at, mark=mark, after=match.end(), line=line):
            yield match.end()


def _protected(text: str) -> list[tuple[int, int]]:
    """Return the outermost closed brackets, as ``[start, end)``; long, crossed and unclosed ones are left out."""
    open_at: list[int] = []
    closed: list[tuple[int, int]] = []
    for match in _BRACKETS.finditer(text):
        char = match.group()
        if char in _PAIRS:
            open_at.append(match.start())
        elif char not in _CLOSERS:
            open_at.clear()
        else:
            # Looking deeper than the nearest few openers would make unclosed ones cost the square of their number.
            for depth in range(1, min(len(open_at), 4) + 1):
                if _PAIRS[text[open_at[-depth]]] == char:
                    begin = open_at[-depth]
                    del open_at[-depth:]
                    if match.end() - begin <= _QUOTE_LIMIT:
                        while closed and closed[-1][0] > begin:
                            closed.pop()
                        closed.append((begin, match.end()))
                    break
    return closed


def _ends_with_bracket(text: str, after: int) -> bool:
    """Tell whether the sentence around a bracket ends with it, judged by what follows."""
    rest = text[after : after + 8].lstrip(" \u3000")[:1]
    goes_on = bool(_HIRAGANA.match(rest)) or rest.islower() or rest in "、，,。．.」』）)】；;：:"
    return not rest or not goes_on


def _ends(text: str, *, at: int, mark: str, after: int, line: int) -> bool:
    """Tell whether a mark outside brackets ends its sentence; ``line`` is where its line begins."""
    before, following = text[at - 1 : at], text[after : after + 1]
    bare = mark.rstrip("」』）)】〕］]〉》｣\"'”’")
    if not bare.strip("…"):
        return following.isspace() and text[after:].lstrip()[:1].isupper() if after < len(text) else True
    if any(char in "。｡" for char in bare):
        return not (len(mark) > len(bare) and _QUOTED_ON.match(text, after))
    if any(char in "！？!?" for char in bare):
        if _QUOTED_ON.match(text, after):
            return False
        spaced = not following or following.isspace()
        return spaced or any(char in "！？" for char in bare) or bool(_CJK.match(following) or _CJK.match(before))
    if bare.startswith("．"):
        inside = following.isalnum() and before.isalnum() and not _CJK.match(before) and not _CJK.match(following)
        return not inside and not _is_list_mark(text, line=line, at=at)
    return _dot_ends(text, at=at, after=after, line=line)


def _is_list_mark(text: str, *, line: int, at: int) -> bool:
    return at - line <= 16 and _BARE_MARK.fullmatch(text, line, at) is not None


def _dot_ends(text: str, *, at: int, after: int, line: int) -> bool:
    """Tell whether a Latin full stop ends its sentence."""
    following = text[after : after + 1]
    if following and not following.isspace():
        return at > 0 and bool(_CJK.match(text, at - 1)) and not following.isdigit()
    rest = _NEXT_WORD.match(text, after)
    upcoming = rest.group(1) if rest else ""
    goes_on = upcoming[:1].islower() and "\n" not in text[after : rest.start(1) if rest else after]
    if goes_on or _is_list_mark(text, line=line, at=at):
        return False
    word = _LAST_WORD.search(text, max(line, at - 24), at)
    return not upcoming or word is None or _word_ends(word.group(), upcoming)


def _word_ends(word: str, upcoming: str) -> bool:
    """Tell whether a sentence ends at ``word`` and a dot, before the word ``upcoming``."""
    name = word.lower()
    if name in _BEFORE_NUMBER and upcoming[0].isdigit():
        return False
    if name in _MAY_END or (len(word) == 1 and word.isupper()):
        return upcoming.lower() in _STARTERS
    return name not in _NEVER_ENDS


class _Widths:
    """The length of the longest line of the paragraph around a place; asked for in rising order."""

    def __init__(self, text: str) -> None:
        self.blocks = re.finditer(r"(?:[^\n]*\S[^\n]*(?:\n|$))+", text)
        self.end = 0
        self.widest = 0

    def __call__(self, at: int) -> int:
        while at >= self.end:
            block = next(self.blocks, None)
            if block is None:
                return 0
            if block.end() > at:
                self.widest = max(map(len, block.group().split("\n"))) if block.start() <= at else 0
            self.end = block.end()
        return self.widest


def _wrapped(text: str, *, line: int, at: int, after: int, widest: int) -> bool:
    """Tell whether a line break only wraps a sentence: a full line without a mark, then one that goes on."""
    last, following = text[at - 1 : at], text[after : after + 1]
    if not last or not following or following.isspace() or _LIST_MARK.match(text, after) or at - line < 20:
        return False
    full = (at - line) * 10 >= widest * 7
    if _CJK.match(last) or last in "、，":
        colon = any(char in text[after : after + 12] for char in "：:|")
        return (
            full and not colon and bool(_CJK.match(following) or following.isalnum() or following in "」』）、。「『（")
        )
    if last.isalnum() or last in ",-–/)":
        return following.islower() or (full and at - line >= 50 and following.isalnum() and "|" not in text[line:at])
    return False
