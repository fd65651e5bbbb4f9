"""A store whose lanes fail on demand, and an embedder that is out of service."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

from retrieval.errors import ServiceError, StoreError
from retrieval.ports import Embedder, Store, View
from retrieval.values import Vector

__all__ = ["OutOfService", "with_failing"]


class OutOfService:
    """An embedder that answers no call after ``works`` of them did; it still ``counts`` tokens, unless told not to."""

    def __init__(self, embedder: Embedder, *, works: int = 0, counts: bool = True) -> None:
        self.spec = embedder.spec
        self._embedder = embedder
        self.works = works
        self.counts = counts

    def count_tokens(self, texts: Any) -> list[int]:
        if not self.counts:
            self._spend()
        return self._embedder.count_tokens(texts)

    def embed_passages(self, texts: Any) -> list[Vector]:
        self._spend()
        return self._embedder.embed_passages(texts)

    def embed_query(self, text: str) -> Vector:
        self._spend()
        return self._embedder.embed_query(text)

    def _spend(self) -> None:
        if self.works == 0:
            raise ServiceError("The model does not answer.", service="embedder", retryable=True)
        self.works -= 1


def with_failing(store: Store, methods: Collection[str]) -> Any:
    """Return the store, its views and itself raising `StoreError` from the named methods."""
    return _Failing(store, methods)


class _Failing:
    def __init__(self, store: Store, methods: Collection[str]) -> None:
        self._store = store
        self._methods = methods

    @contextmanager
    def view(self, *, generation: str | None = None) -> Iterator[Any]:
        with self._store.view(generation=generation) as view:
            yield _FailingView(view, self._methods)

    def __getattr__(self, name: str) -> Any:
        return _refused(name) if name in self._methods else getattr(self._store, name)


class _FailingView:
    def __init__(self, view: View, methods: Collection[str]) -> None:
        self._view = view
        self._methods = methods

    def __getattr__(self, name: str) -> Any:
        return _refused(name) if name in self._methods else getattr(self._view, name)


def _refused(name: str) -> Callable[..., Any]:
    def refuse(*_: object, **__: object) -> Any:
        raise StoreError(f"{name} is down.", retryable=True)

    return refuse
