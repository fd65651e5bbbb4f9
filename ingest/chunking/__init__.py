"""Extractions into chunks: verbatim, structure-aware, sentence-safe in Japanese and English, within a token budget."""

from ingest.chunking.chunks import CHUNKER, split

__all__ = ["CHUNKER", "split"]
