"""What in a question points back to what was said before it, in Japanese and in English. Pure.

Patterns, no parser: they read the question in NFKC and lower case. A pronoun counts only while the question has hardly
named anything itself, since "a lock on the door because it is broken" says itself what it means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.text.folding import nfkc

__all__ = ["Form", "form_of"]

_ANTECEDENTS = 2  # things named before a pronoun from which on one of them is what it means; one in another clause
_CLAUSE_END = re.compile("[、。,.;:!?]")

_CJK = "\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\u30a1-\u30fa\u30fc"
_CJK_LETTER = re.compile(f"[{_CJK}]")
_HIRAGANA = re.compile("[\u3041-\u3096]")
_WORD = re.compile(rf"[a-z0-9{_CJK}](?:[a-z0-9{_CJK}'・,.%+&-]*[a-z0-9{_CJK}%])?")
_IDENTIFIER = re.compile(r"(?<![a-z0-9])[a-z](?=[a-z-]*[0-9])[a-z0-9]*(?:-[a-z0-9]+)*(?![a-z0-9])")
_PARTICLES = frozenset("はがをのにもでと")

_BREAK = re.compile(
    r"""別の(?:質問|話|件|こと) | 別件 | (?:ほか|他|別)の(?:話|話題)に
    | 話(?:題)?[はをが]?[^。、]{0,3}(?:変|替|かわ)
    | 質問を(?:変|替|かえ) | 次の(?:質問|話題) | 新しい(?:質問|話題) | もう(?:1|一|ひと)つ別
    | 関係の?な(?:い|さそう)(?:話|質問|こと|です|んです|の?です?が|けど) | それとは(?:別|関係)
    | \b(?:another|different|new|next|separate)\ (?:question|topic|subject|matter|issue)\b
    | \bon\ (?:a|another)\ (?:(?:different|separate|other)\ )?(?:note|topic|subject|matter)\b
    | \bchang(?:e|ing)\ (?:of\ |the\ )?(?:subject|topic)\b | ^(?:now\ )?something\ (?:else|different)\b
    | (?:^|[,;]\ )unrelated\b | \bunrelated\ question\b | \b(?:un|not\ )related\ to\ (?:this|that)\b""",
    re.VERBOSE,
)
_ASIDE = re.compile(
    r"^(?:え[えー]?と、?)?(?:ところで|それはそうと|さて)|\b(?:by\ the\ way|btw|incidentally)\b", re.VERBOSE
)

_POINTING = re.compile(
    r"""それ(?!ぞれ) | その(?!他|ほか|ため|うち|まま|都度) | そこ(?!そこ) | そちら | そっち
    | そう(?:いう|した|です|だ|すると|でない) | こう(?:いう|した) | これ(?!から|まで|ら?以降)
    | この(?!たび|度|間|頃|ごろ)
    | こちら | こっち | ここ(?!数|で切) | あれ(?!ば|これ) | あの(?!う) | あちら | さっき | 先ほど | 先程
    | (?<![以直])前の(?:話|質問|件|答) | 上記 | 前述 | 同じ | 同様 | 同上 | 後者 | 前者 | 両方 | どちら[もでが] | どっち
    | (?:ほか|他)(?:に|は|の[^話]) | 以外[はに]
    | \b(?:it|its|it's|they|them|theirs?|these|those|this|he|she|him|his|hers?)\b
    | \b(?:above|such\ a|same|instead|otherwise|either|both|else|more\ details?|tell\ me\ more|elaborate)\b
    | \bthe\ (?:ones?|former|latter|same|first|second|third|last|others?)\b | \bones?(?=\W*$)
    | \bthat(?=\W*$|'s) | (?<=\b(?:is|to|of)\ )that\b | (?<=\b(?:for)\ )that\b
    | (?<=\b(?:with|does)\ )that\b | (?<=\b(?:about|after)\ )that\b
    | \bthat\ (?:one|case|plan|way|point|option|time|be|is|was|does|happens?|takes?|works?|means?|costs?|includes?)\b
    | (?<!\bis\ )(?<!\b(?:are|was)\ )(?<!\bwere\ )(?<!\bbe\ )(?<!\bbeen\ )\bthere(?!'s)
      (?!\ (?:is|are|was|were|be|been|an?|any)\b)""",
    re.VERBOSE,
)
_BEFORE_THAT = re.compile(r"\b(?:before|after|until|since) (?:that|then)\b")  # a time is not what was named
_EXPLETIVE = re.compile(
    r"""\b(?:is|was|would|will)\ it\ (?:be\ )?
        (?:possible|ok(?:ay)?|allowed|true|necessary|required|worth|better|safe|legal|normal|a\ good\ idea)\b
        (?=.*\b(?:to|that|if|for)\b)
    | \bit(?:\ is|'s)\ (?:possible|ok(?:ay)?|true|necessary|worth)\ (?:to|that)\b
    | \b(?:does|will|would|did)\ it\ (?:take|cost)\b(?=.*\bto\b)
    | \bwhen\ it\ comes\ to\b | \bwhat\ (?:time|day)\ is\ it\b""",
    re.VERBOSE,
)

_OPENING_JA = re.compile(
    r"""^(?:じゃあ? | では | それ(?:なら|では|じゃ) | だったら | でしたら | そしたら | なら[、ば]
    | でも | あと | また
    | ちなみに | 逆に | 例えば | たとえば | 具体的に | もし | しかし | ただ | なぜ | 何故 | どうして | なんで | もっと
    | 詳しく | 続き)""",
    re.VERBOSE,
)
_OPENING_EN = re.compile(
    r"""^(?:(?:ok(?:ay)?|so|well|yes|no|thanks)[,.]?\ )*
    (?:and|or|but|then|also|what\ (?:about|if)|how\ about|how\ come|why|in\ (?:that|which)\ case|as\ well|really
    | for|with|without|in|on|to|at|from|through|during|under|after|before|more|are\ you\ sure|i\ mean(?:t)?
    | any(?:thing)?(?:\ (?:others?|more|exceptions?|else))?\W*$)\b""",
    re.VERBOSE,
)

_BARE_JA = re.compile(
    r"(?:は|も|なら|だと|では|でも|だったら|とは|って|の(?:場合|とき|時|方)(?:は|も|なら|だと|でも)?)?[?。!\s]*$"
)
_PREDICATE_EN = re.compile(
    r"""\b(?:is|are|was|were|do|does|did|can|could|may|might|must|shall|should|will|would|has|have|had
    | who|what|when|where|which|why|how)\b""",
    re.VERBOSE,
)

_LITTLE_JA = re.compile(
    r"""[何幾](?:[日年月回台分秒時円個人件枚本名歳間つ]|パーセント|営業日)*(?:以内|以上|まで|目|%)?
    | 場合|時|方|件|事|物|方法|程度|頃|様|為|際|後|前|間|中|必要|可能|大丈夫|質問|説明|教|知|聞|言|詳細|理由|意味
    | 誰|下|願|他|別|話|全部|全員|先|今|次""",
    re.VERBOSE,
)
_LITTLE_EN_TEXT = """
a about actually again all also am an and any anyone anything are as at be been being best but by can come could did do
does doing done else even ever every example exactly far few find for from further get gets give go got had happen
happens has have having he her here hers him his how i if in instead into is it it's its just kind know let like long
look make many may me mean means might more most much must my need needed needs no not now of often ok okay on one ones
only or other our out over per please possible really right same say see shall she should show so some something soon
still such sure take takes tell than thanks that that's the their them then there these they thing things think this
those through time times to too type types under up us use used using very want was way ways we well were what what's
when where which while who whom whose why will with without work works would yes yet you your
"""
_LITTLE_EN = frozenset(_LITTLE_EN_TEXT.split())


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """How a question stands to what was said before it, by its words alone.

    ``breaks``: it announces another subject; ``aside``: it comes in as an aside ("by the way", ところで), which mostly
    does. ``points``: a pronoun or the like has nothing in the question to mean. ``opens``: it begins as one goes on
    ("what about", じゃあ). ``bare``: it has no predicate (送料は？ "Hokkaido?"). ``named`` counts the words that name
    something, ``identifier`` tells that one of them is a code or a model number.
    """

    breaks: bool
    aside: bool
    points: bool
    opens: bool
    bare: bool
    named: int
    identifier: bool


def form_of(question: str) -> Form:
    """Return the form of a question."""
    text = nfkc(question).casefold().replace("’", "'").strip()
    named = _named(text)
    japanese = _CJK_LETTER.search(text) is not None or _HIRAGANA.search(text) is not None
    return Form(
        breaks=_BREAK.search(text) is not None,
        aside=_ASIDE.search(text) is not None,
        points=_points(text, named),
        opens=(_OPENING_JA if japanese else _OPENING_EN).search(text) is not None,
        bare=_bare_japanese(text) if japanese else _PREDICATE_EN.search(text) is None,
        named=len(named),
        identifier=_IDENTIFIER.search(text) is not None,
    )


def _named(text: str) -> list[int]:
    """Return where the words begin that name something: no pronoun, no asking word, no verb of one kanji."""
    return [match.start() for match in _WORD.finditer(text) if not _says_little(match, text)]


def _says_little(match: re.Match[str], text: str) -> bool:
    word, after = match.group(), text[match.end() : match.end() + 1]
    if not _CJK_LETTER.search(word):
        return word in _LITTLE_EN or (len(word) == 1 and word.isalpha())
    inflected = len(word) == 1 and _HIRAGANA.match(after) is not None and after not in _PARTICLES
    return inflected or _LITTLE_JA.fullmatch(word) is not None


def _points(text: str, named: list[int]) -> bool:
    if _BEFORE_THAT.search(text):
        return True
    rest = _EXPLETIVE.sub(lambda match: "_" * len(match.group()), text)
    return any(not _meant_inside(text, named, match.start()) for match in _POINTING.finditer(rest))


def _meant_inside(text: str, named: list[int], at: int) -> bool:
    """Tell whether a pronoun has something to mean in its own question."""
    before = [place for place in named if place < at]
    return len(before) >= _ANTECEDENTS or (bool(before) and _CLAUSE_END.search(text, before[-1], at) is not None)


def _bare_japanese(text: str) -> bool:
    end = max((match.end() for match in _WORD.finditer(text)), default=0)
    return _BARE_JA.match(text, end) is not None
