"""Chunks from an extraction: drafts, what the embedder is shown of them, and the budget held by its own count."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ingest.chunking.cutting import halved
from ingest.chunking.drafts import Draft, Plan, drafts
from ingest.chunking.sizes import TOKEN, Sizes, size_of
from ingest.chunking.tables import clipped
from retrieval.ids import chunk_id
from retrieval.text.folding import fold
from retrieval.text.language import UNDETERMINED, detect
from retrieval.values import Chunk, ChunkKind, Extraction

__all__ = ["CHUNKER", "split"]

CHUNKER = "tenkyo-chunks-1:text=30-60%,tiny=8%,joined=12-30%,context=25%,cap=512"
"""Version and parameters of this chunker, in per cent of the budget; a part of a generation's fingerprint."""

Count = Callable[[Sequence[str]], list[int]]

_JOINT = " › "


def split(
    extraction: Extraction, *, document_id: str, title: str, language: str, count: Count, budget: int
) -> list[Chunk]:
    """Cut an extraction into chunks: verbatim spans in text order that do not overlap.

    Together they hold every character that is not white space, except questions: an answer's chunk carries its question
    as ``embedding_text`` and ``lexical_text`` instead. ``count`` gives the embedder's tokens of whole inputs, prefix
    included; no ``embedding_text`` counts more than ``budget`` (the context is shortened first, then the text is cut).
    ``language`` is the document's, for chunks that show none of their own. Every text is counted once, and again only
    what was over. Raises `ValueError` when the budget is too small for a single character.
    """
    text = extraction.text
    sizes = Sizes(text)
    plan = Plan.of(budget)
    context_limit = min(budget, 512) * TOKEN // 4
    todo = [
        _Shown(draft=draft, context=_context(title, _path(title, draft), limit=context_limit))
        for draft in drafts(extraction, plan=plan, sizes=sizes)
    ]
    done: list[tuple[_Shown, str]] = []
    while todo:
        inputs = [shown.embedding_text(text) for shown in todo]
        over: list[_Shown] = []
        for shown, given, tokens in zip(todo, inputs, count(inputs), strict=True):
            if tokens <= budget:
                done.append((shown, given))
            else:
                over.extend(_relieved(shown, title, text, tokens=tokens, budget=budget, sizes=sizes))
        todo = over
    done.sort(key=lambda each: each[0].draft.start)
    pages = sorted(extraction.pages, key=lambda page: page.start)
    page_starts = [page.start for page in pages]
    chunks = []
    for ordinal, (shown, given) in enumerate(done):
        draft = shown.draft
        page = bisect_right(page_starts, draft.start) - 1
        lexical = draft.question if draft.question is not None else shown.body(text)
        chunks.append(
            Chunk(
                id=chunk_id(document_id=document_id, extraction_id=extraction.id, start=draft.start, end=draft.end),
                document_id=document_id,
                extraction_id=extraction.id,
                ordinal=ordinal,
                start=draft.start,
                end=draft.end,
                text=text[draft.start : draft.end],
                kind=draft.kind,
                language=_language(f"{draft.question or ''}\n{text[draft.body : draft.end]}", language),
                embedding_text=given,
                lexical_title=_JOINT.join(filter(None, (title, *_path(title, draft)))),
                lexical_text=lexical,
                heading_path=draft.path,
                page=pages[max(page, 0)].number if pages else None,
            )
        )
    return chunks


@dataclass(frozen=True, kw_only=True, slots=True)
class _Shown:
    """A draft and what of its surroundings the embedder is shown."""

    draft: Draft
    context: str

    def body(self, text: str) -> str:
        """Return the text that the heading path does not say, after the header; a lone heading is its own body."""
        own = text[self.draft.body : self.draft.end].strip() or text[self.draft.start : self.draft.end]
        return f"{self.draft.header}\n{own}" if self.draft.header else own

    def embedding_text(self, text: str) -> str:
        """Return the embedder's input: the question of an answer, otherwise context and body."""
        if self.draft.question is not None:
            return self.draft.question
        body = self.body(text)
        return f"{self.context}\n{body}" if self.context else body


def _path(title: str, draft: Draft) -> tuple[str, ...]:
    """Return the headings that say more than the title does; a lone heading is a body and not its own path."""
    path = draft.path[:-1] if draft.kind is ChunkKind.TEXT and draft.body >= draft.end else draft.path
    named = _plain(title)
    return tuple(heading for heading in path if _plain(heading) != named)


@lru_cache(maxsize=1024)
def _plain(name: str) -> str:
    return fold(name).text.strip()


def _context(title: str, path: tuple[str, ...], *, limit: int) -> str:
    """Return title and headings within ``limit``: the middle is left out first, then each is cut at its end."""
    parts = [" ".join(part.split()) for part in (title, *path) if part.strip()]
    while len(parts) > 2 and size_of(_JOINT.join(parts)) > limit:
        del parts[1]
    whole = _JOINT.join(parts)
    if size_of(whole) <= limit:
        return whole
    room = max(limit - size_of(_JOINT) * (len(parts) - 1), 0) // len(parts)
    return _JOINT.join(filter(None, (clipped(part, room) for part in parts)))


def _relieved(shown: _Shown, title: str, text: str, *, tokens: int, budget: int, sizes: Sizes) -> Iterator[_Shown]:
    """Yield what becomes of a draft over the budget: less context where that is enough, otherwise two halves."""
    draft = shown.draft
    if draft.question is not None:
        shorter = clipped(
            draft.question, min(size_of(draft.question) * budget // (tokens + 1), size_of(draft.question) - 1)
        )
        if not shorter:
            raise ValueError(f"a budget of {budget} tokens is too small for one character of a question")
        yield replace(shown, draft=replace(draft, question=shorter))
        return
    context, excess = size_of(shown.context), (tokens - budget) * TOKEN
    if context > excess:
        limit = context - excess - TOKEN
        yield replace(shown, context=_context(title, _path(title, draft), limit=limit) if limit > 0 else "")
        return
    begin = draft.body if draft.body < draft.end else draft.start
    halves = halved(text, begin, draft.end, sizes=sizes)
    crowded = sizes.of(begin, draft.end) <= 8 * TOKEN or halves is None
    if crowded and (shown.context or draft.header):
        # What stands around a few characters leaves them no room.
        yield _Shown(draft=replace(draft, header="", repeated=""), context="")
        return
    if halves is None:
        raise ValueError(f"a budget of {budget} tokens is too small for one character")
    first, second = halves
    yield replace(shown, draft=replace(draft, end=first.end, body=begin))
    yield replace(shown, draft=replace(draft, start=second.start, body=second.start, header=draft.repeated))


def _language(text: str, fallback: str) -> str:
    found = detect(text)
    return fallback if found == UNDETERMINED else found
