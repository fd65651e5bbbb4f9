"""What a run has to do: what a source lists against what the store knows. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from retrieval.errors import MassDeleteRefused
from retrieval.ids import document_id
from retrieval.ports import Listing, SourceItem
from retrieval.values import Attributes, KnownDocument, OutcomeStatus

__all__ = ["Action", "Guard", "Plan", "Step", "make_plan"]


class Action(StrEnum):
    """What has to be done about one document."""

    ADD = "add"
    REPLACE = "replace"
    """Read it again; it may turn out to be unchanged after all."""
    ATTRIBUTES = "attributes"
    """Change labels, dates or metadata; its text is not touched."""
    DELETE = "delete"
    KEEP = "keep"
    SKIP = "skip"
    """A rule left out the same bytes before, read by the same reader."""
    REFUSE = "refuse"
    """The source says why it must not be taken in."""


_ORDER = {
    action: place
    for place, action in enumerate(
        (Action.ATTRIBUTES, Action.REFUSE, Action.SKIP, Action.KEEP, Action.REPLACE, Action.ADD, Action.DELETE)
    )
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One document and what to do about it. ``item`` is None for a deletion, ``known`` for what is new."""

    action: Action
    document_id: str
    key: str
    item: SourceItem | None = None
    known: KnownDocument | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The steps of a run in order: rights first, deletions last, by key within each kind.

    So a document that was only renamed is found under one of its names at every moment. ``problems`` are why the
    listing is not complete; then nothing is deleted. ``forgotten`` are ids of documents that were never taken in
    and are gone: they leave no outcome.
    """

    source: str
    steps: tuple[Step, ...]
    problems: tuple[str, ...] = ()
    forgotten: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many steps there are of each action, all actions named."""
        counted = Counter(step.action for step in self.steps)
        return {action.value: counted[action] for action in Action}


@dataclass(frozen=True, kw_only=True, slots=True)
class Guard:
    """When a listing that shrank deletes nothing: more than ``share`` of the known documents and more than ``few``.

    A complete listing without any document is refused whenever anything is known. ``off`` lets all pass.
    """

    share: float = 0.2
    few: int = 5
    off: bool = False


def make_plan(
    listing: Listing,
    known: Mapping[str, KnownDocument],
    *,
    source: str,
    fingerprints: frozenset[str],
    guard: Guard,
    only_failed: bool = False,
    verify_content: bool = False,
) -> Plan:
    """Compare what is there with what is known.

    ``fingerprints`` are those of all readers now in use: a document read by another is read again.
    ``only_failed`` keeps to documents whose last outcome was a failure and deletes nothing. ``verify_content``
    trusts no etag and has every document read and hashed. Raises `MassDeleteRefused`.
    """
    steps = [
        _step(item, known.get(item.key), source=source, fingerprints=fingerprints, verify_content=verify_content)
        for item in listing.items
        if not only_failed or _failed(known.get(item.key))
    ]
    forgotten: list[str] = []
    if listing.complete and not only_failed:
        listed = {item.key for item in listing.items}
        gone = [document for key, document in known.items() if key not in listed]
        committed = [document for document in gone if document.committed]
        _check(len(committed), known, empty=not listing.items, source=source, guard=guard)
        forgotten = sorted(document.id for document in gone if not document.committed)
        steps += [Step(action=Action.DELETE, document_id=d.id, key=d.key, known=d) for d in committed]
    steps.sort(key=lambda step: (_ORDER[step.action], step.key))
    return Plan(source=source, steps=tuple(steps), problems=listing.problems, forgotten=tuple(forgotten))


def _failed(known: KnownDocument | None) -> bool:
    return known is not None and known.status is OutcomeStatus.FAILED


def _step(
    item: SourceItem,
    known: KnownDocument | None,
    *,
    source: str,
    fingerprints: frozenset[str],
    verify_content: bool,
) -> Step:
    return Step(
        action=_action(item, known, fingerprints=fingerprints, verify_content=verify_content),
        document_id=document_id(source=source, key=item.key),
        key=item.key,
        item=item,
        known=known,
    )


def _action(
    item: SourceItem, known: KnownDocument | None, *, fingerprints: frozenset[str], verify_content: bool
) -> Action:
    if item.problem is not None:
        return Action.REFUSE
    if known is None:
        return Action.ADD
    same = item.etag == known.etag and known.reader_fingerprint in fingerprints and not verify_content
    if not known.committed:
        return Action.SKIP if same and known.status is OutcomeStatus.SKIPPED else Action.ADD
    if not same or known.status is OutcomeStatus.FAILED or _text_differs(item.attributes, known.attributes):
        return Action.REPLACE
    return Action.KEEP if item.attributes == known.attributes else Action.ATTRIBUTES


def _text_differs(new: Attributes, old: Attributes) -> bool:
    """Tell whether what is embedded or analysed changes: the title is context of every chunk."""
    return new.title != old.title or new.language != old.language


def _check(deletions: int, known: Mapping[str, KnownDocument], *, empty: bool, source: str, guard: Guard) -> None:
    committed = sum(document.committed for document in known.values())
    if guard.off or not deletions:
        return
    if empty or (deletions > guard.few and deletions > guard.share * committed):
        found = "no document at all" if empty else f"{deletions} of its {committed} documents no longer"
        raise MassDeleteRefused(
            f"The source {source!r} now lists {found}; nothing was deleted and nothing else was done. If they are"
            " really to go, run again with --allow-mass-delete; else check that the path is right and mounted."
        )
