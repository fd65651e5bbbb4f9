"""The plan: what is listed against what is known, decided without touching either."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ingest.plan import Action, Guard, Plan, make_plan
from retrieval.errors import MassDeleteRefused
from retrieval.ids import document_id
from retrieval.ports import Listing, SourceItem
from retrieval.values import Attributes, KnownDocument, Labels, OutcomeStatus

FINGERPRINTS = frozenset({"reader-1", "none"})


def item(key: str, *, etag: str = "e1", problem: str | None = None, attributes: Attributes | None = None) -> SourceItem:
    return SourceItem(
        key=key,
        uri=f"file:///{key}",
        media_type="text/plain",
        etag=etag,
        size=1,
        attributes=attributes or Attributes(),
        problem=problem,
    )


def known(key: str, *, committed: bool = True, status: OutcomeStatus = OutcomeStatus.INDEXED) -> KnownDocument:
    return KnownDocument(
        id=document_id(source="s", key=key),
        key=key,
        version="v",
        etag="e1",
        extraction_id="x",
        title=key,
        attributes=Attributes(),
        committed=committed,
        status=status,
        reader_fingerprint="reader-1",
    )


def planned(
    items: list[SourceItem],
    documents: list[KnownDocument],
    *,
    complete: bool = True,
    guard: Guard | None = None,
    only_failed: bool = False,
    verify_content: bool = False,
) -> Plan:
    return make_plan(
        Listing(items=tuple(items), complete=complete, problems=() if complete else ("A folder is shut.",)),
        {document.key: document for document in documents},
        source="s",
        fingerprints=FINGERPRINTS,
        guard=guard or Guard(),
        only_failed=only_failed,
        verify_content=verify_content,
    )


def action(one: SourceItem, document: KnownDocument | None) -> Action:
    (step,) = planned([one], [document] if document else []).steps
    return step.action


def test_what_is_new_is_added_and_what_is_equal_is_kept() -> None:
    assert Action.ADD is action(item("a"), None)
    assert Action.KEEP is action(item("a"), known("a"))


def test_another_etag_or_another_reader_means_reading_again() -> None:
    assert Action.REPLACE is action(item("a", etag="e2"), known("a"))
    assert Action.REPLACE is action(item("a"), replace(known("a"), reader_fingerprint="reader-0"))


@pytest.mark.parametrize(
    "changed",
    [
        Attributes(labels=Labels(allow=frozenset({"hr"}))),
        Attributes(labels=Labels(deny=frozenset({"hr"}))),
        Attributes(effective_from=date(2026, 4, 1)),
        Attributes(superseded_by="b"),
        Attributes(metadata={"plan": "pro"}),
    ],
)
def test_a_change_of_attributes_alone_reads_nothing(changed: Attributes) -> None:
    assert Action.ATTRIBUTES is action(item("a", attributes=changed), known("a"))


def test_a_change_of_title_or_language_is_embedded_again_since_it_is_context() -> None:
    assert Action.REPLACE is action(item("a", attributes=Attributes(title="T")), known("a"))
    assert Action.REPLACE is action(item("a", attributes=Attributes(language="ja")), known("a"))


def test_what_a_rule_left_out_is_left_out_again_unread_until_bytes_or_readers_change() -> None:
    skipped = known("a", committed=False, status=OutcomeStatus.SKIPPED)
    assert Action.SKIP is action(item("a"), skipped)
    assert Action.ADD is action(item("a", etag="e2"), skipped)
    assert Action.ADD is action(item("a"), replace(skipped, reader_fingerprint="reader-0"))


def test_what_failed_is_tried_again() -> None:
    assert Action.ADD is action(item("a"), known("a", committed=False, status=OutcomeStatus.FAILED))
    assert Action.REPLACE is action(item("a"), known("a", status=OutcomeStatus.FAILED))


def test_an_item_with_a_problem_is_refused_whatever_is_known() -> None:
    assert Action.REFUSE is action(item("a", problem="broken"), None)
    assert Action.REFUSE is action(item("a", problem="broken"), known("a"))


def test_what_is_gone_is_deleted_and_what_was_never_taken_in_is_forgotten() -> None:
    failed = known("c", committed=False, status=OutcomeStatus.FAILED)
    plan = planned([item("a")], [known("a"), known("b"), failed])
    assert [("a", Action.KEEP), ("b", Action.DELETE)] == [(step.key, step.action) for step in plan.steps]
    assert (failed.id,) == plan.forgotten


def test_an_incomplete_listing_deletes_and_forgets_nothing() -> None:
    failed = known("c", committed=False, status=OutcomeStatus.FAILED)
    plan = planned([], [known("a"), failed], complete=False)
    assert ((), ("A folder is shut.",), ()) == (plan.steps, plan.problems, plan.forgotten)


def test_a_complete_but_empty_listing_is_refused() -> None:
    with pytest.raises(MassDeleteRefused, match="no document at all"):
        planned([], [known("a")])


def test_an_empty_source_of_which_nothing_is_known_is_fine() -> None:
    assert () == planned([], []).steps


@pytest.mark.parametrize(("gone", "refused"), [(5, False), (6, True)])
def test_more_than_a_few_and_more_than_a_fifth_are_refused(gone: int, refused: bool) -> None:  # noqa: FBT001  a table
    documents = [known(f"{n:02}") for n in range(20)]
    items = [item(document.key) for document in documents[gone:]]
    if refused:
        with pytest.raises(MassDeleteRefused, match="6 of its 20 documents"):
            planned(items, documents)
    else:
        assert gone == planned(items, documents).counts["delete"]


def test_many_of_many_more_are_no_mass() -> None:
    documents = [known(f"{n:03}") for n in range(100)]
    assert 20 == planned([item(d.key) for d in documents[20:]], documents).counts["delete"]


def test_the_guard_can_be_turned_off() -> None:
    assert 1 == planned([], [known("a")], guard=Guard(off=True)).counts["delete"]


def test_only_failed_keeps_to_failures_and_deletes_nothing() -> None:
    documents = [known("a"), known("b", status=OutcomeStatus.FAILED), known("gone")]
    plan = planned([item("a", etag="e2"), item("b"), item("new")], documents, only_failed=True)
    assert [("b", Action.REPLACE)] == [(step.key, step.action) for step in plan.steps]


def test_verifying_content_trusts_no_etag() -> None:
    (step,) = planned([item("a")], [known("a")], verify_content=True).steps
    assert Action.REPLACE is step.action


def test_rights_come_first_and_deletions_last_by_key_within_each() -> None:
    """So a document that was only renamed is found under one of its names at every moment."""
    hr = Attributes(labels=Labels(allow=frozenset({"hr"})))
    items = [item("z"), item("n2"), item("n1"), item("y", attributes=hr), item("x", etag="e2")]
    plan = planned(items, [known(key) for key in "axyz"])
    assert [("y", "attributes"), ("z", "keep"), ("x", "replace"), ("n1", "add"), ("n2", "add"), ("a", "delete")] == [
        (step.key, step.action.value) for step in plan.steps
    ]
