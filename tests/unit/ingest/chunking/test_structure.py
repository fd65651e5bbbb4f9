"""How the structure of a document decides what stands together, in Japanese and English documents."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.chunking import split
from retrieval.values import ChunkKind, Page
from tests.unit.ingest.chunking.material import count, cut, extraction, paragraph


def test_a_heading_belongs_to_the_text_below_it_and_is_said_once_to_the_embedder() -> None:
    source = extraction(
        [
            ("h1", "経費規程"),
            ("h2", "第1章　交通費"),
            ("p", paragraph(1, language="ja")),
            ("h2", "第2章　宿泊費"),
            ("p", paragraph(2, language="ja")),
        ]
    )
    first, second = cut(source)
    assert first.text.startswith("経費規程\n\n第1章　交通費\n\n第1号")
    assert first.heading_path == ("経費規程", "第1章 交通費")
    assert first.embedding_text == f"就業規則 › 経費規程 › 第1章 交通費\n{paragraph(1, language='ja')}"
    assert second.text.startswith("第2章　宿泊費\n\n第2号")
    assert second.lexical_title == "就業規則 › 経費規程 › 第2章 宿泊費"
    assert second.lexical_text == paragraph(2, language="ja")


def test_a_heading_that_repeats_the_title_is_not_said_twice() -> None:
    source = extraction([("h1", "Ｔravel Policy"), ("p", paragraph(1, language="en"))])
    (chunk,) = cut(source, title="Travel policy", language="en")
    assert chunk.embedding_text.split("\n")[0] == "Travel policy"


def test_tiny_sections_under_one_parent_are_joined_and_keep_their_headings_in_the_text() -> None:
    source = extraction(
        [("h1", "Glossary"), ("p", paragraph(1, language="en"))]
        + [part for n in range(4) for part in (("h2", f"Term {n}"), ("p", f"A short meaning of term {n}."))]
    )
    intro, terms = cut(source, title="Handbook", language="en")
    assert intro.heading_path == terms.heading_path == ("Glossary",)
    assert terms.text.startswith("Term 0\n\nA short meaning")
    assert "Term 3" in terms.embedding_text


def test_sections_under_different_parents_are_never_joined() -> None:
    source = extraction(
        [("h1", "東京"), ("h2", "電話"), ("p", "03-1234-5678"), ("h1", "大阪"), ("h2", "電話"), ("p", "06-1234-5678")]
    )
    assert [chunk.heading_path for chunk in cut(source)] == [("東京", "電話"), ("大阪", "電話")]


def test_a_heading_without_any_text_is_kept_as_a_chunk_of_its_own() -> None:
    source = extraction([("p", paragraph(1, language="ja")), ("h1", "付則")])
    assert [chunk.text for chunk in cut(source)][1:] == ["付則"]
    assert cut(source)[1].embedding_text == "就業規則\n付則"


def test_a_list_stays_whole_with_the_sentence_that_leads_to_it() -> None:
    filler = [("p", paragraph(n, language="ja")) for n in range(3)]
    items = [("li", f"手順{n}：画面の「設定」を開き、項目{n}を選びます。") for n in range(6)]
    source = extraction([*filler, ("p", "次の手順で設定します。"), *items, *filler])
    holding = [chunk for chunk in cut(source) if "手順" in chunk.text]
    assert len(holding) == 1
    assert "次の手順で設定します。" in holding[0].text
    assert "手順5" in holding[0].text


def test_a_list_too_long_for_a_chunk_is_cut_between_items() -> None:
    items = [f"Step {n}: open the settings page, choose entry number {n} and press save." for n in range(60)]
    source = extraction([("p", "Follow these steps:"), *(("li", item) for item in items)])
    chunks = cut(source, language="en")
    assert len(chunks) > 1
    assert chunks[0].text.startswith("Follow these steps:\nStep 0") or chunks[0].text.startswith(
        "Follow these steps:\n\n"
    )
    assert [line for chunk in chunks for line in chunk.text.split("\n") if line.startswith("Step")] == items


def test_a_small_table_is_one_chunk_with_its_caption_beside_it() -> None:
    table = "商品 | 価格\nA-100 | 1,200円\nB-200 | 3,400円"
    source = extraction([("h1", "料金表"), ("p", "料金は次のとおりです。"), ("table", table)], caption="2026年度")
    (chunk,) = cut(source)
    assert chunk.kind is ChunkKind.TABLE
    assert chunk.text == f"料金表\n\n料金は次のとおりです。\n\n{table}"
    assert chunk.embedding_text == f"就業規則 › 料金表\n2026年度\n料金は次のとおりです。\n\n{table}"


def test_a_long_table_is_cut_between_rows_and_its_header_repeated_beside_the_text_only() -> None:
    rows = [f"A-{n:03} | {n * 100}円 | 倉庫{n}" for n in range(120)]
    source = extraction([("table", "\n".join(["型番 | 価格 | 場所", *rows]))], caption="在庫")
    chunks = cut(source)
    assert len(chunks) > 2
    assert [row for chunk in chunks for row in chunk.text.split("\n")][1:] == rows
    for chunk in chunks[1:]:
        assert "型番" not in chunk.text
        assert chunk.embedding_text.startswith("就業規則\n在庫\n型番 | 価格 | 場所\n")
        assert chunk.lexical_text.startswith("在庫\n型番 | 価格 | 場所\n")


def test_an_answer_is_matched_by_its_question_and_cited_by_its_own_text() -> None:
    long_answer = "".join(paragraph(n, language="ja") for n in range(20))
    source = extraction(
        [
            ("q", "How do I reset my password?"),
            ("a", "Open the portal and choose “Forgot password”."),
            ("q", "有給休暇は\n何日前に申請しますか？"),
            ("a", long_answer),
            ("q", "答えのない質問？"),
        ]
    )
    first, *rest = cut(source)
    assert first.kind is ChunkKind.ANSWER
    assert first.text == "Open the portal and choose “Forgot password”."
    assert first.embedding_text == first.lexical_text == "How do I reset my password?"
    assert first.language == "en"
    assert len(rest) > 1
    assert "".join(chunk.text for chunk in rest) == long_answer
    assert {chunk.embedding_text for chunk in rest} == {"有給休暇は 何日前に申請しますか？"}
    assert {chunk.language for chunk in rest} == {"ja"}


def test_a_question_over_the_budget_is_shortened_and_its_answer_kept() -> None:
    source = extraction([("q", "なぜ" * 400), ("a", "はい。")])
    (chunk,) = cut(source, budget=64)
    assert chunk.text == "はい。"
    assert chunk.embedding_text.startswith("なぜなぜ")
    assert count([chunk.embedding_text])[0] <= 64


def test_an_endless_question_is_not_measured_anew_for_every_chunk_of_its_answer() -> None:
    """A question of as many pages as its answer costs its length, not the product of both."""
    counted = 0

    def counting(texts: Sequence[str]) -> list[int]:
        nonlocal counted
        counted += sum(map(len, texts))
        return count(texts)

    source = extraction([("q", "なぜですか？" * 10_000), ("a", paragraph(1, language="ja") * 500)])
    split(source, document_id="d", title="t", language="ja", count=counting, budget=512)
    assert counted < 20 * len(source.text)


def test_a_long_context_is_shortened_before_any_text_is() -> None:
    parts = [(f"h{n}", f"Part {n} of a heading that goes on and on " * 4) for n in range(1, 5)]
    source = extraction([*parts, ("p", paragraph(1, language="en"))])
    (chunk,) = cut(source, title="A title that is long, too, " * 9, language="en", budget=128)
    assert chunk.embedding_text.endswith(f"\n{paragraph(1, language='en')}")
    assert chunk.embedding_text.startswith("A title that is long")
    assert "…" in chunk.embedding_text.split("\n")[0]
    assert len(chunk.heading_path) == 4


def test_a_context_that_tips_an_input_over_the_budget_gives_way_and_the_text_stays_whole() -> None:
    """The embedder's own count decides, not the estimate."""
    sentence = "The approval of a request that is late needs a written reason, which is kept for the audit of a year."

    def heavy(texts: Sequence[str]) -> list[int]:
        return [len(text) * 3 // 10 for text in texts]

    source = extraction([("p", sentence)])
    (chunk,) = split(
        source, document_id="d", title="A long title of a page " * 4, language="en", count=heavy, budget=40
    )
    assert chunk.text == sentence
    assert chunk.embedding_text.endswith(f"\n{sentence}")
    assert heavy([chunk.embedding_text])[0] <= 40


def test_code_stays_whole_where_it_fits() -> None:
    code = "def f(x):\n    return x\n\n\ndef g(x):\n    return f(x) + 1"
    source = extraction([("p", paragraph(1, language="en")), ("code", code), ("p", paragraph(2, language="en"))])
    assert [code in chunk.text for chunk in cut(source, language="en")] == [True]


def test_a_chunk_knows_the_page_it_starts_on() -> None:
    parts = [part for n in range(3) for part in (("h1", f"章{n}"), ("p", paragraph(n, language="ja")))]
    plain = extraction(parts)
    starts = [plain.text.index(f"章{n}") for n in range(3)]
    pages = [
        Page(number=n + 1, start=start, end=end)
        for n, (start, end) in enumerate(zip(starts, [*starts[1:], len(plain.text)], strict=True))
    ]
    assert [chunk.page for chunk in cut(extraction(parts, pages=pages))] == [1, 2, 3]
    assert [chunk.page for chunk in cut(plain)] == [None, None, None]


def test_a_chunk_without_words_takes_the_language_of_its_document() -> None:
    source = extraction([("h1", "0120-123-456"), ("p", "2026-04-01 10:00")])
    assert [chunk.language for chunk in cut(source, language="en")] == ["en"]
