"""The contract of groups: other wordings find what they say, and never earn more than the question's own could."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from retrieval.ports import View
from retrieval.text.lexical import analyze, analyze_query, plain_query
from retrieval.values import Alternative, LexicalQuery, TermGroup
from tests.fakes.store_data import EVERYTHING, Ingest, labels, only, version

_K1 = 1.2

LEAVE = version("leave.md", "年次有給休暇は半日から取れる。", "休暇の残りは画面で見る。")
SHORT = version("short.md", "有休の申請は三日前まで。")
LOGIN = version("login.md", "Single sign-on is on for all staff.", "The sign at the door.", language="en")
OTHER = version("other.md", "経費の精算は月末まで。", "Nothing to see.")
ALL = (LEAVE, SHORT, LOGIN, OTHER)


def bag(text: str, *, weight: float = 1.0) -> Alternative:
    return Alternative(tokens=tuple(dict.fromkeys(analyze_query(text))), weight=weight)


def group(own: str, *others: Alternative) -> LexicalQuery:
    return LexicalQuery(groups=(TermGroup(tokens=tuple(dict.fromkeys(analyze_query(own))), alternatives=others),))


def scores(view: View, query: LexicalQuery) -> dict[str, float]:
    chunks = [chunk for one in ALL for chunk in one.chunk_ids]
    return view.lexical_scores(query, chunks, where=EVERYTHING)


class WordingContract:
    """What a group of wordings scores."""

    def test_another_wording_finds_the_chunk_that_says_it_and_the_ideal_stays_that_of_the_question(
        self, ingest: Ingest
    ) -> None:
        ingest.put(*ALL)
        with ingest.store.view() as view:
            plain = view.lexical(group("有休"), k=9, where=EVERYTHING)
            lane = view.lexical(group("有休", bag("年次有給休暇")), k=9, where=EVERYTHING)
            assert [hit.chunk_id for hit in plain.hits] == SHORT.chunk_ids
            assert {hit.chunk_id for hit in lane.hits} == {*SHORT.chunk_ids, *LEAVE.chunk_ids}
            assert lane.ideal == plain.ideal
            found = {hit.chunk_id: hit.score for hit in lane.hits}
            assert found[SHORT.chunk_ids[0]] == plain.hits[0].score

    def test_an_alternative_earns_its_share_of_its_own_ideal_times_its_weight(self, ingest: Ingest) -> None:
        """Half of a long wording earns half; what nobody has counts as missing."""
        ingest.put(*ALL)
        with ingest.store.view() as view:
            own, other = group("有休"), bag("年次有給休暇届", weight=0.5)
            ideal = view.lexical(own, k=1, where=EVERYTHING).ideal
            terms = view.terms(LexicalQuery(groups=tuple(TermGroup(tokens=(token,)) for token in other.tokens)))
            assert not all(term.known for term in terms)
            whole = sum(term.idf * (_K1 + 1) for term in terms)
            alone = scores(view, LexicalQuery(groups=(TermGroup(tokens=other.tokens),)))
            both = scores(view, LexicalQuery(groups=(TermGroup(tokens=own.tokens, alternatives=(other,)),)))
            plain = scores(view, own)
            assert both == pytest.approx({c: max(plain[c], 0.5 * ideal * alone[c] / whole) for c in plain}, abs=1e-9)
            assert 0 < both[LEAVE.chunk_ids[1]] < both[LEAVE.chunk_ids[0]] < ideal

    def test_a_wording_that_nobody_uses_takes_its_ideal_from_the_best_known_alternative(self, ingest: Ingest) -> None:
        ingest.put(*ALL)
        with ingest.store.view() as view:
            for query in (group("SSO", bag("single sign-on")), group("", bag("single sign-on"))):
                lane = view.lexical(query, k=9, where=EVERYTHING)
                alone = view.lexical(group("single sign-on"), k=9, where=EVERYTHING)
                assert lane.ideal == pytest.approx(alone.ideal, abs=1e-9)
                assert [hit.chunk_id for hit in lane.hits] == [hit.chunk_id for hit in alone.hits]
            assert view.lexical(group("zzz", bag("qqqq")), k=9, where=EVERYTHING).ideal == 0.0

    def test_a_question_without_other_wordings_scores_as_before_also_beside_some_that_find_nothing(
        self, ingest: Ingest
    ) -> None:
        ingest.put(*ALL)
        with ingest.store.view() as view:
            plain = plain_query("有休の申請は半日から?")
            padded = LexicalQuery(
                groups=tuple(TermGroup(tokens=g.tokens, alternatives=(bag("zzzz"),)) for g in plain.groups)
            )
            assert scores(view, padded) == scores(view, plain)
            assert view.lexical(padded, k=9, where=EVERYTHING).ideal == view.lexical(plain, k=9, where=EVERYTHING).ideal

    def test_no_chunk_scores_over_the_ideal_whatever_the_wordings(self, ingest: Ingest) -> None:
        ingest.put(*ALL)
        chooser = random.Random(7)
        words = sorted({token for one in ALL for each in one.chunks for token in analyze(each.chunk.text)} | {"zz"})
        with ingest.store.view() as view:
            for _ in range(200):
                query = LexicalQuery(
                    groups=tuple(
                        TermGroup(
                            tokens=tuple(chooser.sample(words, chooser.randrange(3))),
                            alternatives=tuple(
                                Alternative(
                                    tokens=tuple(chooser.sample(words, chooser.randrange(1, 4))),
                                    weight=chooser.choice((0.3, 1.0)),
                                )
                                for _ in range(chooser.randrange(3))
                            ),
                        )
                        for _ in range(3)
                    )
                )
                lane = view.lexical(query, k=9, where=EVERYTHING)
                assert all(hit.score <= lane.ideal + 1e-9 for hit in lane.hits), query

    def test_terms_carry_the_other_wordings_of_their_group(self, ingest: Ingest) -> None:
        ingest.put(*ALL)
        other = bag("年次有給休暇", weight=0.8)
        query = LexicalQuery(
            groups=(
                TermGroup(tokens=("有休",), alternatives=(other,)),
                TermGroup(tokens=("申請",)),
                TermGroup(alternatives=(bag("zzzz"), bag("single sign-on"))),
            )
        )
        with ingest.store.view() as view:
            first, second, third = view.terms(query)
            alone = view.terms(plain_query("single sign-on"))
        assert (first.text, first.known, first.alternatives) == ("有休", True, (other,))
        assert (second.text, second.known, second.alternatives) == ("申請", True, ())
        assert (third.text, third.known) == (" ".join(bag("single sign-on").tokens), True)
        assert len(third.alternatives) == 2
        assert len(alone) > 1

    def test_other_wordings_find_only_what_the_filter_admits(self, ingest: Ingest) -> None:
        secret = version("secret.md", "年次有給休暇の秘密", readable=labels("hr"))
        ingest.put(SHORT, secret)
        query = group("有休", bag("年次有給休暇"))
        with ingest.store.view() as view:
            assert [h.chunk_id for h in view.lexical(query, k=9, where=only("public")).hits] == SHORT.chunk_ids
            assert view.lexical_scores(query, secret.chunk_ids, where=only("public")) == {}

    @pytest.mark.parametrize(("tokens", "weight"), [((), 1.0), (("a",), 0.0), (("a",), 1.1)])
    def test_an_alternative_without_tokens_or_with_a_weight_out_of_bounds_cannot_be_made(
        self, tokens: tuple[str, ...], weight: float
    ) -> None:
        with pytest.raises(ValueError, match="weight in"):
            Alternative(tokens=tokens, weight=weight)

    @pytest.mark.parametrize("others", [(), ("休暇",)])
    def test_a_group_weighs_in_score_ideal_and_idf_alike(self, ingest: Ingest, others: tuple[str, ...]) -> None:
        ingest.put(*ALL)
        heavy, light = (
            LexicalQuery(groups=tuple(replace(g, weight=weight) for g in group("有休", *map(bag, others)).groups))
            for weight in (1.0, 0.25)
        )
        with ingest.store.view() as view:
            assert scores(view, light) == pytest.approx({k: v / 4 for k, v in scores(view, heavy).items()})
            ideals = [view.lexical(query, k=1, where=EVERYTHING).ideal for query in (heavy, light)]
            idfs = [view.terms(query)[0].idf for query in (heavy, light)]
        assert ideals[1] == pytest.approx(ideals[0] / 4)
        assert idfs[1] == pytest.approx(idfs[0] / 4)
