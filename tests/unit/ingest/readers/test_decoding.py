from __future__ import annotations

import pytest

from ingest.readers.decoding import decode
from retrieval.errors import DocumentError

JAPANESE = "返品は商品到着後30日以内にお申し込みください。ｶﾅ混じりの型番ＡＢ－１２３も同じです。\n担当：山田"
KANJI = "東京都千代田区丸内一丁目一番一号\n株式会社典拠\n代表取締役社長"
HALF_WIDTH = "ｱﾝﾃﾅ,1200\nｹｰﾌﾞﾙ,300\nﾊﾞｯﾃﾘｰ,4500\nｺﾈｸﾀ,80\n"
GERMAN = "Die schöne Frau trank Kaffee für 15 €; das wäre köstlich."


@pytest.mark.parametrize("text", [JAPANESE, KANJI], ids=["prose", "kanji only"])
@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932", "euc_jp", "iso2022_jp_ext"],
)
def test_japanese_text_is_read_in_every_encoding_it_comes_in(text: str, encoding: str) -> None:
    """Nothing is declared: the bytes alone decide."""
    if encoding in {"euc_jp", "iso2022_jp_ext"}:
        text = text.replace("－", "−")
    decoded = decode(text.encode(encoding), name="a.txt")
    assert decoded.text == text
    assert decoded.undecodable == 0


def test_a_list_of_half_width_kana_is_cp932() -> None:
    """Its bytes are valid EUC-JP in pairs, where they would be rare kanji."""
    assert decode(HALF_WIDTH.encode("cp932"), name="a.csv").text == HALF_WIDTH


@pytest.mark.parametrize("text", [GERMAN, "L'été était très chaud cette année.", "100 °C – “quoted”"])
def test_western_text_is_windows_1252(text: str) -> None:
    """Accented letters are not taken for halves of kanji."""
    assert decode(text.encode("cp1252"), name="a.txt").text == text


def test_vendor_characters_of_row_13_survive_in_both_encodings() -> None:
    """① and ㈱ are in no standard JIS X 0208 and in every company's files."""
    text = "①㈱典拠の手順書です。"
    assert decode(text.encode("cp932"), name="a.txt").text == text
    assert decode(text.encode("euc_jis_2004"), name="a.txt").text == text


def test_a_declared_encoding_is_followed_unless_the_bytes_are_utf_8() -> None:
    """A page that says Shift_JIS and holds UTF-8 is UTF-8."""
    assert decode("한국어 문서".encode("cp949"), name="a", declared="euc-kr").text == "한국어 문서"
    assert decode("日本語".encode(), name="a", declared="Shift_JIS").text == "日本語"
    assert decode("日本語です".encode("cp932"), name="a", declared="no-such").text == "日本語です"


def test_a_few_broken_bytes_are_reported_not_fatal() -> None:
    """The rest of the text is read, and the count of replaced places is told."""
    decoded = decode(JAPANESE.encode("cp932") * 20 + b"\x81", name="a.txt", declared="Shift_JIS")
    assert decoded.undecodable == 1
    assert "1 places" in decoded.missing[0]


@pytest.mark.parametrize("encoding", ["utf-8", "iso2022_jp"])
@pytest.mark.parametrize("place", [1, 150, -1])
def test_text_that_was_damaged_in_one_place_is_read_all_the_same(encoding: str, place: int) -> None:
    """A log cut within a character, one byte gone bad: the rest is text, and what is lost is told."""
    sentence = "返品は三十日以内にお願いいたします。\n"
    data = bytearray((sentence * 20).encode(encoding))
    data[place] = 0xFF
    decoded = decode(bytes(data), name="a.txt")
    assert decoded.text.count(sentence) >= 17
    assert 1 <= decoded.undecodable <= 4
    assert decode("café au lait, déjà vu".encode("cp1252"), name="a.txt").text == "café au lait, déjà vu"


@pytest.mark.parametrize("data", [b"\x00\x01\x02\x03" * 50, b"\x01\x02\x03\x04text" * 50, bytes(range(256)) * 4])
def test_binary_data_is_no_text(data: bytes) -> None:
    """It is skipped under its true name."""
    with pytest.raises(DocumentError) as caught:
        decode(data, name="a.txt")
    assert (caught.value.reason, caught.value.skipped) == ("binary", True)
