"""Unite characters that are the same to a reader who searches: old and new forms of kanji, small and large katakana.

It holds for documents and questions alike and is a part of the analyzer: whatever is united here can never be told
apart by the lexical index, so only pairs stand here that no two Japanese words differ by.
"""

from __future__ import annotations

import re

__all__ = ["united"]

# The form on the left is searched as the one on the right. Old forms are those of the list of 1949 (当用漢字字体表)
# that still occur in names of people, places and companies; 附/付, 齢/令 and 歳/才 are typed for each other.
_FORMS = """
髙高 﨑崎 嵜崎 濱浜 濵浜 邊辺 邉辺 齋斉 齊斉 斎斉 澤沢 國国 學学 會会 圓円 實実 廣広 櫻桜 條条 龍竜 嶋島 嶌島
檜桧 曾曽 眞真 惠恵 德徳 靜静 榮栄 壽寿 寶宝 豐豊 與与 萬万 獨独 體体 藝芸 當当 變変 應応 圖図 團団 區区 關関
舊旧 鐵鉄 驛駅 醫医 藥薬 爲為 發発 單単 傳伝 轉転 對対 續続 讀読 賣売 雙双 擔担 據拠 擴拡 價価 假仮 樣様 點点
歸帰 氣気 燒焼 狀状 瀧滝 獻献 畫画 盡尽 禮礼 稱称 穗穂 繩縄 總総 聲声 聽聴 肅粛 腦脳 臺台 莊荘 處処 號号 蟲虫
裝装 觀観 覺覚 譯訳 證証 豫予 賴頼 贊賛 輕軽 辭辞 遙遥 遲遅 鄕郷 釋釈 錢銭 鑛鉱 隱隠 雜雑 靈霊 顯顕 餘余 騷騒
驗験 髮髪 麥麦 默黙 黑黒 黨党 齒歯 龜亀 藏蔵 淺浅 淨浄 濟済 瀨瀬 戀恋 拂払 擇択 攝摂 敎教 數数 斷断 晝昼 曉暁
權権 歷歴 殘残 每毎 淸清 滿満 灣湾 營営 經経 縣県 縱縦 繪絵 罐缶 勞労 勵励 勸勧 卷巻 參参 嚴厳 圍囲 增増 壓圧
壞壊 壯壮 奧奥 寫写 將将 專専 屬属 巖巌 峯峰 彌弥 從従 恆恒 搖揺 收収 效効 澁渋 祕秘 竊窃 絲糸 纖繊 艷艶 鬪闘
鷗鴎 附付 齡令 齢令 歳才 歲才 ヶケ ヵカ ゎわ ァア ィイ ゥウ ェエ ォオ ャヤ ュユ ョヨ ヮワ ヰイ ヱエ ゐい
ゑえ
"""
_UNITED = {ord(pair[0]): pair[1] for pair in _FORMS.split()}

_KANJI = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_KATAKANA = "\u30a1-\u30fa\u30fd-\u30fe"
_REPEATED = re.compile(f"([{_KANJI}])(々{{1,30}})")
_DASHED = re.compile(f"(?<=[{_KATAKANA}])[‐‑–—―─−]")  # typed or printed in place of ー
_V_SOUNDS = {"ヴア": "バ", "ヴイ": "ビ", "ヴエ": "ベ", "ヴオ": "ボ", "ヴユ": "ビユ", "ヴ": "ブ"}
_V = re.compile("ヴ[アイエオユ]?")
_COUNTED = re.compile("(?<=[0-9〇一二三四五六七八九十百千数何幾])[カか箇](?=[月所国条年])")
_SPECIAL = re.compile("[々ヴ‐‑–—―─−]|[カか箇][月所国条年]")


def united(text: str) -> str:
    """Return NFKC text with one form for each character that has several; linear, not of the same length.

    ヴァ reads as バ, a repeated kanji is written out (人々), a dash after katakana is a long vowel, and the か of
    か月 is ケ as in ヶ月.
    """
    if text.isascii():
        return text
    text = text.translate(_UNITED)
    if _SPECIAL.search(text) is None:
        return text
    text = _REPEATED.sub(lambda found: found[1] * (1 + len(found[2])), text)
    text = _DASHED.sub("ー", text)
    text = _V.sub(lambda found: _V_SOUNDS[found[0]], text)
    return _COUNTED.sub("ケ", text)
