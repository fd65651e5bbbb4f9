"""Ask one question of a question set and judge what came."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.evaluation.resolving import Library, visible
from retrieval.access import filter_for, principal_with
from retrieval.answers.answerer import Answerer
from retrieval.answers.evidence import Finding
from retrieval.answers.examination import Examination
from retrieval.calibration.fitting import Case
from retrieval.evaluation.judging import first_of_each, holds_any, joined, languages_restricted
from retrieval.evaluation.questions import Expected, Question
from retrieval.evaluation.ranking import DEPTH, ndcg, recall
from retrieval.evaluation.rows import Deleted, Ranked, Row
from retrieval.ports import Store, StoredDocument, View
from retrieval.search.duplicates import distinct_texts
from retrieval.values import Answer, AnswerStatus, Citation, Condition, Filter, Principal

__all__ = ["Asker", "Circumstances"]

_SAID = frozenset({AnswerStatus.ANSWERED, AnswerStatus.PARTIAL})


@dataclass(frozen=True, kw_only=True, slots=True)
class Circumstances:
    """Who asks, when, of what: for questions that do not say so themselves. ``generation`` None is the current one."""

    principal: Principal
    day: date
    conditions: tuple[Condition, ...] = ()
    generation: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Gold:
    """The documents that answer a question.

    ``ids`` are all of them; ``same`` maps the id of one that goes under the name of another to that other's.
    """

    ids: frozenset[str]
    same: Mapping[str, str]
    languages: dict[str, str]
    names: tuple[str, ...]
    absent: tuple[str, ...]
    hidden: tuple[str, ...]


class Asker:
    """Asks the questions of a set, one at a time, recording nothing."""

    def __init__(self, answerer: Answerer, store: Store, *, circumstances: Circumstances) -> None:
        self._answerer = answerer
        self._store = store
        self._circumstances = circumstances
        self._library = Library(store.sources())

    def warm(self, question: Question) -> None:
        """Load what is loaded on first use, so that the first question measured is no slower than the others."""
        self._answerer.weigh(
            question.text,
            where=self._where(question),
            generation=self._circumstances.generation,
            turns=question.turns,
        )

    def ask(self, question: Question) -> Row:
        """Return what became of a question. Raises what `Answerer.examine` raises."""
        where, generation = self._where(question), self._circumstances.generation
        seen = self._answerer.examine(question.text, where=where, generation=generation, turns=question.turns)
        with self._store.view(generation=generation) as view:
            gold = self._gold(question, view, where=where)
            opened = _Opened(view, where)
            exact = sum(opened.exact(citation) for citation in seen.answer.citations)
            span = _span(question, seen.draft, gold, opened)
        known = bool(gold and gold.ids)
        lost = gold is not None and not known
        found = (
            None
            if gold is None or not known
            else any(p.document_id in gold.ids for p in distinct_texts(seen.passages)[: seen.read])
        )
        weight = (
            self._answerer.weigh(
                question.text, where=where, without=gold.ids, generation=generation, turns=question.turns
            )
            if gold and found
            else None
        )
        retrieval, by_language = _retrieval(seen, gold)
        judge = not lost and question.expects is not Expected.NOT_FOUND
        holds = _holds(question, seen.draft) if judge else None
        return Row(
            id=question.id,
            digest=question.digest,
            question=question.text,
            kind=question.kind,
            language=question.language or seen.answer.language,
            turns=len(question.turns),
            expects=question.expects.value if question.expects and not lost else None,
            wanted=(question.answers or question.evidence) if judge else (),
            status=seen.answer.status.value,
            answered=seen.answer.status in _SAID,
            confidence=seen.weight.confidence,
            ranked=tuple(f"{p.source}/{p.record_id}" for p in first_of_each(seen.passages).values())[:DEPTH],
            relevant=gold.names if gold else (),
            absent=gold.absent if gold else (),
            hidden=gold.hidden if gold else (),
            found=found,
            deleted=Deleted(answered=weight.finding is Finding.ANSWER, confidence=weight.confidence)
            if weight
            else None,
            holds=holds,
            span=span if judge else None,
            right=_right(seen.draft, gold, holds=holds) if judge else None,
            draft=seen.draft.answer,
            cited=tuple(dict.fromkeys(f"{c.title} [{c.start}-{c.end}]" for c in seen.draft.citations)),
            citations=len(seen.answer.citations),
            exact=exact,
            latency_ms=seen.answer.timings_ms["total"],
            cost=seen.answer.cost,
            retrieval=retrieval,
            by_language=by_language,
        )

    def cases(self, question: Question) -> list[Case]:
        """Return what a question tells a calibration: nothing when nobody said what answers it.

        Answerable it is when a relevant document is among the passages that are read; else what was found is what wrong
        answers are made of, as it is once all relevant documents are deleted.
        """
        where, generation = self._where(question), self._circumstances.generation
        if question.expects not in (Expected.ANSWERED, Expected.NOT_FOUND):
            return []
        seen = self._answerer.examine(
            question.text, where=where, depth=DEPTH, generation=generation, turns=question.turns
        )
        with self._store.view(generation=generation) as view:
            gold = self._gold(question, view, where=where)
        evidence = seen.weight.evidence
        if question.expects is Expected.NOT_FOUND:
            return [Case(id=question.id, evidence=evidence, answerable=False)]
        if gold is None or not gold.ids:
            return []
        found = any(passage.document_id in gold.ids for passage in distinct_texts(seen.passages)[: seen.read])
        gone = self._answerer.weigh(
            question.text, where=where, without=gold.ids, generation=generation, turns=question.turns
        )
        return [
            Case(id=question.id, evidence=evidence, answerable=found),
            *([Case(id=question.id, evidence=gone.evidence, answerable=False)] if found else []),
        ]

    def _where(self, question: Question) -> Filter:
        asker = self._circumstances
        principal = (
            asker.principal
            if question.labels is None
            else principal_with(question.labels, name=f"as:{','.join(question.labels)}")
        )
        return filter_for(principal, conditions=asker.conditions, as_of=question.as_of or asker.day)

    def _gold(self, question: Question, view: View, *, where: Filter) -> _Gold | None:
        """Return the documents that answer a question, None when nobody said which or none does."""
        if not question.relevant or question.expects is Expected.NOT_FOUND:
            return None
        named = {name: self._library.named(name, view) for name in question.relevant}
        first: dict[str, StoredDocument] = {}
        same: dict[str, str] = {}
        for documents in named.values():
            for stored in documents:
                same.setdefault(stored.document.id, documents[0].document.id)
            if documents:
                first.setdefault(same[documents[0].document.id], documents[0])
        return _Gold(
            ids=frozenset(same),
            same=same,
            languages={key: stored.document.language for key, stored in first.items()},
            names=tuple(f"{one.document.source}/{one.document.key}" for one in first.values()),
            absent=tuple(name for name, documents in named.items() if not documents),
            hidden=tuple(
                name
                for name, documents in named.items()
                if documents and not any(visible(one, view, where=where) for one in documents)
            ),
        )


class _Opened:
    """Reads cited places back out of the store, as the one who asked."""

    def __init__(self, view: View, where: Filter) -> None:
        self._view = view
        self._where = where

    def text(self, document: str, extraction: str, start: int, end: int) -> str:
        return self._view.extraction_slice(document, extraction, start, end, where=self._where).text

    def exact(self, citation: Citation) -> bool:
        quoted = self.text(citation.document_id, citation.extraction_id, citation.start, citation.end)
        return quoted == citation.quote


def _retrieval(seen: Examination, gold: _Gold | None) -> tuple[Ranked | None, dict[str, Ranked]]:
    """Return how the whole ranking did, and how it did for the relevant documents in each language."""
    if gold is None or not gold.ids:
        return None, {}
    ranked = list(dict.fromkeys(gold.same.get(key, key) for key in first_of_each(seen.passages)))
    pairs = languages_restricted(ranked, gold.languages)
    return _ranked(ranked, gold.languages), {name: _ranked(order, own) for name, (order, own) in pairs.items()}


def _ranked(ranked: Sequence[str], relevant: Collection[str]) -> Ranked:
    return Ranked(ndcg=ndcg(ranked, relevant), recall=recall(ranked, relevant))


def _holds(question: Question, draft: Answer) -> bool | None:
    wanted = (*question.answers, *question.evidence)
    return holds_any(wanted, draft.answer) if wanted else None


def _span(question: Question, draft: Answer, gold: _Gold | None, opened: _Opened) -> bool | None:
    """Tell whether a cited place holds the evidence; a mere answer must stand in a relevant document to count."""
    wanted = question.evidence or question.answers
    if not wanted:
        return None
    anywhere = bool(question.evidence) or gold is None
    return any(
        holds_any(wanted, opened.text(document, extraction, span.start, span.end))
        for (document, extraction), spans in joined(draft.citations).items()
        if anywhere or (gold is not None and document in gold.ids)
        for span in spans
    )


def _right(draft: Answer, gold: _Gold | None, *, holds: bool | None) -> bool | None:
    """Tell whether an answer is right: by its words, or where none are known by citing a relevant document."""
    if holds is not None or gold is None:
        return holds
    return any(citation.document_id in gold.ids for citation in draft.citations)
