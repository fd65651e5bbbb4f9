"""What users type finds what documents say: variants of one word, number or code, each way."""

from __future__ import annotations

import re

import pytest

from retrieval.access import OPERATOR, filter_for
from retrieval.text.lexical import analyze
from retrieval.text.wording import worded
from tests.fakes.embedder import HashEmbedder
from tests.fakes.knowledge_base import Library

# What is asked | what the document says. Each pair must find the other, by the whole of what it says.
_PAIRS = """
ｻｰﾊﾞｰ|サーバー
サーバ|サーバー
ｶﾞｿﾘﾝ|ガソリン
ＶＰＮ|vpn
キャノン|キヤノン
フィルム|フイルム
ウィンドウ|ウインドウ
ウイスキー|ウィスキー
ヴァイオリン|バイオリン
レヴュー|レビュー
サ―バ―|サーバー
インタフェース|インターフェース
デジタル|ディジタル
シミュレーション|シュミレーション
取り扱い|取扱い
取扱|取り扱い
取扱い|取扱
申し込み|申込み
申込|申し込み
申込み|申込
問い合わせ|問合せ
問合わせ|問い合わせ
問合せ|問い合せ
引き落とし|引落し
引落|引き落とし
打ち合わせ|打合せ
打合わせ|打ち合わせ
売り上げ|売上
支払い|支払
見積もり|見積
締め切り|締切
受け付け|受付
手続き|手続
附属書|付属書
年齢|年令
髙橋|高橋
山﨑|山崎
斎藤|斉藤
齋藤|斎藤
渡邊|渡辺
渡邉|渡辺
國學院|国学院
佐々木|佐佐木
人々|人人
関ヶ原|関ケ原
鍵|カギ
椅子|イス
怪我|ケガ
子ども|子供
宛て先|宛先
三十日|30日
３０日|30日
30日間|三十日間
千円|1,000円
１０，０００円|1万円
3か月|３ヶ月
三カ月|3か月
数か月|数ヶ月
3か国語|３ヶ国語
20歳|二十才
24時間|24h
午後5時|17:00
令和8年4月1日|2026年4月1日
2026/4/1|2026年4月1日
10GB|10 GB
１０ＧＢ|10GB
10ギガバイト|10GB
100％|100%
ab 100s|AB-100S
AB100S|AB-100S
ab-100s|AB 100S
iso9001|ISO 9001
ver. 2|v2
version 2|v2
バージョン2|Ver.2
2.3.1|v2.3.1
E1042|Ｅ－１０４２
thirty days|30 days
30-day|30 days
two hours|2 hours
24 hours|24h
April 1, 2026|2026-04-01
5 p.m.|17:00
$1,000|1000 dollars
colour|color
organisation|organization
authorised|authorized
customising|customizing
licences|licenses
cancelled|canceled
log in|login
set up|setup
back-up|backup
e-mail|email
web site|website
time zone|timezone
Wi-Fi|wifi
30日|30 days
三か月|three months
10GB|10 gigabytes
"""
_FILLER = ("別の話題の文書です。", "Another document about something else.", "第3章 会議の記録", "a list of names")


def pairs() -> list[tuple[str, str]]:
    return [(first, second) for first, _, second in (line.partition("|") for line in _PAIRS.strip().split("\n"))]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Return a library of every text of the table, each a document named by itself."""
    made = Library(tmp_path_factory.mktemp("variants"), HashEmbedder(dimensions=8))
    for text in dict.fromkeys(text for pair in pairs() for text in pair):
        made.add(text, text, title="-")
    for number, text in enumerate(_FILLER):
        made.add(f"filler {number}", text, title="-")
    return made


@pytest.mark.parametrize(("first", "second"), pairs())
def test_each_variant_finds_the_other_as_if_it_were_typed_so(library: Library, first: str, second: str) -> None:
    """It earns at least 0.6 of what the document would have earned to its own words, and the whole of many."""
    where = filter_for(OPERATOR)
    with library.store.view() as view:
        for asked, said in ((first, second), (second, first)):
            lane = view.lexical(worded(asked).query, k=500, where=where)
            found = {
                passage.record_id: key
                for key, passage in view.passages([h.chunk_id for h in lane.hits], where=where).items()
            }
            assert said in found, f"{asked} does not find {said}"
            score = next(hit.score for hit in lane.hits if hit.chunk_id == found[said])
            alone = view.lexical(worded(said).query, k=500, where=where)
            own = next(hit.score for hit in alone.hits if hit.chunk_id == found[said])
            assert score / lane.ideal >= 0.6 * own / alone.ideal, f"{asked} hardly finds {said}"


def test_the_table_holds_more_than_sixty_pairs_in_two_languages() -> None:
    japanese = re.compile("[\u3041-\u9fff]")
    kinds = [bool(japanese.search(first + second)) for first, second in pairs()]
    assert (len(kinds) >= 60, kinds.count(True) >= 40, kinds.count(False) >= 20) == (True, True, True)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("ロール", "コントロール"),
        ("PTO", "laptop"),
        ("30日", "30時間"),
        ("3日", "13日"),
        ("1000円", "100円"),
        ("4月1日", "4月11日"),
        ("E-1042", "E-1043"),
        ("v2", "v3"),
        ("bird", "word"),
    ],
)
def test_what_is_not_the_same_is_not_made_the_same(asked: str, said: str) -> None:
    held = frozenset(analyze(said))
    whole = [frozenset(a.tokens) for g in worded(asked).query.groups for a in g.alternatives]
    assert not any(tokens <= held for tokens in whole)


def test_a_question_without_variants_is_its_plain_query() -> None:
    from retrieval.text.lexical import plain_query

    for question in ("返品の期限はいつですか", "How is the fan cleaned?", "VPN", "", "。"):
        assert worded(question).query == plain_query(question)


def test_a_pasted_letter_of_variants_is_bounded() -> None:
    query = worded("取り扱いと申し込みは30日以内、AB-100Sは10GBまで。" * 300).query
    assert sum(bool(group.alternatives) for group in query.groups) <= 24
