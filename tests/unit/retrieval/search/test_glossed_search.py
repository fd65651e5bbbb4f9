"""A question looked for in the other language as well: over a real store, with a dictionary of two words."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any, cast

import pytest

from retrieval.access import OPERATOR, filter_for
from retrieval.errors import ServiceError, StoreError
from retrieval.gloss import Glossed
from retrieval.ports import View
from retrieval.search.searcher import LaneName, Searcher
from retrieval.text.wording import Expansion
from retrieval.values import Alternative, LexicalQuery, TermGroup
from tests.fakes.embedder import HashEmbedder
from tests.fakes.failing import with_failing
from tests.fakes.knowledge_base import Library

ALL = filter_for(OPERATOR)


class TwoWords:
    """Knows コンテナ and container, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def glossed(self, question: str, *, language: str) -> Glossed | None:
        self.asked.append((question, language))
        word, tokens = ("コンテナ", ("contain",)) if language == "ja" else ("container", ("コン", "ンテ", "テナ"))
        if word not in question:
            return None
        return Glossed(
            language="en" if language == "ja" else "ja",
            query=LexicalQuery(groups=(TermGroup(alternatives=(Alternative(tokens=tokens),)),)),
            expansions=(Expansion(text=word, wordings=("other",), origin="gloss"),),
        )


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Library:
    made = Library(tmp_path_factory.mktemp("english"), HashEmbedder(dimensions=256))
    made.add("containers", "A container holds one process.", title="Containers")
    made.add("trains", "The train leaves at noon.", title="Trains")
    return made


@pytest.fixture
def both(tmp_path: Path) -> Library:
    made = Library(tmp_path, HashEmbedder(dimensions=256))
    made.add("ja", "コンテナは一つのプロセスを持つ。", title="コンテナ")
    made.add("en", "A container holds one process.", title="Containers")
    made.add("noise", "The train leaves at noon.", title="Trains")
    return made


def test_a_passage_of_the_other_language_earns_its_share_and_says_so(english: Library) -> None:
    gloss = TwoWords()
    found = Searcher(english.store, english.embedder, gloss=gloss).search("コンテナとは", where=ALL)
    best, other = found.passages
    assert best.record_id == "containers"
    assert best.lanes["gloss"].rank == 1
    assert other.lanes["gloss"] == type(other.lanes["gloss"])(rank=None, score=0.0)
    assert best.score > best.lanes["dense"].score
    assert [one.origin for one in found.expansions] == ["gloss"]
    assert found.gloss is not None
    assert gloss.asked == [("コンテナとは", "ja")]


@pytest.mark.parametrize(("question", "foreign"), [("コンテナ", "en"), ("What is a container?", "ja")])
def test_it_works_both_ways(both: Library, question: str, foreign: str) -> None:
    found = Searcher(both.store, both.embedder, gloss=TwoWords()).search(question, where=ALL)
    assert {p.record_id for p in found.passages if p.lanes.get("gloss") and p.lanes["gloss"].score > 0} == {foreign}
    assert {p.record_id for p in found.passages[:2]} == {"ja", "en"}


@pytest.mark.parametrize("lane", ["dense", "lexical"])
def test_a_lane_alone_is_not_glossed(english: Library, lane: LaneName) -> None:
    gloss = TwoWords()
    assert Searcher(english.store, english.embedder, gloss=gloss).search("コンテナ", where=ALL, lane=lane).gloss is None
    assert gloss.asked == []


def test_no_word_is_looked_up_where_no_passage_is_in_the_other_language(english: Library) -> None:
    gloss = TwoWords()
    found = Searcher(english.store, english.embedder, gloss=gloss).search("What is a container?", where=ALL)
    assert (found.gloss, found.expansions, gloss.asked) == (None, (), [])
    narrowed = filter_for(OPERATOR, languages=frozenset({"ja"}))
    assert Searcher(english.store, english.embedder, gloss=gloss).search("コンテナ", where=narrowed).gloss is None


def test_a_question_without_a_known_word_and_one_that_finds_nothing_are_as_without_a_dictionary(
    english: Library,
) -> None:
    plain = Searcher(english.store, english.embedder)
    for question in ("電車はいつ出ますか", "train"):
        glossed = Searcher(english.store, english.embedder, gloss=TwoWords()).search(question, where=ALL)
        assert (glossed.passages, glossed.gloss) == (plain.search(question, where=ALL).passages, None)


def test_when_the_index_of_words_fails_the_gloss_fails_with_it(english: Library) -> None:
    store = with_failing(english.store, {"lexical"})
    found = Searcher(store, english.embedder, gloss=TwoWords()).search("コンテナとは", where=ALL)
    assert (found.degraded, found.gloss) == (("lexical",), None)
    assert all(set(p.lanes) == {"dense"} for p in found.passages)


def test_a_gloss_whose_scores_fail_takes_the_index_of_words_with_it_in_an_answer_too(both: Library) -> None:
    """The first call scores the question as asked, the second the gloss: whoever asked gets an answer all the same."""
    calls = count(1)

    class Failing:
        def __init__(self, view: View) -> None:
            self._view = view

        def lexical_scores(self, *given: Any, **named: Any) -> Any:
            if next(calls) > 1:
                raise StoreError("The scores are down.", retryable=True)
            return self._view.lexical_scores(*given, **named)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._view, name)

    with both.store.view() as view:
        searcher = Searcher(both.store, both.embedder, gloss=TwoWords())
        found = searcher.search_in(cast("View", Failing(view)), "コンテナ process", where=ALL)
    assert next(calls) > 2
    assert found.degraded == ("lexical",)


def test_when_both_lanes_have_failed_nothing_is_ranked(both: Library) -> None:
    """A ranking by no score at all would look like one."""
    store = with_failing(both.store, {"dense", "lexical"})
    with pytest.raises(ServiceError):
        Searcher(store, both.embedder, gloss=TwoWords()).search("コンテナ", where=ALL)
