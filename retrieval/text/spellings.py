"""Words that are spelled in several ways: okurigana, kana for kanji, loanwords, British and American, joined and apart.

Only spellings of one word stand here. Synonyms belong to the glossary of whoever runs the knowledge base; what differs
by forms of characters alone (サーバー/サーバ, ヴァ/バ, 髙/高) is united in the index.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from retrieval.text.wordbook import Entry, Match, Saying, Wordbook

__all__ = ["spelled", "spellings"]

# Okurigana within a compound may be left out (送り仮名の付け方, 1973, rule 6). A dot stands before kana that may be
# missing; every way to leave out some of them is made of one word, and of both where = joins two.
_OKURIGANA = """
取.り扱.い 取.り扱.う 取.り消.し 取.り消.す 取.り引.き 取.り決.め 取.り組.み 取.り組.む 取.り替.え 取.り換.え
取.り込.み 取.り出.し 取.り付.け 取.り外.し 取.り寄.せ 取.り下.げ 取.り調.べ 取.り締.まり 申.し込.み 申.し込.む
申.し出 申.し立.て 申.し送.り 申.し合.わせ=申.し合.せ 問.い合.わせ=問.い合.せ 問.い合.わせる 打.ち合.わせ=打.ち合.せ
打.ち切.り 打.ち込.み 引.き落.とし=引.き落.し 引.き出.し 引.き継.ぎ 引.き継.ぐ 引.き渡.し 引.き渡.す 引.き取.り
引.き上.げ 引.き下.げ 引.き換.え 引.き当.て 引.き続.き 払.い戻.し 払.い戻.す 払.い込.み 払.い出.し 支払.い 支払.う
受.け付.け 受.け取.り 受.け取.る 受.け渡.し 受.け入.れ 受.け持.ち 売.り上.げ 売.り切.れ 売.り場 買.い取.り 買.い物
買.い上.げ 繰.り返.し 繰.り返.す 繰.り越.し 繰.り上.げ 組.み合.わせ=組.み合.せ 組.み立.て 組.み込.み 組.み込.む
積.み立.て 積.み込.み 積.み重.ね 切.り替.え 切.り替.える 切.り換.え 切.り取.り 切.り離.し 割.り当.て 割.り当.てる
割.り引.き 割.り込.み 割.り増.し 立.ち上.げ 立.ち上.げる 立.ち会.い 立.ち入.り 立.ち退.き 貸.し出.し 貸.し出.す
貸.し付.け 借.り入.れ 借.り換.え 書.き込.み 書.き換.え 書.き直.し 読.み込.み 読.み込.む 読.み取.り 読.み上.げ
見積.もり=見積.り 見直.し 見出.し 見合.わせ=見合.せ 振.り込.み 振.り込.む 振.り替.え 振.り分.け 張.り替.え
貼.り付.け 差.し引.き 差.し替.え 差.し戻.し 差.し押.さえ 持.ち込.み 持.ち帰.り 持.ち出.し 持.ち物 落.とし物=落.し物
忘.れ物 届.け出 届.け先 締.め切.り 締.め切.る 乗.り換.え 乗.り継.ぎ 乗.り入.れ 乗.り物 待.ち合.わせ=待.ち合.せ
埋.め込.み 埋.め立.て 絞.り込.み 呼.び出.し 折.り返.し 折.り畳.み 仕上.げ 仕入.れ 仕分.け 手続.き 手当.て 手引.き
割合.い 入.れ替.え 入.り口 盛.り込.み 詰.め替.え 使.い方 使.い捨.て 使.い分.け 締.め付.け 巻.き込.み 聞.き取.り
言.い換.え 言.い回.し 付.け替.え 付.き添.い 植.え込.み 追.い越.し 跡継.ぎ 行.き先 行.き違.い 売.り手 買.い手 受.け手
話.し合.い 食.べ物 飲.み物 建.て物 建.て替.え 値上.げ 値下.げ 値引.き 棚上.げ 下請.け 日割.り 日付.け 夏休.み
昼休.み 育休.み 月締.め 前払.い 後払.い 先払.い 立.て替.え 立.て替.える 並.び替.え 並.べ替.え 書.き出.し 仕組.み
覚.え書.き 代.わり 終.わり 変.わる 行.なう 表.わす 断.わる 現.われる
"""

_JAPANESE = """
箇所 個所 か所 / カギ 鍵 かぎ / イス 椅子 いす / ケガ 怪我 けが / メガネ 眼鏡 めがね / ゴミ ごみ / ネジ ねじ 螺子
タバコ たばこ 煙草 / カバン かばん 鞄 / ハサミ はさみ 鋏 / フタ 蓋 ふた / ハガキ 葉書 はがき / ハンコ はんこ 判子
ロウソク ろうそく 蝋燭 / きれい キレイ 綺麗 / サビ 錆 / カビ 黴 / ホコリ 埃 / 布団 ふとん フトン
子ども 子供 こども / 友だち 友達 / ひとり親 一人親 / がん 癌 / 挨拶 あいさつ / 宛先 宛て先 あて先
宛名 宛て名 あて名 / お客さま お客様 / 改ざん 改竄 / 繋ぐ つなぐ / 失くす なくす / 火傷 やけど ヤケド
無駄 むだ ムダ / 目途 目処 めど メド / 障害 障がい 障碍 / 瓶 ビン びん / 籠 かご カゴ / 釘 くぎ クギ / 締切 〆切
締切日 〆切日 / インターフェース インタフェース インターフェイス インタフェイス / シミュレーション シュミレーション
コミュニケーション コミニュケーション / デジタル ディジタル / プラスチック プラスティック / ウェブ Web
ウェブサイト Webサイト / Eメール イーメール email / データベース データーベース / レポート リポート
メンテナンス メインテナンス / エンターテインメント エンタテインメント エンターテイメント / アボカド アボガド
ダイヤル ダイアル / ファックス ファクス FAX / アイデア アイディア / クオーター クォーター / クオリティ クォリティ
ユーザーインターフェース ユーザインタフェース / ユーザーインターフェース ユーザーインタフェース
ユーザー登録 ユーザ登録 / サーバールーム サーバルーム / プリンタードライバー プリンタドライバ
ボーリング ボウリング / カムフラージュ カモフラージュ
"""

_ENGLISH = """
colour/color favour/favor favourite/favorite behaviour/behavior labour/labor neighbour/neighbor honour/honor
centre/center metre/meter litre/liter fibre/fiber theatre/theater licence/license defence/defense offence/offense
catalogue/catalog dialogue/dialog programme/program grey/gray tyre/tire aluminium/aluminum analyse/analyze
paralyse/paralyze cancelled/canceled cancelling/canceling travelled/traveled travelling/traveling traveller/traveler
labelled/labeled labelling/labeling modelled/modeled modelling/modeling fulfil/fulfill fulfilment/fulfillment
enrol/enroll enrolment/enrollment instalment/installment jewellery/jewelry ageing/aging judgement/judgment
acknowledgement/acknowledgment e-mail/email web_site/website on-line/online off-line/offline on-site/onsite
data_base/database file_name/filename user_name/username pass_word/password time_stamp/timestamp time_zone/timezone
life_cycle/lifecycle work_flow/workflow work_space/workspace home_page/homepage help_desk/helpdesk log_in/login
log_on/logon log_out/logout sign_in/signin sign_up/signup sign_on/signon set_up/setup back_up/backup
check_out/checkout check_in/checkin start_up/startup shut_down/shutdown roll_back/rollback roll_out/rollout
fall_back/fallback fail_over/failover white_list/whitelist black_list/blacklist drop_down/dropdown pop_up/popup
plug_in/plugin add_on/addon read_only/readonly real_time/realtime open_source/opensource micro_service/microservice
smart_phone/smartphone pay_roll/payroll pay_slip/payslip over_time/overtime wi-fi/wifi
"""

_KANA = "".join(map(chr, range(0x3041, 0x3097)))
_IZE = re.compile(r"(?<![a-z0-9])([a-z]{3,}[a-z])(?:(?P<s>is)|iz)(e|ed|es|ing|er|ers|ations?)(?![a-z0-9])")


@lru_cache(maxsize=1)
def spellings() -> Wordbook:
    """Return the wordbook of all spellings."""
    sets = [[one for word in line.split("=") for one in _left_out(word)] for line in _OKURIGANA.split()]
    sets += [one.split() for line in _JAPANESE.strip().split("\n") for one in line.split(" / ")]
    sets += [one.replace("_", " ").split("/") for one in " ".join(_ENGLISH.split("\n")).split()]
    return Wordbook(Entry(words=tuple(words)) for words in sets if len(words) > 1)


def spelled(key: str) -> Iterator[Match]:
    """Yield the words of a text's `key_of` that are spelled in other ways besides; they may overlap."""
    yield from spellings().matches(key)
    for found in _IZE.finditer(key):
        other = f"{found[1]}{'iz' if found['s'] else 'is'}{found[3]}"
        yield Match(found.start(), found.end(), (Saying(other),))


def _left_out(word: str) -> list[str]:
    """Return a word with all, some and none of its marked kana: 取.り扱.い to 取り扱い, 取扱い, 取り扱, 取扱."""
    first, *rest = word.split(".")
    found = [first]
    for part in rest:
        found = [stem + kept for kept in (part, part.lstrip(_KANA)) for stem in found]
    return [spelling for spelling in dict.fromkeys(found) if len(spelling) > 1]
