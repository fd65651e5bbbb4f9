"""The contract of views: both lanes, true scores, passages, neighbours, documents, slices and boxes."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from retrieval.errors import NotVisible, ServiceError, UserError
from retrieval.ports import Store
from retrieval.text.lexical import plain_query
from retrieval.values import Box, Lane
from tests.fakes.store_data import EVERYTHING, Ingest, embed, only, version

EXPENSES = version(
    "経費.md", "経費の申請は翌月の第三営業日までに行う。", "交通費はＩＣカードの履歴を添える。", boxes=True
)
LEAVE = version(
    "leave.md", "Leave requests go to the team lead.", "Error E-1042 means no days are left.", language="en"
)
KANA = version("kana.txt", "ｶﾞｿﾘﾝ代は１ｋｍあたり２０円。", "申請書の控えは五年間保管する。")
ALL = (EXPENSES, LEAVE, KANA)


def ranked(lane: Lane) -> list[str]:
    return [hit.chunk_id for hit in lane.hits]


def texts(store: Store, question: str) -> list[str]:
    with store.view() as view:
        found = view.lexical(plain_query(question), k=10, where=EVERYTHING)
        passages = view.passages(ranked(found), where=EVERYTHING)
        return [passages[hit.chunk_id].text for hit in found.hits]


class ReadingContract:
    """What a view returns."""

    def test_a_store_without_a_generation_says_that_nothing_was_ingested(self, store: Store) -> None:
        with pytest.raises(UserError, match="ingested"), store.view():
            pass

    def test_an_unknown_generation_cannot_be_viewed(self, ingest: Ingest) -> None:
        with pytest.raises(UserError, match="g9"), ingest.store.view(generation="g9"):
            pass

    def test_an_empty_generation_finds_nothing_without_an_error(self, ingest: Ingest) -> None:
        with ingest.store.view() as view:
            assert view.dense(embed("経費"), k=5, where=EVERYTHING).hits == ()
            assert view.lexical(plain_query("経費"), k=5, where=EVERYTHING) == Lane(name="lexical", hits=(), ideal=0.0)
            assert view.passages(["x"], where=EVERYTHING) == {}
            assert view.statements(["x"], where=EVERYTHING) == {}
            assert view.documents(where=EVERYTHING) == ()
            assert [term.known for term in view.terms(plain_query("経費"))] == [False] * len(
                view.terms(plain_query("経費"))
            )

    def test_the_dense_lane_ranks_by_true_cosine(self, ingest: Ingest) -> None:
        ingest.put(*ALL)
        question = np.frombuffer(embed("経費の申請"), "<f4").astype(float)
        expected = {
            one.chunk.id: float(np.frombuffer(one.vector, "<f4").astype(float) @ question)
            for each in ALL
            for one in each.chunks
        }
        with ingest.store.view() as view:
            lane = view.dense(embed("経費の申請"), k=10, where=EVERYTHING)
        assert ranked(lane) == sorted(expected, key=lambda chunk: (-expected[chunk], chunk))
        assert {hit.chunk_id: hit.score for hit in lane.hits} == pytest.approx(expected, abs=1e-5)
        assert (lane.name, lane.ideal) == ("dense", 0.0)

    def test_a_vector_of_another_size_is_refused(self, ingest: Ingest) -> None:
        ingest.put(EXPENSES)
        with ingest.store.view() as view, pytest.raises(ServiceError, match="dimensions"):
            view.dense(embed("経費") + b"\0\0\0\0", k=5, where=EVERYTHING)

    @pytest.mark.parametrize("k", [0, 1, 3])
    def test_a_lane_returns_the_best_k_of_its_whole_ranking(self, ingest: Ingest, k: int) -> None:
        ingest.put(*ALL)
        with ingest.store.view() as view:
            whole = (
                view.dense(embed("申請"), k=100, where=EVERYTHING),
                view.lexical(plain_query("申請は"), k=100, where=EVERYTHING),
            )
            assert view.dense(embed("申請"), k=k, where=EVERYTHING).hits == whole[0].hits[:k]
            assert view.lexical(plain_query("申請は"), k=k, where=EVERYTHING).hits == whole[1].hits[:k]

    def test_equal_scores_are_ordered_by_chunk_id(self, ingest: Ingest) -> None:
        """Twelve documents with one and the same text tie in both lanes, and a cut falls in the middle of the tie."""
        same = [version(f"{n}.txt", "通勤手当は毎月支給する。", title="規程") for n in range(12)]
        ingest.put(*same)
        expected = sorted(one.chunk_ids[0] for one in same)
        with ingest.store.view() as view:
            assert ranked(view.dense(embed("通勤手当"), k=7, where=EVERYTHING)) == expected[:7]
            assert ranked(view.lexical(plain_query("通勤手当"), k=7, where=EVERYTHING)) == expected[:7]

    @pytest.mark.parametrize(
        ("question", "found"),
        [
            ("経費", [EXPENSES.chunks[0]]),
            ("申請書", [KANA.chunks[1], EXPENSES.chunks[0]]),
            ("ガソリン", [KANA.chunks[0]]),
            ("1km", [KANA.chunks[0]]),
            ("ICカード", [EXPENSES.chunks[1]]),
            ("E-1042", [LEAVE.chunks[1]]),
            ("ｅ－１０４２", [LEAVE.chunks[1]]),
            ("requested", [LEAVE.chunks[0]]),
        ],
    )
    def test_words_are_found_in_every_form(self, ingest: Ingest, question: str, found: list[object]) -> None:
        """Two-character words, half and full width, identifiers and English stems; the best hit is what is meant."""
        neutral = [version(one.document.key, *(c.chunk.text for c in one.chunks), title="文書") for one in ALL]
        ingest.put(*neutral)
        expected = [one.chunk.text for one in found]  # type: ignore[attr-defined] # an EmbeddedChunk each
        assert texts(ingest.store, question)[: len(expected)] == expected

    def test_a_title_is_found_too(self, ingest: Ingest) -> None:
        ingest.put(version("a.md", "本文だけ。", title="出張旅費規程"), version("b.md", "別の本文。", title="就業規則"))
        assert texts(ingest.store, "旅費") == ["本文だけ。"]

    def test_a_question_of_frequent_words_only_still_finds(self, ingest: Ingest) -> None:
        ingest.put(*(version(f"{n}.md", f"申請は {n} 番の窓口へ。", title="窓口") for n in range(30)))
        assert len(texts(ingest.store, "申請は")) == 10

    def test_a_question_without_words_of_the_index_has_no_ideal(self, ingest: Ingest) -> None:
        ingest.put(*ALL)
        with ingest.store.view() as view:
            assert view.lexical(plain_query("zzzz qqqq"), k=5, where=EVERYTHING) == Lane(
                name="lexical", hits=(), ideal=0.0
            )
            assert view.lexical(plain_query(""), k=5, where=EVERYTHING) == Lane(name="lexical", hits=(), ideal=0.0)

    def test_the_ideal_is_the_sum_of_the_known_terms_and_no_score_exceeds_it(self, ingest: Ingest) -> None:
        ingest.put(*ALL, version("much.md", "経費 " * 200, title="経費 " * 20))
        with ingest.store.view() as view:
            for question in ("経費の申請 zzzz", "経費", "team lead E-1042", "申請書の控え"):
                lane = view.lexical(plain_query(question), k=100, where=EVERYTHING)
                known = [term for term in view.terms(plain_query(question)) if term.known]
                assert lane.ideal == pytest.approx(sum(term.idf for term in known) * 2.2, rel=1e-5)
                assert lane.hits
                assert max(hit.score for hit in lane.hits) <= lane.ideal
                assert min(hit.score for hit in lane.hits) > 0

    def test_a_rarer_term_weighs_more(self, ingest: Ingest) -> None:
        """The idf is ln(1 + (N - n + 0.5) / (n + 0.5)) over all chunks of the generation."""
        ingest.put(*(version(f"{n}.md", "共通 稀有" if n == 0 else "共通", title="題") for n in range(9)))
        with ingest.store.view() as view:
            terms = {term.text: term.idf for term in view.terms(plain_query("共通 稀有"))}
        assert terms["共通"] == pytest.approx(math.log(1 + (9 - 9 + 0.5) / 9.5), rel=1e-5)
        assert terms["稀有"] == pytest.approx(math.log(1 + (9 - 1 + 0.5) / 1.5), rel=1e-5)

    def test_true_scores_of_given_chunks_are_those_of_the_lanes(self, ingest: Ingest) -> None:
        """Whoever was found by one lane only gets its score in the other one, 0.0 where no word matches."""
        ingest.put(*ALL)
        chunks = [*EXPENSES.chunk_ids, *LEAVE.chunk_ids, "0" * 32]
        with ingest.store.view() as view:
            lexical = {
                h.chunk_id: h.score for h in view.lexical(plain_query("経費の申請"), k=100, where=EVERYTHING).hits
            }
            dense = {h.chunk_id: h.score for h in view.dense(embed("経費の申請"), k=100, where=EVERYTHING).hits}
            scored = view.lexical_scores(plain_query("経費の申請"), chunks, where=EVERYTHING)
            assert scored == pytest.approx({c: lexical.get(c, 0.0) for c in chunks[:-1]}, abs=1e-6)
            scored = view.dense_scores(embed("経費の申請"), chunks, where=EVERYTHING)
            assert scored == pytest.approx({c: dense[c] for c in chunks[:-1]}, abs=1e-6)

    def test_a_passage_has_what_was_staged(self, ingest: Ingest) -> None:
        one = version(
            "規程.md",
            "第一条 目的",
            heading="総則",
            title="旅費規程",
            effective_from=date(2026, 4, 1),
            superseded_by="new.md",
            metadata={"product": "A", "tags": ("x", "y"), "level": 3, "draft": False},
        )
        ingest.put(one)
        chunk = one.chunks[0].chunk
        with ingest.store.view() as view:
            found = view.passages(one.chunk_ids, where=EVERYTHING)[chunk.id]
        assert (found.text, found.start, found.end, found.ordinal) == (chunk.text, chunk.start, chunk.end, 0)
        assert (found.document_id, found.version, found.extraction_id) == (
            one.id,
            one.document.version,
            one.extraction.id,
        )
        assert (found.source, found.record_id, found.uri) == ("manuals", "規程.md", one.document.uri)
        assert (found.title, found.heading_path, found.page) == ("旅費規程", ("総則",), 1)
        assert (found.lexical_title, found.lexical_text) == (chunk.lexical_title, chunk.lexical_text)
        assert found.metadata == {"product": "A", "tags": ("x", "y"), "level": 3, "draft": False}
        assert (found.effective_from, found.superseded, found.score) == (date(2026, 4, 1), True, 0.0)
        assert (found.language, found.kind, found.media_type) == ("ja", "text", "text/plain")

    def test_neighbours_come_in_text_order_without_the_chunk_itself(self, ingest: Ingest) -> None:
        one = version("手順.md", *(f"手順{n}" for n in range(6)))
        ingest.put(one, LEAVE)
        with ingest.store.view() as view:
            found = view.neighbours(one.chunk_ids[2], before=1, after=2, where=EVERYTHING)
            assert [passage.text for passage in found] == ["手順1", "手順3", "手順4"]
            found = view.neighbours(one.chunk_ids[0], before=3, after=1, where=EVERYTHING)
            assert [passage.text for passage in found] == ["手順1"]
            assert view.neighbours("0" * 32, before=1, after=1, where=EVERYTHING) == ()

    def test_documents_come_by_source_and_key_in_pages(self, ingest: Ingest) -> None:
        made = [version(key, "本文", source=source) for source in ("a", "b") for key in ("2.md", "1.md", "３.md")]
        ingest.put(*made)
        expected = [("a", "1.md"), ("a", "2.md"), ("a", "３.md"), ("b", "1.md"), ("b", "2.md"), ("b", "３.md")]
        with ingest.store.view() as view:
            seen: list[tuple[str, str]] = []
            after = ""
            while page := view.documents(where=EVERYTHING, after=after, limit=4):
                seen += [(one.document.source, one.document.key) for one in page]
                after = page[-1].document.id
        assert seen == expected

    def test_a_document_is_returned_as_it_was_staged(self, ingest: Ingest) -> None:
        ingest.put(EXPENSES)
        with ingest.store.view() as view:
            found = view.document(EXPENSES.id, where=EVERYTHING)
            assert (found.document, found.chunks, found.superseded) == (EXPENSES.document, 2, False)
            with pytest.raises(NotVisible):
                view.document("0" * 32, where=EVERYTHING)

    def test_a_slice_is_the_text_between_clipped_bounds(self, ingest: Ingest) -> None:
        one = version("𠮷野家.md", "第一条 𠮷野は", "第二条 続く", heading="総則")
        ingest.put(one)
        text = one.extraction.text
        with ingest.store.view() as view:
            found = view.extraction_slice(one.id, one.extraction.id, 3, 10, where=EVERYTHING)
            assert (found.text, found.start, found.end, found.length) == (text[3:10], 3, 10, len(text))
            assert (found.page, found.heading_path, found.current) == (1, ("総則",), True)
            assert found.document == one.document
            assert view.extraction_slice(one.id, one.extraction.id, -5, 9999, where=EVERYTHING).text == text
            with pytest.raises(NotVisible):
                view.extraction_slice(one.id, "0" * 32, 0, 5, where=EVERYTHING)

    def test_statements_are_returned_as_they_were_staged(self, ingest: Ingest) -> None:
        """In the order asked for, each chunk once, an admitted one without any as empty."""
        one = version("返品.md", "返品は七日以内。送料は客の負担。食品は除く。", "Returns are free. Food is excluded.")
        bare = version("bare.md", "見出し")
        bare = replace(bare, chunks=tuple(replace(chunk, statements=()) for chunk in bare.chunks))
        ingest.put(one, bare)
        first, second = one.chunks
        assert [len(chunk.statements) for chunk in one.chunks] == [3, 2]
        with ingest.store.view() as view:
            asked = [second.chunk.id, "0" * 32, *bare.chunk_ids, first.chunk.id, second.chunk.id]
            found = view.statements(asked, where=EVERYTHING)
        assert list(found.items()) == [
            (second.chunk.id, second.statements),
            (bare.chunk_ids[0], ()),
            (first.chunk.id, first.statements),
        ]

    def test_boxes_are_one_per_line_and_page(self, ingest: Ingest) -> None:
        ingest.put(EXPENSES, LEAVE)
        second = EXPENSES.chunks[1].chunk
        with ingest.store.view() as view:
            found = view.boxes(
                EXPENSES.id, EXPENSES.extraction.id, second.start - 3, second.start + 2, where=EVERYTHING
            )
            line = len(EXPENSES.chunks[0].chunk.text) * 10.0
            assert found == (
                Box(page=1, left=line - 20, top=20, right=line, bottom=30),
                Box(page=2, left=0, top=20, right=20, bottom=30),
            )
            assert view.boxes(LEAVE.id, LEAVE.extraction.id, 0, 5, where=EVERYTHING) == ()

    def test_the_declared_fields_are_known(self, ingest: Ingest) -> None:
        ingest.put(version("a.md", "x", metadata={"product": "A"}), version("b.md", "y", metadata={"plan": ()}))
        with ingest.store.view() as view:
            assert view.fields(where=EVERYTHING) == {"product", "plan"}

    def test_an_unadmitted_chunk_is_nowhere(self, ingest: Ingest) -> None:
        ingest.put(EXPENSES)
        where, one = only("nobody"), EXPENSES.chunks[0].chunk.id
        with ingest.store.view() as view:
            assert view.passages([one], where=where) == {}
            assert view.statements([one], where=where) == {}
            assert view.neighbours(one, before=1, after=1, where=where) == ()
            assert view.dense_scores(embed("経費"), [one], where=where) == {}
            assert view.lexical_scores(plain_query("経費"), [one], where=where) == {}
            assert view.dense(embed("経費"), k=5, where=where).hits == ()
            assert view.lexical(plain_query("経費"), k=5, where=where).hits == ()
