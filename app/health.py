"""The checks of `tenkyo doctor`: each says what it looked at, whether it is sound, and what to do if not."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.wiring import Wiring
from ingest.generation import current_generation, spec_for
from retrieval.access import OPERATOR, filter_for
from retrieval.errors import NotVisible, TenkyoError
from retrieval.ports import View
from retrieval.search.naming import ids_of

__all__ = ["Check", "checks"]

_FREE_BYTES = 512 << 20
_NOT_BEFORE = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One check. ``exit_code`` is that of the command when it fails: 4 settings, 5 store or model."""

    name: str
    ok: bool
    detail: str
    exit_code: int = 4


def checks(wiring: Wiring) -> Iterator[Check]:
    """Yield the checks in order; what a failed one stands on is left out."""
    yield _clock()
    yield _disk(wiring.database)
    embedder_check = _embedder(wiring)
    yield embedder_check
    yield from _words(wiring)
    if not wiring.database.exists():
        yield Check(name="store", ok=True, detail=f"{wiring.database}: not there yet; `tenkyo ingest PATH` makes it")
        return
    store_check = _store(wiring)
    yield store_check
    if store_check.ok and embedder_check.ok:
        index_check = _index(wiring)
        yield index_check
        if index_check.ok and wiring.store().generations():
            yield _evidence(wiring)
    if store_check.ok and wiring.settings.pins:
        yield _pins(wiring)


def _clock() -> Check:
    now = datetime.now(UTC)
    return Check(
        name="clock",
        ok=now >= _NOT_BEFORE,
        detail=f"{now:%Y-%m-%d %H:%M:%S} UTC"
        + ("" if now >= _NOT_BEFORE else ": set the clock, dates decide what holds"),
    )


def _disk(database: Path) -> Check:
    folder = next(parent for parent in database.absolute().parents if parent.is_dir())
    free = shutil.disk_usage(folder).free
    enough = free >= _FREE_BYTES
    return Check(
        name="disk",
        ok=enough,
        detail=f"{free >> 20} MiB free at {folder}" + ("" if enough else ": make room"),
        exit_code=5,
    )


def _embedder(wiring: Wiring) -> Check:
    started = time.perf_counter()
    try:
        embedder = wiring.embedder()
        same, again = embedder.embed_query("返品の期限は?"), embedder.embed_query("返品の期限は?")
    except TenkyoError as error:
        return Check(name="embedder", ok=False, detail=str(error), exit_code=error.exit_code)
    spec = embedder.spec
    if same != again or len(same) != 4 * spec.dimensions:
        return Check(name="embedder", ok=False, detail=f"{spec.name}: the same text gave two vectors", exit_code=5)
    spent = time.perf_counter() - started
    return Check(name="embedder", ok=True, detail=f"{spec.name}, {spec.dimensions} dimensions, ready in {spent:.1f} s")


def _store(wiring: Wiring) -> Check:
    try:
        damage = wiring.store().check()
    except TenkyoError as error:
        return Check(name="store", ok=False, detail=str(error), exit_code=error.exit_code)
    return Check(
        name="store",
        ok=not damage,
        detail="; ".join(damage) or f"{wiring.database}: sound, {wiring.database.stat().st_size >> 20} MiB",
        exit_code=5,
    )


def _words(wiring: Wiring) -> Iterator[Check]:
    """Check what words of a question may be said as: the glossary, and the dictionary of the other language."""
    if entries := wiring.settings.glossary:
        words = sum(len(entry.words) + len(entry.to) for entry in entries)
        detail = f"{len(entries)} entries, {words} wordings, from {wiring.loaded.origins['glossary']}"
        yield Check(name="glossary", ok=True, detail=detail)
    if wiring.settings.gloss == "off":
        return
    from retrieval.gloss import COMMAND, LICENCE

    try:
        gloss = wiring.gloss()
        found = gloss.glossed("返品の期限", language="ja") if gloss is not None else None
    except TenkyoError as error:
        yield Check(name="gloss", ok=False, detail=str(error), exit_code=error.exit_code)
        return
    if gloss is None:
        detail = f"not installed: Japanese and English meet by meaning alone ({COMMAND})"
        yield Check(name="gloss", ok=True, detail=detail)
    else:
        yield Check(name="gloss", ok=found is not None, detail=LICENCE)


def _pins(wiring: Wiring) -> Check:
    """Warn of documents that pins name and that are not there: they may come, or be misspelled."""
    rules = wiring.settings.pins
    names = sorted({name for rule in rules for name in (*rule.first, *rule.never)})
    try:
        store = wiring.store()
        roots = store.sources()
        with store.view() as view:
            absent = [name for name in names if not any(_there(view, one) for one in ids_of(name, roots))]
    except TenkyoError as error:
        return Check(name="pins", ok=False, detail=str(error), exit_code=error.exit_code)
    told = f"; not in the index: {', '.join(absent)}" if absent else ""
    return Check(name="pins", ok=True, detail=f"{len(rules)} rules, {len(names)} documents{told}")


def _there(view: View, document: str) -> bool:
    try:
        view.document(document, where=filter_for(OPERATOR))
    except NotVisible:
        return False
    return True


def _index(wiring: Wiring) -> Check:
    try:
        built = current_generation(wiring.store(), spec_for(wiring.embedder().spec))
    except TenkyoError as error:
        return Check(name="index", ok=False, detail=str(error), exit_code=error.exit_code)
    if built is None:
        return Check(name="index", ok=True, detail="none yet; `tenkyo ingest PATH` builds it")
    return Check(name="index", ok=True, detail=f"{built.name}: fits the settings")


def _evidence(wiring: Wiring) -> Check:
    from app.calibration.calibrating import calibration_in, due
    from retrieval.calibration.record import summary

    try:
        said = summary(calibration_in(wiring.store()))
        late = due(wiring.store())
    except TenkyoError as error:
        return Check(name="evidence", ok=False, detail=str(error), exit_code=error.exit_code)
    return Check(name="evidence", ok=True, detail=f"{said}; out of date: run `tenkyo calibrate`" if late else said)
