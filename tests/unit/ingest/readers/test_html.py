from __future__ import annotations

from pathlib import Path

import pytest

from ingest.readers.html import HtmlReader
from ingest.readers.html_blocks import parse
from retrieval.values import Extraction
from tests.contracts.reader_contract import check, read
from tests.unit.ingest.readers.samples import write


def _read(folder: Path, html: bytes | str) -> Extraction:
    found = read(HtmlReader(), write(folder, "a.html", html))
    check(found)
    return found


def _blocks(found: Extraction) -> list[tuple[str, int, str]]:
    return [(block.kind.value, block.level, found.text[block.start : block.end]) for block in found.blocks]


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>alert('x')</script>",
        "<style>p{}</style>",
        "<p hidden>x</p>",
        "<p aria-hidden=true>x</p>",
        "<div style='display: none'><p>x</p></div>",
        "<span style='font-size:0px'>x</span>",
        "<span style='opacity:0'>x</span>",
        "<div style='height:0;overflow:hidden'>x</div>",
        "<p style='position:absolute;left:-9999px'>x</p>",
        "<p class='a ghost'>x</p>",
        "<p id=gone>x</p>",
        "<!-- x -->",
        "<noscript>x</noscript><template>x</template>",
        "<nav>x</nav><footer>x</footer>",
        "<textarea>x</textarea><select><option>x</select>",
    ],
)
def test_what_the_page_does_not_show_is_not_read(hidden: str, tmp_path: Path) -> None:
    """Instructions hidden from people do not reach the index."""
    sheet = "<style>.ghost { display: none } #gone{visibility:hidden} .seen{width: 100%}</style>"
    assert _read(tmp_path, f"{sheet}<p class=seen>前</p>{hidden}<p>後</p>").text == "前\n\n後"


def test_structure_becomes_blocks_in_reading_order(tmp_path: Path) -> None:
    """Headings, lists with their numbers, preformatted text, tails of inline elements."""
    html = (
        "<h2>手順</h2>序文<ol start=3><li>開く<li><p>閉じる</p><ul><li>内側</ul></ol>"
        "<pre>a  b\n c</pre><p>x<b>y</b>z<br>w"
    )
    assert _blocks(_read(tmp_path, html)) == [
        ("heading", 2, "手順"),
        ("paragraph", 0, "序文"),
        ("list_item", 1, "3. 開く"),
        ("list_item", 1, "4. 閉じる"),
        ("list_item", 2, "内側"),
        ("code", 0, "a  b\n c"),
        ("paragraph", 0, "xyz\nw"),
    ]


def test_line_ends_in_the_source_end_no_sentence(tmp_path: Path) -> None:
    """Between CJK they vanish, elsewhere they are one space."""
    assert (
        _read(tmp_path, "<p>返品は\n  三十日以内\nwithin\nthirty days</p>").text
        == "返品は三十日以内 within thirty days"
    )


def test_spans_of_table_cells_are_repeated(tmp_path: Path) -> None:
    """Each row reads alone; header rows are counted; the caption is kept."""
    html = (
        "<table><caption>料金</caption><thead><tr><th rowspan=2>地域<th colspan=2>サイズ<tr><th>60<th>80</thead>"
        "<tr><td rowspan=2>関東<td>800<td>900<tr><td>850<td>950</table>"
    )
    found = _read(tmp_path, html)
    assert found.text == ("料金\n\n地域 | サイズ | サイズ\n地域 | 60 | 80\n関東 | 800 | 900\n関東 | 850 | 950")
    assert (found.tables[0].header_rows, found.tables[0].caption) == (2, "料金")


def test_spans_cannot_make_a_small_page_a_huge_text(tmp_path: Path) -> None:
    """Beyond a bound a spanning cell stands once, and no cell is lost."""
    row = "<tr>" + "<td rowspan=1000 colspan=1000>abcdefghij</td>" * 3 + "<td>終</td></tr>"
    found = _read(tmp_path, f"<table>{row * 100}</table>")
    assert len(found.text) < 5_000_000
    assert 300 <= found.text.count("abcdefghij")
    assert 100 == found.text.count("終")


def test_a_table_that_lays_out_a_page_is_no_table(tmp_path: Path) -> None:
    """Its cells are read as blocks."""
    found = _read(tmp_path, "<table><tr><td><h1>題</h1><p>本文</p></td><td><table><tr><td>a<td>b</table></td></table>")
    assert _blocks(found) == [("heading", 1, "題"), ("paragraph", 0, "本文"), ("table", 0, "a | b")]


def test_the_main_element_is_read_when_it_holds_the_page(tmp_path: Path) -> None:
    """Menus and teasers around it are left out."""
    html = (
        "<html lang=ja-JP><title>題名</title><div>広告</div>"
        "<main><header><h1>見出し</h1></header><p>本文は長い文章です。</p></main>"
    )
    found = _read(tmp_path, html)
    assert (found.text, found.title, found.language) == ("見出し\n\n本文は長い文章です。", "題名", "ja")


def test_a_page_of_furniture_only_is_read_all_the_same(tmp_path: Path) -> None:
    """Better the menu than nothing."""
    assert _read(tmp_path, "<nav>製品一覧</nav><footer>会社概要</footer>").text == "製品一覧\n\n会社概要"


def test_ruby_is_read_without_its_reading(tmp_path: Path) -> None:
    """The base text can be found and quoted; the small kana would cut it."""
    assert _read(tmp_path, "<p><ruby>典拠<rp>(</rp><rt>てんきょ</rt><rp>)</rp></ruby>です</p>").text == "典拠です"


@pytest.mark.parametrize("encoding", ["shift_jis", "euc-jp", "utf-16"])
def test_the_encoding_is_the_one_declared_or_the_one_found(encoding: str, tmp_path: Path) -> None:
    """With and without a declaration."""
    for meta in (f"<meta charset={encoding}>", ""):
        html = f"<html>{meta}<p>返品は三十日以内にお願いいたします。</p>"
        assert _read(tmp_path, html.encode(encoding)).text == "返品は三十日以内にお願いいたします。"


def test_deep_nesting_costs_no_stack(tmp_path: Path) -> None:
    """A hundred thousand open elements do not end in a recursion error."""
    assert "底" in _read(tmp_path, "<p>上</p>" + "<div>" * 200 + "底" + "<b>" * 100_000).text


def test_what_is_nested_too_deeply_is_told_as_missing(tmp_path: Path) -> None:
    """The parser gives up at some depth; nobody may take what came before for the whole page."""
    found = _read(tmp_path, "<p>上</p>" + "<div>" * 1000 + "中" + "<div>" * 100_000 + "底</div>")
    assert "上\n\n中" == found.text
    assert ("what follows a place where elements are nested too deeply",) == found.missing


def test_an_element_may_hold_more_than_ten_million_characters() -> None:
    """The parser's own limit would give up the whole page without a word."""
    root = parse("<pre>" + "x" * 10_100_000)
    assert root is not None
    assert 10_100_000 == len(root.text_content())


@pytest.mark.parametrize("sheet", ["/*" * 500_000, "a" * 1_000_000, "a{b:url(" + "QUJD" * 250_000, "{" * 1_000_000])
def test_a_hostile_style_sheet_costs_no_square_of_work(sheet: str, tmp_path: Path) -> None:
    """Anything worse than linear on a megabyte would take minutes."""
    assert "見える" == _read(tmp_path, f"<style>{sheet}</style><p>見える</p>").text
