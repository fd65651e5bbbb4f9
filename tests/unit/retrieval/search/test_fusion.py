"""Fusion: absolute scores, true in both lanes, and fair to translations."""

from __future__ import annotations

from retrieval.search.fusion import Candidate, FusionRule, fuse

RULE = FusionRule(lexical_weight=0.5, matched=30, gloss_weight=0.5)


def candidate(
    name: str, *, cosine: float | None, bm25: float | None, language: str = "ja", gloss: float = 0.0
) -> Candidate:
    return Candidate(chunk_id=name, language=language, cosine=cosine, bm25=bm25, gloss=gloss)


def order(*candidates: Candidate, ideal: float = 10.0, language: str = "ja", rule: FusionRule = RULE) -> list[str]:
    return [fused.chunk_id for fused in fuse(candidates, ideal=ideal, language=language, rule=rule)]


def test_the_score_is_the_cosine_plus_the_weighted_share_of_the_ideal_lexical_score() -> None:
    (fused,) = fuse([candidate("a", cosine=0.8, bm25=4.0)], ideal=10.0, language="ja", rule=RULE)
    assert fused.score == 0.8 + 0.5 * 0.4


def test_a_lexical_score_counts_by_its_share_of_the_ideal_and_not_by_its_rank() -> None:
    """The best BM25 of a question whose terms are nearly all missing moves nothing."""
    weak = candidate("weak", cosine=0.80, bm25=0.5)
    near = candidate("near", cosine=0.84, bm25=0.0)
    assert order(weak, near, ideal=100.0) == ["near", "weak"]
    assert order(weak, near, ideal=1.0) == ["weak", "near"]


def test_ties_go_by_chunk_id_whatever_the_order_of_the_candidates() -> None:
    pair = [candidate("b", cosine=0.5, bm25=1.0), candidate("a", cosine=0.5, bm25=1.0)]
    assert order(*pair) == order(*reversed(pair)) == ["a", "b"]


def test_a_question_without_known_terms_is_ranked_by_cosine() -> None:
    near, far = candidate("near", cosine=0.9, bm25=0.0), candidate("far", cosine=0.1, bm25=0.0)
    assert order(far, near, ideal=0.0) == ["near", "far"]


def test_without_the_dense_lane_the_lexical_share_ranks_alone() -> None:
    assert order(candidate("a", cosine=None, bm25=1.0), candidate("b", cosine=None, bm25=2.0)) == ["b", "a"]


def test_the_best_translations_are_lent_what_the_questions_language_earned() -> None:
    """A lexical score can only be earned in the question's language; the i-th translation gets the i-th best."""
    fused = fuse(
        [
            candidate("ja1", cosine=0.80, bm25=8.0),
            candidate("ja2", cosine=0.70, bm25=2.0),
            candidate("en1", cosine=0.78, bm25=0.0, language="en"),
            candidate("en2", cosine=0.60, bm25=0.0, language="en"),
            candidate("en3", cosine=0.50, bm25=0.0, language="en"),
        ],
        ideal=10.0,
        language="ja",
        rule=RULE,
    )
    assert [f.chunk_id for f in fused] == ["ja1", "en1", "ja2", "en2", "en3"]
    assert {f.chunk_id: f.lent for f in fused} == {
        "ja1": None,
        "ja2": None,
        "en1": (1, 0.8),
        "en2": (2, 0.2),
        "en3": None,
    }


def test_a_passage_in_another_language_keeps_a_better_score_that_it_earned_itself() -> None:
    """An error code is the same word in every language."""
    fused = fuse(
        [candidate("ja", cosine=0.7, bm25=2.0), candidate("en", cosine=0.7, bm25=6.0, language="en")],
        ideal=10.0,
        language="ja",
        rule=RULE,
    )
    assert [(f.chunk_id, f.lent) for f in fused] == [("en", None), ("ja", None)]


def test_only_as_many_ranks_are_matched_as_the_rule_says() -> None:
    own = [candidate(f"ja{n}", cosine=0.5, bm25=5.0) for n in range(5)]
    other = [candidate(f"en{n}", cosine=0.5 - n / 100, bm25=0.0, language="en") for n in range(5)]
    fused = fuse(own + other, ideal=10.0, language="ja", rule=FusionRule(lexical_weight=0.5, matched=2))
    assert sorted(f.chunk_id for f in fused if f.lent) == ["en0", "en1"]


def test_a_question_of_a_product_name_borrows_from_the_language_that_earned_the_most() -> None:
    """The name alone looks English; the documents that hold it are Japanese, their translations still follow."""
    fused = fuse(
        [candidate("ja", cosine=0.7, bm25=9.0), candidate("zh", cosine=0.7, bm25=0.0, language="zh")],
        ideal=10.0,
        language="en",
        rule=RULE,
    )
    assert [(f.chunk_id, f.lent) for f in fused] == [("ja", None), ("zh", (1, 0.9))]


def test_where_nothing_is_in_the_questions_language_a_glossed_question_earns_its_share() -> None:
    """A Japanese question over English documents only: rank matching has nothing to lend."""
    near = candidate("near", cosine=0.80, bm25=0.0, language="en")
    said = candidate("said", cosine=0.75, bm25=0.0, language="en", gloss=0.6)
    fused = fuse([near, said], ideal=0.0, language="ja", rule=RULE)
    assert [(f.chunk_id, f.score, f.lent) for f in fused] == [("said", 0.75 + 0.5 * 0.3, None), ("near", 0.80, None)]


def test_of_what_is_lent_and_what_is_glossed_the_better_counts() -> None:
    own = candidate("ja", cosine=0.8, bm25=3.0)
    glossed = candidate("en1", cosine=0.7, bm25=0.0, language="en", gloss=0.8)
    lent = candidate("en2", cosine=0.75, bm25=0.0, language="en", gloss=0.1)
    rule = FusionRule(lexical_weight=0.5, matched=30, gloss_weight=0.5, gloss_order=0.0)
    found = {f.chunk_id: (f.score, f.lent) for f in fuse([own, glossed, lent], ideal=10.0, language="ja", rule=rule)}
    assert found == {
        "ja": (0.8 + 0.5 * 0.3, None),
        "en1": (0.7 + 0.5 * 0.4, None),
        "en2": (0.75 + 0.5 * 0.3, (1, 0.3)),
    }


def test_a_gloss_helps_to_choose_whom_is_lent_to() -> None:
    own = candidate("ja", cosine=0.8, bm25=5.0)
    near = candidate("en1", cosine=0.72, bm25=0.0, language="en")
    said = candidate("en2", cosine=0.70, bm25=0.0, language="en", gloss=0.3)
    assert [f.chunk_id for f in fuse([own, near, said], ideal=10.0, language="ja", rule=RULE) if f.lent] == ["en2"]
