"""What every embedder must do. A new adapter subclasses `EmbedderContract` and gives the fixture ``embedder``."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from retrieval.errors import DocumentError, Stage
from retrieval.ports import Embedder
from retrieval.values import Vector

TEXTS = (
    "経費の精算は、翌月の第三営業日までに申請してください。",
    "Expenses are to be claimed by the third working day of the following month.",
    "短い",
    "Hi",
    "",
    "ｶﾞｿﾘﾝ代は１ｋｍあたり２０円です。",
    "👩‍💻 works from 🏠 and 𠮷野家",
    "NUL\x00 and a lone surrogate \ud842 and <s></s>",
    "製品コード AX-1200B の保証期間は購入日から24か月です。 " * 3,
    "短い",
)


def cosine(left: Vector, right: Vector) -> float:
    return float(np.dot(np.frombuffer(left, "<f4"), np.frombuffer(right, "<f4")))


def long_text(embedder: Embedder, sentence: str, tokens: int) -> str:
    """Repeat a sentence, then its characters, until exactly so many tokens are taken."""
    (frame, one) = embedder.count_tokens(["", sentence])
    text = sentence * ((tokens - frame) // max(1, one - frame))
    while embedder.count_tokens([text])[0] > tokens:
        text = text[:-1]
    while embedder.count_tokens([text])[0] < tokens:
        text += " a"
    assert embedder.count_tokens([text]) == [tokens]
    return text


class EmbedderContract:
    """The suite; subclasses provide ``embedder``, best with a scope of class or more."""

    def test_vectors_are_finite_float32_of_length_one(self, embedder: Embedder) -> None:
        for vector in [*embedder.embed_passages(TEXTS), *map(embedder.embed_query, TEXTS)]:
            values = np.frombuffer(vector, "<f4")
            assert values.shape == (embedder.spec.dimensions,)
            assert np.isfinite(values).all()
            assert np.linalg.norm(values) == pytest.approx(1.0, abs=1e-5)

    def test_nothing_embeds_to_nothing(self, embedder: Embedder) -> None:
        assert embedder.embed_passages([]) == []
        assert embedder.count_tokens([]) == []

    def test_vectors_come_in_the_order_of_the_texts_and_do_not_depend_on_the_company(self, embedder: Embedder) -> None:
        """A vector has the same bytes alone, in a batch, in the batch reversed and cut at another place."""
        alone = [embedder.embed_passages([text])[0] for text in TEXTS]
        assert embedder.embed_passages(TEXTS) == alone
        assert embedder.embed_passages(TEXTS[::-1]) == alone[::-1]
        assert embedder.embed_passages(TEXTS[:3]) + embedder.embed_passages(TEXTS[3:]) == alone

    def test_threads_that_share_an_embedder_get_the_same_vectors(self, embedder: Embedder) -> None:
        expected = embedder.embed_passages(TEXTS[:4]), embedder.embed_query(TEXTS[0])
        with ThreadPoolExecutor(4) as pool:
            passages = [pool.submit(embedder.embed_passages, TEXTS[:4]) for _ in range(3)]
            queries = [pool.submit(embedder.embed_query, TEXTS[0]) for _ in range(3)]
        assert [future.result() for future in passages] == [expected[0]] * 3
        assert [future.result() for future in queries] == [expected[1]] * 3

    @pytest.mark.parametrize(
        ("question", "answer", "other"),
        [
            ("経費の精算はいつまで？", "経費の精算は翌月の第三営業日まで。", "社員食堂は地下一階にあります。"),
            ("When are expenses due?", "Expenses are due on the third working day.", "Lunch is served downstairs."),
        ],
    )
    def test_a_question_is_nearer_to_its_answer_than_to_another_text(
        self, embedder: Embedder, question: str, answer: str, other: str
    ) -> None:
        query = embedder.embed_query(question)
        near, far = embedder.embed_passages([answer, other])
        assert cosine(query, near) > cosine(query, far)

    def test_tokens_are_counted_with_the_frame_and_grow_with_the_text(self, embedder: Embedder) -> None:
        counts = embedder.count_tokens(["", "経費", "経費の精算は翌月まで", "経費の精算は翌月までに申請する"])
        assert counts[0] > 0
        assert counts == sorted(counts)
        assert counts[0] < counts[-1]

    @pytest.mark.parametrize("sentence", ["経費の精算は翌月までに申請してください。", "Claim your expenses by May. "])
    def test_a_passage_of_exactly_the_limit_is_taken_and_one_token_more_is_refused(
        self, embedder: Embedder, sentence: str
    ) -> None:
        """No tail is lost silently: the text that does not fit is an error of its document, before any embedding."""
        full = long_text(embedder, sentence, embedder.spec.max_tokens)
        assert len(embedder.embed_passages([full])) == 1
        with pytest.raises(DocumentError) as caught:
            embedder.embed_passages(["短い", full + " a"])
        assert (caught.value.stage, caught.value.reason) == (Stage.EMBED, "too_long")
        assert sentence[:6] not in str(caught.value)

    def test_the_tail_of_a_long_question_still_counts(self, embedder: Embedder) -> None:
        """What stands behind the limit moves the vector towards what it says."""
        opening = long_text(embedder, "会議室の予約は総務に連絡してください。", embedder.spec.max_tokens)
        tail = "返品の送料は当社が負担します。" * 20
        with_tail, without = embedder.embed_query(opening + tail), embedder.embed_query(opening)
        (target,) = embedder.embed_passages(["返品の送料は当社が負担します。"])
        assert cosine(with_tail, target) > cosine(without, target) + 0.005
