"""The ports: what Tenkyo asks of a source, a reader, an embedder, a store, a reranker. Protocols only, by role.

Each port has one executable contract suite under ``tests/contracts``; every adapter passes the same one. A store
call that reads takes ``where: Filter``; a call that writes the index takes ``generation`` and ``fence``.
"""

from retrieval.ports.inputs import (
    Clock,
    Embedder,
    EmbedderSpec,
    Hints,
    Listing,
    Originals,
    Reader,
    Source,
    SourceItem,
    VectorCache,
)
from retrieval.ports.reranking import Reranker
from retrieval.ports.store import Admin, Journal, Slice, Store, StoredDocument, View, Writer

__all__ = [
    "Admin",
    "Clock",
    "Embedder",
    "EmbedderSpec",
    "Hints",
    "Journal",
    "Listing",
    "Originals",
    "Reader",
    "Reranker",
    "Slice",
    "Source",
    "SourceItem",
    "Store",
    "StoredDocument",
    "VectorCache",
    "View",
    "Writer",
]
