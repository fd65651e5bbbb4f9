"""What every source keeps to. An adapter's test module subclasses `SourceContract` and makes sources."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

import pytest

from retrieval.errors import DocumentError
from retrieval.ids import version_of
from retrieval.ports import Source, SourceItem


class SourceContract(ABC):
    """Make ``source`` from documents by key; the rest follows."""

    @abstractmethod
    def source(self, folder: Path, documents: dict[str, str]) -> Source:
        """Return a source below ``folder`` with these documents; called again, with what is there now."""

    @abstractmethod
    def content(self, data: bytes) -> str:
        """Return the text in the bytes of an item."""

    def test_every_document_is_listed_once_and_in_order_of_its_key(self, tmp_path: Path) -> None:
        listing = self.source(tmp_path, {"b": "two", "a": "one", "あ": "三"}).list()
        assert ["a", "b", "あ"] == [item.key for item in listing.items]
        assert listing.complete
        assert not listing.problems

    def test_an_item_opens_with_its_own_bytes(self, tmp_path: Path) -> None:
        source = self.source(tmp_path, {"a": "one", "あ": "経費の申請"})
        assert {"a": "one", "あ": "経費の申請"} == {item.key: self._text(source, item) for item in source.list().items}

    def test_an_item_opens_as_often_as_it_is_asked_for(self, tmp_path: Path) -> None:
        source = self.source(tmp_path, {"a": "one"})
        (item,) = source.list().items
        assert self._text(source, item) == self._text(source, item)

    def test_nothing_changes_as_long_as_nothing_changes(self, tmp_path: Path) -> None:
        source = self.source(tmp_path, {"a": "one", "b": "two"})
        assert source.list() == source.list()

    def test_a_changed_document_has_another_etag_and_the_others_keep_theirs(self, tmp_path: Path) -> None:
        before = {item.key: item.etag for item in self.source(tmp_path, {"a": "one", "b": "two"}).list().items}
        after = {item.key: item.etag for item in self.source(tmp_path, {"a": "one", "b": "2nd"}).list().items}
        assert before["b"] != after["b"]
        assert before["a"] == after["a"]

    def test_what_is_gone_is_a_document_error_on_opening(self, tmp_path: Path) -> None:
        source = self.source(tmp_path, {"a": "one", "b": "two"})
        gone = source.list().items[1]
        later = self.source(tmp_path, {"a": "one"})
        later.list()
        with pytest.raises(DocumentError) as caught:
            later.open(gone)
        assert caught.value.reason == "gone"
        assert caught.value.retryable

    def test_labels_of_the_source_are_on_every_document(self, tmp_path: Path) -> None:
        labels = [item.attributes.labels.allow for item in self.source(tmp_path, {"a": "one"}).list().items]
        assert [frozenset({"staff"})] == labels

    def test_a_source_has_a_name_and_an_absolute_root(self, tmp_path: Path) -> None:
        source = self.source(tmp_path, {"a": "one"})
        assert source.name
        assert Path(source.root).is_absolute()

    def _text(self, source: Source, item: SourceItem) -> str:
        with source.open(item) as stream:
            data = stream.read()
        assert version_of(data)
        return self.content(data)
