from __future__ import annotations

import io
import struct
from pathlib import Path

import pypdf
import pytest

from ingest.readers.pdf.reader import PdfReader
from retrieval.errors import DocumentError
from retrieval.values import Extraction
from tests.contracts.reader_contract import check, read
from tests.fakes.pdf_maker import PageSpec, Run, make_pdf
from tests.unit.ingest.readers.samples import write


def _read(folder: Path, *pages: PageSpec, catalog: str = "", info: str = "") -> Extraction:
    found = read(PdfReader(), write(folder, "a.pdf", make_pdf(pages, catalog=catalog, info=info)))
    check(found)
    return found


def _lines(*lines: str, x: float = 50, y: float = 250, size: float = 12, step: float = 20) -> tuple[Run, ...]:
    return tuple(Run(text=line, x=x, y=y - step * i, size=size) for i, line in enumerate(lines))


def _blocks(found: Extraction) -> list[tuple[str, int, str]]:
    return [(block.kind.value, block.level, found.text[block.start : block.end]) for block in found.blocks]


def test_a_sentence_wrapped_over_lines_is_one_sentence(tmp_path: Path) -> None:
    """Japanese lines join without a space, English ones with one; a short line ends its paragraph."""
    japanese = _lines("返品を希望される場合は商品の到着後三十日以", "内にご連絡ください。", "送料は当社が負担します。")
    assert _read(tmp_path, PageSpec(runs=japanese)).text == (
        "返品を希望される場合は商品の到着後三十日以内にご連絡ください。\n\n送料は当社が負担します。"
    )
    english = _lines("Refunds are paid to the same card within", "five working days.")
    for rotate in (0, 90):
        found = _read(tmp_path, PageSpec(runs=english, rotate=rotate))
        assert found.text == "Refunds are paid to the same card within five working days."


def test_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    """Under a title that spans them."""
    left = _lines(*("左段の文章は左側に並んで続いてい",) * 4, "左の終わり。", x=20, y=220)
    right = _lines(*("右段の文章は右側に並んで続いてい",) * 4, "右の終わり。", x=230, y=220)
    title = Run(text="二段組の題名", x=120, y=265, size=20)
    mixed = [run for pair in zip(left, right, strict=True) for run in pair]
    found = _read(tmp_path, PageSpec(runs=(title, *mixed), width=450))
    assert _blocks(found) == [
        ("heading", 1, "二段組の題名"),
        ("paragraph", 0, "左段の文章は左側に並んで続いてい" * 4 + "左の終わり。"),
        ("paragraph", 0, "右段の文章は右側に並んで続いてい" * 4 + "右の終わり。"),
    ]


def test_rows_of_a_table_are_read_across(tmp_path: Path) -> None:
    """Short cells are no columns of prose."""
    rows = [
        ("関東", "800円", "1,100円"),
        ("関西", "850円", "1,200円"),
        ("九州", "950円", "1,300円"),
        ("沖縄", "1,200円", "1,600円"),
    ]
    runs = [
        Run(text=c, x=50 + 100 * i, y=250 - 20 * r, size=12)
        for i in range(3)
        for r, row in enumerate(rows)
        for c in [row[i]]
    ]
    assert _read(tmp_path, PageSpec(runs=tuple(runs))).text == "\n".join("  ".join(row) for row in rows)


def test_a_single_digit_at_the_head_of_a_vertical_line_belongs_to_it(tmp_path: Path) -> None:
    """A glyph without neighbours goes the way of its page."""
    lines = ("第四十一条の特別休暇を与える。", "２　三日を与える。")
    runs = [Run(text=lines[0], x=300, y=280, size=16, vertical=True)]
    runs += [Run(text=c, x=270, y=280 - 16 * i, size=16, vertical=True) for i, c in enumerate(lines[1])]
    assert _read(tmp_path, PageSpec(runs=tuple(runs), height=320)).text.split() == [lines[0], *lines[1].split()]


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_vertical_lines_run_from_right_to_left(rotate: int, tmp_path: Path) -> None:
    """However the page is turned."""
    lines = ("吾輩は猫である名前はま", "だ無い。", "次の段落です。")
    runs = tuple(Run(text=t, x=300 - 30 * i, y=280, size=20, vertical=True) for i, t in enumerate(lines))
    found = _read(tmp_path, PageSpec(runs=runs, rotate=rotate))
    assert found.text == "吾輩は猫である名前はまだ無い。\n\n次の段落です。"


def test_a_paragraph_may_go_on_over_the_page(tmp_path: Path) -> None:
    """A sentence cut by the page's end is one block on two pages."""
    one = _lines("前の頁の長い文章はここまで来ても終わらず次の", "頁へ続いていくので文はまだ終わっていません次", x=50)
    two = _lines("の行で終わります。", x=50)
    found = _read(tmp_path, PageSpec(runs=one), PageSpec(runs=two))
    assert len(found.blocks) == 1
    assert [found.text[page.start : page.end][-5:] for page in found.pages] == [
        "ていません次"[-5:],
        "終わります。"[-5:],
    ]


def test_running_heads_and_page_numbers_are_left_out(tmp_path: Path) -> None:
    """They would cut sentences and match every question."""
    pages = [
        PageSpec(
            runs=(
                Run(text=f"社内規程 第{n}版", x=50, y=280, size=10),
                *_lines(f"本文その{n}です。", y=200),
                Run(text=f"- {n} -", x=190, y=10, size=10),
            )
        )
        for n in range(1, 5)
    ]
    assert _read(tmp_path, *pages).text == "本文その1です。\n\n本文その2です。\n\n本文その3です。\n\n本文その4です。"


def test_text_outside_the_crop_box_is_not_read(tmp_path: Path) -> None:
    """Nobody sees it."""
    runs = (Run(text="見える", x=100, y=150), Run(text="見えない", x=10, y=10))
    assert _read(tmp_path, PageSpec(runs=runs, crop=(50, 50, 350, 250))).text == "見える"


def test_pages_have_labels_sizes_and_a_name_for_what_is_missing(tmp_path: Path) -> None:
    """A page without a text layer is told; sizes are those of the page as displayed."""
    pages = (
        PageSpec(runs=_lines("序")),
        PageSpec(extra="0 0 100 100 re f", rotate=90),
        PageSpec(runs=_lines("本文です")),
    )
    labels = "/PageLabels << /Nums [0 << /S /r >> 1 << /S /D /St 10 >>] >> /Lang (ja-JP)"
    found = _read(tmp_path, *pages, catalog=labels, info="/Title (Return policy)")
    assert [(p.label, p.width, p.height) for p in found.pages] == [
        ("i", 400.0, 300.0), ("10", 300.0, 400.0), ("11", 400.0, 300.0),
    ]  # fmt: skip
    assert found.missing == ("page 2 has no text layer (scanned image?)",)
    assert (found.title, found.language) == ("Return policy", "ja")


def test_larger_letters_and_the_outline_make_headings(tmp_path: Path) -> None:
    """Levels follow the sizes; a title that the outline names is a heading at any size."""
    runs = (
        Run(text="大見出し", x=50, y=260, size=24),
        Run(text="中見出し", x=50, y=220, size=18),
        *_lines("本文の文章がここにあります。", y=190),
        *_lines("付録", y=150),
        *_lines("付録の文章がここにあります。", y=120),
    )
    data = make_pdf([PageSpec(runs=runs)])
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    writer.add_outline_item(title="付録", page_number=0)
    buffer = io.BytesIO()
    writer.write(buffer)
    found = read(PdfReader(), write(tmp_path, "a.pdf", buffer.getvalue()))
    assert [(level, text) for kind, level, text in _blocks(found) if kind == "heading"] == [
        (1, "大見出し"), (2, "中見出し"), (1, "付録"),
    ]  # fmt: skip


def test_hidden_characters_leave_with_their_boxes(tmp_path: Path) -> None:
    """Text and boxes stay in step when a zero-width character of the text layer is dropped."""
    found = _read(tmp_path, PageSpec(runs=_lines("返品\u200bは可能", size=20)))
    assert found.text == "返品は可能"
    lefts = [round(struct.unpack_from("<4f", found.boxes[0].quads, 16 * at)[0]) for at in range(5)]
    assert lefts == [50, 70, 110, 130, 150]


@pytest.mark.parametrize(("password", "reason"), [("secret", "encrypted"), ("", None)])
def test_a_pdf_behind_a_password_is_skipped(password: str, reason: str | None, tmp_path: Path) -> None:
    """An owner's password alone locks nobody out."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(make_pdf([PageSpec(runs=_lines("本文です"))])))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="AES-256")
    buffer = io.BytesIO()
    writer.write(buffer)
    path = write(tmp_path, "a.pdf", buffer.getvalue())
    if reason is None:
        assert read(PdfReader(), path).text == "本文です"
        return
    with pytest.raises(DocumentError) as caught:
        read(PdfReader(), path)
    assert (caught.value.reason, caught.value.skipped) == (reason, True)


@pytest.mark.parametrize(
    ("data", "reason", "skipped"),
    [
        (make_pdf([PageSpec(extra="0 0 100 100 re f")]), "no_text", False),
        (b"%PDF-1.7\nnonsense", "malformed", False),
    ],
    ids=["scanned", "nonsense"],
)
def test_a_pdf_without_text_and_one_without_sense_are_told_apart(
    data: bytes, reason: str, *, skipped: bool, tmp_path: Path
) -> None:
    """The first wants OCR, the second another copy."""
    with pytest.raises(DocumentError) as caught:
        read(PdfReader(), write(tmp_path, "a.pdf", data))
    assert (caught.value.reason, caught.value.skipped) == (reason, skipped)
