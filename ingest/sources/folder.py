"""Documents that are files: a folder with everything below it, or one file.

Links are never followed, so nothing outside of the root is read. What the folder says of a file is decided in this
order: a sidecar's ``allow``, else the first label rule that means the file, else the default labels.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import quote_from_bytes

from ingest.readers.media_types import media_type_of
from ingest.sources.attributes import AttributeProblem, attributes_of, label_set
from ingest.sources.globs import LabelRule, Patterns, labels_for
from ingest.sources.names import key_of, path_of
from ingest.sources.opening import etag_of, open_below
from ingest.sources.sidecar import SIDECAR_SUFFIX, sidecar_names, sidecar_values
from ingest.sources.walking import Found, found_beside, walk
from retrieval.errors import ServiceError, UserError
from retrieval.ports import Listing, SourceItem
from retrieval.values import Attributes

__all__ = ["FileSource", "FolderSource"]


class FolderSource:
    """A folder and what is below it.

    ``name`` is by default the folder's own. ``include`` keeps only what one of these patterns means, ``exclude``
    leaves out what one means (see `ingest.sources.globs`). ``labels`` are for files that no rule means. Raises
    `UserError` when the root is no folder, and for a pattern or label that cannot be read.
    """

    def __init__(
        self,
        root: Path,
        *,
        name: str | None = None,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
        labels: Iterable[str] = (),
        label_rules: Sequence[LabelRule] = (),
    ) -> None:
        resolved = root.resolve()
        if not resolved.is_dir():
            raise UserError(f"{str(root)!r} is no folder: name a folder that exists.")
        self._folder = str(resolved)
        self.root = key_of(self._folder)
        self.name = name or key_of(resolved.name) or "root"
        self._include, self._exclude = Patterns(include), Patterns(exclude)
        self._labels = label_set(labels)
        self._rules = tuple(LabelRule(pattern=r.pattern, labels=label_set(r.labels)) for r in label_rules)
        Patterns([rule.pattern for rule in self._rules])

    def list(self) -> Listing:
        """Return every document below the root. A folder that cannot be read makes the listing incomplete."""
        problems: list[str] = []
        try:
            items = [self._item(found) for found in walk(self._folder, wanted=self._wanted, problems=problems)]
        except OSError as exc:
            raise _unlistable(self.root, exc) from exc
        items.sort(key=lambda item: item.key)
        return Listing(items=tuple(items), complete=not problems, problems=tuple(problems))

    def open(self, item: SourceItem) -> BinaryIO:
        """Return the bytes of an item; a link that has taken its place is not followed."""
        return cast("BinaryIO", open_below(self._folder, path_of(item.key), key=item.key))

    def _wanted(self, path: str, is_folder: bool) -> bool:  # noqa: FBT001  the shape of `walking.Wanted`
        if self._exclude.match(path):
            return False
        return is_folder or not self._include or self._include.match(path)

    def _item(self, found: Found) -> SourceItem:
        labels = labels_for(found.path, rules=self._rules, default=self._labels)
        return _item(found, folder=self._folder, labels=labels)


class FileSource:
    """One file as a source of its own, named after the file; its siblings are no part of it.

    Raises `UserError` when it is no regular file or a label cannot be read.
    """

    def __init__(self, file: Path, *, name: str | None = None, labels: Iterable[str] = ()) -> None:
        if not file.is_file():
            raise UserError(f"{str(file)!r} is no file: name a file or folder that exists.")
        resolved = file.resolve()
        self._folder, self._file = str(resolved.parent), resolved.name
        self.root = key_of(str(resolved))
        self.name = name or key_of(resolved.name)
        self._labels = label_set(labels)

    def list(self) -> Listing:
        """Return the file. Raises `ServiceError` when it is gone: one missing file is no reason to delete."""
        try:
            folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                status = os.stat(self._file, dir_fd=folder, follow_symlinks=False)
                beside = next((name for name in sidecar_names(self._file) if _exists(folder, name)), None)
                found = found_beside(folder, path=self._file, status=status, sidecar=beside)
            finally:
                os.close(folder)
        except OSError as exc:
            raise _unlistable(self.root, exc) from exc
        if not stat.S_ISREG(status.st_mode):
            raise ServiceError(f"{self.root!r} is no regular file any more.", service="source", retryable=True)
        return Listing(items=(_item(found, folder=self._folder, labels=self._labels),), complete=True)

    def open(self, item: SourceItem) -> BinaryIO:
        """Return the bytes of the file; a link that has taken its place is not followed."""
        return cast("BinaryIO", open_below(self._folder, path_of(item.key), key=item.key))


def _item(found: Found, *, folder: str, labels: frozenset[str]) -> SourceItem:
    key = key_of(found.path)
    attributes, problem = Attributes(), found.problem
    try:
        values = sidecar_values(found.sidecar) if found.sidecar is not None else {}
        attributes = attributes_of(values, labels=labels)
    except AttributeProblem as exc:
        problem = str(exc)
    if problem is not None:
        problem = f"The sidecar {key + SIDECAR_SUFFIX!r} is not usable: {problem}. Mend or remove it."
    return SourceItem(
        key=key,
        uri="file://" + quote_from_bytes(os.fsencode(f"{folder.rstrip('/')}/{found.path}")),
        media_type=media_type_of(key, b""),
        etag=etag_of(found.status),
        size=found.status.st_size,
        attributes=attributes,
        problem=problem,
    )


def _exists(folder: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _unlistable(root: str, exc: OSError) -> ServiceError:
    return ServiceError(f"{root!r} cannot be listed: {exc.strerror}.", service="source", retryable=True)
