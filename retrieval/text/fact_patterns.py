"""How facts are written in folded text: one pattern, its alternatives in order of precedence."""

from __future__ import annotations

import re

from retrieval.text.numerals import ENGLISH_NUMBER, ERA, NUMBER

__all__ = ["CURRENCY", "FACT", "MONTHS", "UNITS"]

_UNITS_TEXT = """
day 日間 日 days day
business_day 営業日間 営業日 就業日 business_days business_day working_days working_day
week 週間 週 weeks week
month か月 ヶ月 ケ月 カ月 ヵ月 箇月 months month
year 年間 years year
fiscal_year 年度
hour 時間 hours hour hrs hr h
minute 分間 分 minutes minute mins min
second 秒間 秒 seconds second secs sec
millisecond ミリ秒 milliseconds millisecond ms
person 人 名 people persons person employees employee
time 回 times
item 件 個 点 台 枚 本 冊 箱 items item units unit pieces piece
copy 部 copies copy
age 歳 才 years_old
fold 倍
kilobyte kb キロバイト kilobytes kilobyte
megabyte mb メガバイト megabytes megabyte
gigabyte gb ギガバイト ギガ gigabytes gigabyte
terabyte tb テラバイト terabytes terabyte
kibibyte kib
mebibyte mib
gibibyte gib
megabit_per_second mbps
gigabit_per_second gbps
millimetre mm ミリメートル ミリ
centimetre cm センチメートル センチ
metre メートル metres meters
kilometre km キロメートル
gram g グラム
kilogram kg キログラム
tonne トン
litre l リットル
volt v ボルト
watt w ワット
kilowatt kw キロワット
kilowatt_hour kwh
degree_celsius °c 度
hertz hz ヘルツ
gigahertz ghz
"""

UNITS = {
    word.replace("_", " "): line.split()[0] for line in _UNITS_TEXT.strip().split("\n") for word in line.split()[1:]
}
"""The normalised unit of each way to write it."""

_UNIT = "|".join(re.escape(unit) for unit in sorted(UNITS, key=lambda unit: (-len(unit), unit)))
CURRENCY = {
    "円": "JPY",
    "¥": "JPY",
    "jpy": "JPY",
    "yen": "JPY",
    "$": "USD",
    "usd": "USD",
    "ドル": "USD",
    "dollars": "USD",
}
CURRENCY |= {"dollar": "USD", "€": "EUR", "eur": "EUR", "ユーロ": "EUR", "euros": "EUR", "£": "GBP", "gbp": "GBP"}
_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES.split(), start=1)}
"""The number of a month by the first three letters of its English name."""

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_NUM = r"[0-9〇零一二三四五六七八九十]{1,4}"
_NOT_IN_WORD = r"(?<![a-z0-9_])"
_ENDS = r"(?![a-z0-9_])"

FACT = re.compile(
    "|".join(
        (
            r"(?P<url>https?://[^\s<>\"'「」（）()、。]+)",
            r"(?P<email>[a-z0-9][a-z0-9._%+-]{0,63}@[a-z0-9-]+(?:\.[a-z0-9-]+)+)",
            (
                rf"(?P<phone>{_NOT_IN_WORD}(?:\+\d{{1,3}}[- ]?\(?\d{{1,4}}\)?|\(?0\d{{1,4}}\)?)"
                rf"[- ]?\d{{1,4}}-\d{{3,4}}{_ENDS})"
            ),
            rf"(?P<iso>{_NOT_IN_WORD}(?P<iy>\d{{4}})[-/.](?P<im>\d{{1,2}})[-/.](?P<id>\d{{1,2}})(?![\d-]))",
            rf"(?P<era>{_NOT_IN_WORD}(?P<en>[mtshr])(?P<ey>\d{{1,2}})[./-](?P<em>\d{{1,2}})[./-](?P<ed>\d{{1,2}})(?!\d))",
            (
                rf"(?P<ja>(?:(?P<je>{ERA})(?P<jey>元|{_NUM})年|(?<!\d)(?P<jy>\d{{4}}|[〇一二三四五六七八九]{{4}})年(?!間|度))"
                rf"(?:(?P<jm>{_NUM})月(?:(?P<jd>{_NUM})日(?!間))?)?)"
            ),
            rf"(?P<md>(?<![\d〇一二三四五六七八九十])(?P<mm>{_NUM})月(?P<mday>{_NUM})日(?!間))",
            rf"(?P<us>{_NOT_IN_WORD}(?P<um>{_MONTH}) (?P<ud>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<uy>\d{{4}}))?{_ENDS})",
            rf"(?P<uk>{_NOT_IN_WORD}(?P<kd>\d{{1,2}})(?:st|nd|rd|th)? (?P<km>{_MONTH})(?:,? (?P<ky>\d{{4}}))?{_ENDS})",
            rf"(?P<my>{_NOT_IN_WORD}(?P<mym>{_MONTH}),? (?P<myy>\d{{4}}){_ENDS})",
            r"(?P<slash>(?<![\w/.-])(?P<sm>\d{1,2})/(?P<sd>\d{1,2})(?![\w/-]))",
            (
                r"(?P<clock>(?<![\d:])(?P<cn>午前|午後)?(?P<ch>\d{1,2}):(?P<cm>[0-5]\d)(?::[0-5]\d)?"
                r"(?: ?(?P<cp>[ap]\.?m\b\.?))?(?!\d))"
            ),
            (
                r"(?P<hour>(?P<hn>午前|午後)?(?P<hh>\d{1,2}|[二三四五六七八九十]{1,3})時(?!間|期|点|代)"
                r"(?:(?P<hm>\d{1,2})分|(?P<half>半))?)"
            ),
            rf"(?P<ampm>{_NOT_IN_WORD}(?P<ah>\d{{1,2}}) ?(?P<ap>[ap]\.?m\b\.?))",
            (
                r"(?P<money>(?P<m1>[¥$€£]|usd |jpy |eur |gbp )"
                rf" ?(?P<mv>{NUMBER})(?P<mscale> ?(?:million|billion|thousand))?)"
            ),
            (
                rf"(?P<priced>{_NOT_IN_WORD}(?P<pv>{NUMBER})"
                r" ?(?P<pc>円|ドル|ユーロ|yen|jpy|usd|eur|gbp|dollars?|euros)(?![a-z]))"
            ),
            rf"(?P<percent>{_NOT_IN_WORD}(?P<cv>{NUMBER}) ?(?P<cu>%|パーセント|percent|割(?!引|り|増|合)))",
            rf"(?P<ordinal>{_NOT_IN_WORD}(?P<ov>\d{{1,9}})(?:st|nd|rd|th){_ENDS})",
            rf"(?P<quantity>(?<![a-z0-9_.])(?P<qv>{NUMBER}|{ENGLISH_NUMBER}\b)[ -]?(?P<qu>{_UNIT})(?![a-z]))",
            (
                rf"(?P<code>{_NOT_IN_WORD}(?=[a-z0-9._-]{{0,64}}\d)(?=[a-z0-9._-]{{0,64}}[a-z])[a-z0-9]+(?:[-_.][a-z0-9]+)*"
                rf"|{_NOT_IN_WORD}[a-z]+(?:_[a-z0-9]+)+)"
            ),
            r"(?P<version>(?<![\d.])\d+(?:\.\d+){2,})",
            r"(?P<dashed>(?<![\d-])\d+(?:-\d+)+)",
            rf"(?P<number>{NUMBER})",
        )
    )
)
