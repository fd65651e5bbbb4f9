"""The contract of access: it is decided inside the query, so that k stays full and nothing else shows through."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from retrieval.access import anonymous, filter_for
from retrieval.errors import NotVisible
from retrieval.ports import View
from retrieval.text.lexical import plain_query
from retrieval.values import Condition, Filter, Labels, MetadataValue, Operator
from tests.fakes.admission_oracle import admitted_documents
from tests.fakes.store_data import EVERYTHING, Ingest, Version, embed, labels, only, version

FIRST = date(2026, 1, 1)
_NAMES = ("public", "support", "sales", "hr")
_VALUES: tuple[MetadataValue, ...] = ("A", "B", "あ", 1, 2, 2.5, True, False, ("A", "い"), ("B",), ())
_FIELDS = ("product", "plan")


def random_document(chooser: random.Random, n: int) -> Version:
    def some(share: float) -> frozenset[str]:
        return frozenset(name for name in _NAMES if chooser.random() < share)

    def day() -> date | None:
        return FIRST + timedelta(days=chooser.randrange(30)) if chooser.random() < 0.4 else None

    return version(
        f"{n}.md",
        f"共通の規程 {n}",
        readable=Labels(allow=some(0.35), deny=some(0.12)),
        effective_from=day(),
        superseded_by=f"{chooser.randrange(70)}.md" if chooser.random() < 0.3 else None,
        metadata={name: chooser.choice(_VALUES) for name in _FIELDS if chooser.random() < 0.7},
        language=chooser.choice(("ja", "en")),
    )


def random_filter(chooser: random.Random, documents: list[str]) -> Filter:
    scalars = [value for value in _VALUES if not isinstance(value, tuple)]
    conditions = []
    for _ in range(chooser.choice((0, 0, 1, 2))):
        operator = chooser.choice(list(Operator))
        count = chooser.randrange(4) if operator in (Operator.IN, Operator.NOT_IN) else 1
        values = tuple(chooser.choice(scalars) for _ in range(count))
        conditions.append(Condition(field=chooser.choice((*_FIELDS, "none")), operator=operator, values=values))
    return Filter(
        labels=frozenset(name for name in (*_NAMES, "other") if chooser.random() < 0.35),
        operator=chooser.random() < 0.15,
        conditions=tuple(conditions),
        as_of=FIRST + timedelta(days=chooser.randrange(30)) if chooser.random() < 0.5 else None,
        documents=frozenset(chooser.sample(documents, 20)) if chooser.random() < 0.2 else None,
        excluded=frozenset(chooser.sample(documents, 10)) if chooser.random() < 0.3 else frozenset(),
    )


def seen_everywhere(view: View, made: list[Version], where: Filter) -> set[str]:
    """Return the documents a filter admits, having checked that every way of reading admits the same ones."""
    owner = {chunk: one.id for one in made for chunk in one.chunk_ids}
    chunks = list(owner)
    listed = {one.document.id for one in view.documents(where=where, limit=1000)}
    ways = {
        "dense": {owner[hit.chunk_id] for hit in view.dense(embed("規程"), k=1000, where=where).hits},
        "lexical": {owner[hit.chunk_id] for hit in view.lexical(plain_query("規程"), k=1000, where=where).hits},
        "passages": {owner[chunk] for chunk in view.passages(chunks, where=where)},
        "statements": {owner[chunk] for chunk in view.statements(chunks, where=where)},
        "dense_scores": {owner[chunk] for chunk in view.dense_scores(embed("規程"), chunks, where=where)},
        "lexical_scores": {owner[chunk] for chunk in view.lexical_scores(plain_query("規程"), chunks, where=where)},
    }
    assert ways == dict.fromkeys(ways, listed)
    return listed


class AccessContract:
    """Who sees what."""

    def test_a_narrow_filter_still_fills_k(self, ingest: Ingest) -> None:
        """Of 2,000 chunks the 10 that are admitted are found, though all others match better."""
        crowd = [
            version(f"crowd-{n}.md", *(f"出張旅費の精算 {n} {line}" for line in range(20)), readable=labels("staff"))
            for n in range(100)
        ]
        mine = version("mine.md", *(f"旅費 別の話 {n}" for n in range(10)), readable=labels("support"))
        ingest.put(*crowd, mine)
        with ingest.store.view() as view:
            for lane in (
                view.dense(embed("出張旅費の精算"), k=10, where=only("support")),
                view.lexical(plain_query("出張旅費の精算"), k=10, where=only("support")),
            ):
                assert {hit.chunk_id for hit in lane.hits} == set(mine.chunk_ids)

    @pytest.mark.parametrize(
        ("readable", "who", "sees"),
        [
            (labels("public"), ["public"], True),
            (labels("support", "sales"), ["sales"], True),
            (labels("support"), ["sales"], False),
            (labels("support", deny=["interns"]), ["support", "interns"], False),
            (labels("support", deny=["support"]), ["support"], False),
            (labels(), ["public", "support"], False),
            (labels(), [], False),
            (labels("public"), [], False),
            (labels("Support"), ["support"], False),
        ],
    )
    def test_one_allowed_label_admits_unless_one_is_denied(
        self, ingest: Ingest, readable: Labels, who: list[str], *, sees: bool
    ) -> None:
        one = version("a.md", "規程", readable=readable)
        ingest.put(one)
        with ingest.store.view() as view:
            assert seen_everywhere(view, [one], only(*who)) == ({one.id} if sees else set())
            assert seen_everywhere(view, [one], EVERYTHING) == {one.id}

    def test_unknown_and_forbidden_sound_the_same(self, ingest: Ingest) -> None:
        secret = version("secret.md", "人事考課", readable=labels("hr"))
        ingest.put(secret)
        where = filter_for(anonymous())
        messages = []
        with ingest.store.view() as view:
            for document in (secret.id, "f" * 32):
                for read in (
                    lambda document: view.document(document, where=where),
                    lambda document: view.documents(where=where, after=document),
                    lambda document: view.extraction_slice(document, secret.extraction.id, 0, 5, where=where),
                    lambda document: view.boxes(document, secret.extraction.id, 0, 5, where=where),
                ):
                    with pytest.raises(NotVisible) as refused:
                        read(document)
                    messages.append(str(refused.value).replace(document, "ID"))
        assert messages[:4] == messages[4:]

    def test_a_field_that_only_hidden_documents_declare_is_unknown(self, ingest: Ingest) -> None:
        open_one = version("open.md", "規程", metadata={"product": "A"})
        secret = version("secret.md", "給与", readable=labels("hr"), metadata={"salary_band": "A", "product": "B"})
        ingest.put(open_one, secret)
        with ingest.store.view() as view:
            assert view.fields(where=filter_for(anonymous())) == {"product"}
            assert view.fields(where=only("hr")) == {"product", "salary_band"}
            assert view.fields(where=only()) == frozenset()

    def test_random_filters_admit_what_the_rule_says(self, ingest: Ingest) -> None:
        """300 filters over 60 documents: labels, conditions on lists and values of all types, days of validity."""
        chooser = random.Random(2026)
        made = [random_document(chooser, n) for n in range(60)]
        ingest.put(*made)
        sizes = set()
        with ingest.store.view() as view:
            for _ in range(300):
                where = random_filter(chooser, [one.id for one in made])
                expected = admitted_documents([one.document for one in made], where)
                assert seen_everywhere(view, made, where) == expected, where
                sizes.add(len(expected))
        assert len(sizes) > 15

    def test_a_change_of_access_holds_for_the_next_view_and_no_other(self, ingest: Ingest) -> None:
        one = version("a.md", "規程", readable=labels("public"))
        ingest.put(one)
        with ingest.store.view() as before:
            ingest.store.set_access(one.id, labels("hr"), generation="g1", fence=ingest.fence)
            assert seen_everywhere(before, [one], only("public")) == {one.id}
            with ingest.store.view() as view:
                assert seen_everywhere(view, [one], only("public")) == set()
                assert seen_everywhere(view, [one], only("hr")) == {one.id}
        assert ingest.store.known("manuals", generation="g1")["a.md"].attributes.labels == labels("hr")

    def test_a_superseded_document_holds_until_its_successor_does(self, ingest: Ingest) -> None:
        old = version("old.md", "旧規程", superseded_by="new.md")
        new = version("new.md", "新規程", effective_from=date(2026, 4, 1))
        orphan = version("orphan.md", "孤児の規程", superseded_by="nowhere.md")
        elsewhere = version("nowhere.md", "別の源の規程", source="elsewhere", effective_from=date(2099, 1, 1))
        ingest.put(old, new, orphan, elsewhere)
        made = [old, new, orphan]

        def seen(day: date | None) -> set[str]:
            with ingest.store.view() as view:
                where = Filter(labels=frozenset({"public"}), as_of=day)
                found = view.documents(where=where)
                return {one.document.key for one in found if one.document.source == "manuals"}

        assert seen(date(2026, 3, 31)) == {"old.md"}
        assert seen(date(2026, 4, 1)) == {"new.md"}
        assert seen(None) == {one.document.key for one in made}
        with ingest.store.view() as view:
            stands = {one.document.key: one.superseded for one in view.documents(where=EVERYTHING)}
        assert stands == {"old.md": True, "new.md": False, "orphan.md": True, "nowhere.md": False}

    def test_languages_narrow_to_chunks(self, ingest: Ingest) -> None:
        ja, en = version("ja.md", "規程 VPN"), version("en.md", "VPN rules 規程", language="en")
        ingest.put(ja, en)
        where = Filter(labels=frozenset({"public"}), languages=frozenset({"en"}))
        with ingest.store.view() as view:
            assert [h.chunk_id for h in view.dense(embed("VPN"), k=9, where=where).hits] == en.chunk_ids
            assert [h.chunk_id for h in view.lexical(plain_query("VPN"), k=9, where=where).hits] == en.chunk_ids
            assert list(view.passages([*ja.chunk_ids, *en.chunk_ids], where=where)) == en.chunk_ids
            assert list(view.statements([*ja.chunk_ids, *en.chunk_ids], where=where)) == en.chunk_ids
            nothing = Filter(labels=frozenset({"public"}), languages=frozenset())
            assert view.dense(embed("VPN"), k=9, where=nothing).hits == ()

    @pytest.mark.parametrize("bound", [2**63, 10**400, float("inf")])
    def test_a_number_beyond_any_that_is_kept_compares_as_numbers_do(self, ingest: Ingest, bound: float) -> None:
        one = version("a.md", "規程", metadata={"price": 3})
        ingest.put(one)
        with ingest.store.view() as view:
            for value, holds in ((bound, Operator.LESS), (-bound, Operator.GREATER)):
                for operator in (Operator.LESS, Operator.GREATER, Operator.EQUALS):
                    condition = Condition(field="price", operator=operator, values=(value,))
                    where = Filter(labels=frozenset({"public"}), conditions=(condition,))
                    assert seen_everywhere(view, [one], where) == ({one.id} if operator is holds else set())

    def test_a_label_or_field_is_data_and_never_part_of_a_query(self, ingest: Ingest) -> None:
        one = version("a.md", "規程", readable=labels("x') OR ('1'='1"), metadata={"a\"b'c": "v"})
        ingest.put(one)
        condition = Condition(field="a\"b'c", operator=Operator.EQUALS, values=("v",))
        evil = Condition(field="x' OR 1=1 --", operator=Operator.EQUALS, values=("v",))
        with ingest.store.view() as view:
            who = frozenset({"x') OR ('1'='1"})
            assert seen_everywhere(view, [one], Filter(labels=who, conditions=(condition,))) == {one.id}
            assert seen_everywhere(view, [one], Filter(labels=who, conditions=(evil,))) == set()
            assert view.lexical(plain_query('"規程" OR body:* NEAR(\''), k=5, where=only("public")).hits == ()
            assert view.lexical(plain_query('"規程" OR body:* NEAR(\''), k=5, where=EVERYTHING).hits
