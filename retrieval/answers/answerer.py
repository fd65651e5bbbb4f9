"""Answer a question from the documents in their own sentences, each cited, or say that they do not answer it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from retrieval.answers.caveats import about_lanes, about_validity
from retrieval.answers.evidence import Evidence, EvidenceRule, Finding, measure
from retrieval.answers.examination import Examination, Weight
from retrieval.answers.extractive import SelectionRule, choose, naming
from retrieval.answers.nearness import cosines_of
from retrieval.answers.phrases import phrase
from retrieval.answers.quoting import Quotations
from retrieval.answers.statements import Statement, statements
from retrieval.errors import ServiceError, StoreError
from retrieval.ports import Clock, Store, View
from retrieval.search.duplicates import best_per_document, distinct_texts
from retrieval.search.pins import by_merit
from retrieval.search.results import SearchResult
from retrieval.search.searcher import Searcher
from retrieval.values import (
    Answer,
    AnswerStatus,
    AnswerWarning,
    Claim,
    ClosestDocument,
    Filter,
    NotFound,
    Passage,
    Principal,
    Span,
    Term,
    Verdict,
)

__all__ = ["Answerer"]

_FOUND = 10  # passages searched for
_READ = 5  # passages whose statements may be quoted
_SHOWN = 3  # passages shown without a claim, and closest documents named
_NEIGHBOUR = 0.9  # share of the best passage's score that its neighbours get


@dataclass(frozen=True, kw_only=True, slots=True)
class _Reply:
    """What was decided inside the view, before anything is recorded."""

    status: AnswerStatus
    text: str
    claims: tuple[Claim, ...] = ()
    quotations: Quotations | None = None
    reason: str = ""
    closest: tuple[ClosestDocument, ...] = ()
    degraded: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Weighed:
    """The evidence of one question, and what may be done on it."""

    terms: tuple[Term, ...]
    evidence: Evidence
    finding: Finding


class Answerer:
    """Answers with the ``sentences`` best statements found, verbatim: the route ``extractive``.

    No text of a document is ever obeyed, it is only quoted. ``new_id`` gives ids of answers; ``timer`` gives seconds
    that only grow.
    """

    def __init__(
        self,
        searcher: Searcher,
        store: Store,
        *,
        clock: Clock,
        new_id: Callable[[], str],
        sentences: int = 3,
        evidence: EvidenceRule | None = None,
        selection: SelectionRule | None = None,
        timer: Callable[[], float] = time.perf_counter,
    ) -> None:
        if sentences < 1:
            raise ValueError(f"an answer has at least one sentence, not {sentences}")
        self._searcher = searcher
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self._sentences = sentences
        self._evidence = evidence or EvidenceRule()
        self._selection = selection or SelectionRule()
        self._timer = timer

    def ask(
        self,
        question: str,
        *,
        principal: Principal,
        where: Filter,
        record: bool = True,
        turns: Sequence[str] = (),
    ) -> Answer:
        """Return the answer to one question, every read of it in one view of one generation.

        ``where`` is made from ``principal`` (`retrieval.access`) and never wider than it. With ``record`` the answer
        is kept, and a question without one is counted as a gap. ``turns`` are what the same user asked before, oldest
        first. Raises what `Searcher.search_in` raises.
        """
        if (where.operator and not principal.operator) or not (where.operator or where.labels <= principal.labels):
            raise ValueError("the filter admits more than its principal")
        begun = self._timer()
        with self._store.view() as view:
            result = self._searcher.search_in(view, question, where=where, limit=_FOUND, turns=turns)
            passages = distinct_texts(result.passages)
            weighed = self._weighed(view, result, passages)
            reply = self._reply(view, result, passages, where, weighed)
        answer = self._answer(result, passages, reply, where, begun=begun)
        return self._recorded(answer, principal) if record else answer

    def examine(
        self,
        question: str,
        *,
        where: Filter,
        depth: int = 100,
        generation: str | None = None,
        turns: Sequence[str] = (),
    ) -> Examination:
        """Return what `ask` would answer, unrecorded, with what it rests on; for measuring, not for users.

        ``depth`` is how many passages of the ranking come along, ``generation`` names another one than the current.
        Raises what `Searcher.search_in` raises.
        """
        begun = self._timer()
        with self._store.view(generation=generation) as view:
            ranking = self._searcher.search_in(view, question, where=where, limit=max(depth, _FOUND), turns=turns)
            result = replace(ranking, passages=ranking.passages[:_FOUND])
            passages = distinct_texts(result.passages)
            weighed = self._weighed(view, result, passages)
            reply = self._reply(view, result, passages, where, weighed)
            answer = draft = self._answer(result, passages, reply, where, begun=begun)
            if weighed.finding is not Finding.ANSWER and passages:
                willing = replace(weighed, finding=Finding.ANSWER)
                unchecked = self._reply(view, result, passages, where, willing)
                draft = self._answer(result, passages, unchecked, where, begun=begun)
        return Examination(
            answer=answer,
            draft=draft,
            passages=ranking.passages,
            read=_READ,
            weight=Weight(finding=weighed.finding, confidence=self._evidence.margin(weighed.evidence)),
        )

    def weigh(
        self,
        question: str,
        *,
        where: Filter,
        without: frozenset[str] = frozenset(),
        generation: str | None = None,
        turns: Sequence[str] = (),
    ) -> Weight:
        """Return whether `ask` would answer, and how surely, without answering.

        ``without`` are ids of documents taken as deleted. Raises what `Searcher.search_in` raises.
        """
        with self._store.view(generation=generation) as view:
            result = self._searcher.search_in(view, question, where=where, limit=_FOUND, without=without, turns=turns)
            weighed = self._weighed(view, result, distinct_texts(result.passages))
        return Weight(finding=weighed.finding, confidence=self._evidence.margin(weighed.evidence))

    @property
    def rules(self) -> tuple[object, ...]:
        """What answers depend on beside the store, by ``repr``: for the fingerprint of a measurement."""
        return self._searcher.rule, self._searcher.conversation, self._evidence, self._selection, self._sentences

    def _answer(
        self, result: SearchResult, passages: Sequence[Passage], reply: _Reply, where: Filter, *, begun: float
    ) -> Answer:
        answer_id = self._new_id()
        citations = reply.quotations.citations if reply.quotations else ()
        day = where.as_of or self._clock().date()
        return Answer(
            id=answer_id,
            question=result.question,
            status=reply.status,
            language=result.language,
            answer=reply.text,
            claims=reply.claims,
            citations=citations,
            not_found=NotFound(reason=reply.reason, closest=reply.closest) if reply.reason else None,
            warnings=about_lanes(sorted({*result.degraded, *reply.degraded}), language=result.language)
            + about_validity(citations, passages, day=day, language=result.language),
            timings_ms={
                **{f"search.{step}": spent for step, spent in result.timings_ms.items()},
                "total": (self._timer() - begun) * 1000,
            },
            generation=result.generation,
            trace_id=answer_id,
            understood=result.understood,
        )

    def _weighed(self, view: View, result: SearchResult, passages: Sequence[Passage]) -> _Weighed:
        terms = _terms(view, result)
        evidence = measure(by_merit(passages), terms=terms, language=result.language)
        return _Weighed(terms=terms, evidence=evidence, finding=self._evidence.decide(evidence))

    def _reply(
        self, view: View, result: SearchResult, passages: list[Passage], where: Filter, weighed: _Weighed
    ) -> _Reply:
        terms, evidence, finding = weighed.terms, weighed.evidence, weighed.finding
        if finding is Finding.REFUSE:
            return _Reply(
                status=AnswerStatus.NOT_FOUND,
                text=phrase("not_found", language=result.language),
                reason=self._evidence.reason(evidence),
                closest=tuple(
                    ClosestDocument(document_id=p.document_id, title=p.title, uri=p.uri)
                    for p in best_per_document(passages)[:_SHOWN]
                ),
            )
        quotations = Quotations(view, where=where)
        degraded: tuple[str, ...] = ()
        if finding is Finding.ANSWER:
            readable = _with_neighbours(view, passages[:_READ], where=where)
            chosen, degraded = self._statements(view, readable, terms, result, where)
            claims, text = _claims(chosen, readable, quotations)
            if claims:
                return _Reply(
                    status=AnswerStatus.ANSWERED, text=text, claims=claims, quotations=quotations, degraded=degraded
                )
        for passage in passages[:_SHOWN]:
            quotations.cite(passage, Span(start=passage.start, end=passage.end))
        return _Reply(
            status=AnswerStatus.PASSAGES_ONLY,
            text=phrase("passages_only", language=result.language),
            quotations=quotations,
            degraded=degraded,
        )

    def _statements(
        self, view: View, passages: Sequence[Passage], terms: Sequence[Term], result: SearchResult, where: Filter
    ) -> tuple[list[Statement], tuple[str, ...]]:
        """Return the statements to quote, and the lane that failed on the way, if one did."""
        rule = self._selection
        found = naming(statements(passages, question=result.question), terms=terms)
        degraded: tuple[str, ...] = ()
        cosines: dict[int, float] = {}
        if result.signals.vector is not None:
            try:
                cosines = cosines_of(
                    found,
                    passages=passages,
                    question=result.signals.vector,
                    view=view,
                    where=where,
                    embedder=self._searcher.embedder,
                )
            except ServiceError:
                degraded = ("dense",)
        chosen = choose(found, passages=passages, terms=terms, cosines=cosines, rule=rule, limit=self._sentences)
        return chosen, degraded

    def _recorded(self, answer: Answer, principal: Principal) -> Answer:
        """Return the answer as it was kept; an answer that cannot be kept is still given, and says so."""
        now = self._clock()
        try:
            if answer.not_found is not None:
                meant = answer.understood.text if answer.understood else answer.question  # 送料は？ alone tells nobody
                gap = self._store.record_gap(meant, language=answer.language, reason=answer.not_found.reason, at=now)
                answer = replace(answer, not_found=replace(answer.not_found, gap_id=gap))
            self._store.record_answer(answer, principal=principal.name, at=now)
        except StoreError:
            message = phrase("not_recorded", language=answer.language)
            return replace(answer, warnings=(*answer.warnings, AnswerWarning(kind="degraded", message=message)))
        return answer


def _terms(view: View, result: SearchResult) -> tuple[Term, ...]:
    """Return the question's terms; none when the index of words, already known to fail, fails here as well."""
    try:
        return view.terms(result.query)
    except ServiceError:
        if "lexical" not in result.degraded:
            raise
        return ()


def _with_neighbours(view: View, passages: Sequence[Passage], *, where: Filter) -> list[Passage]:
    """Return passages with the chunks before and after the best one, where an answer may begin or go on."""
    if not passages:
        return []
    best, known = passages[0], {passage.chunk_id for passage in passages}
    around = view.neighbours(best.chunk_id, before=1, after=1, where=where)
    extra = [replace(p, score=best.score * _NEIGHBOUR) for p in around if p.chunk_id not in known]
    return distinct_texts([*passages, *extra])


def _claims(
    chosen: Sequence[Statement], passages: Sequence[Passage], quotations: Quotations
) -> tuple[tuple[Claim, ...], str]:
    """Return verified claims and the text they make, one a line. What the stored text does not hold is left out."""
    claims: list[Claim] = []
    text = ""
    for statement in chosen:
        passage = passages[statement.passage]
        checked = quotations.check(passage, statement.text)
        if checked.verdict is not Verdict.VERIFIED or not quotations.holds(passage, statement.span, statement.text):
            continue
        cited = [quotations.cite(passage, statement.span)]
        if statement.header is not None:
            cited.append(quotations.cite(passage, statement.header))
        start = len(text) + 1 if text else 0
        text = f"{text}\n{statement.text}" if text else statement.text
        claims.append(
            Claim(
                text=statement.text,
                start=start,
                end=len(text),
                citation_ids=tuple(cited),
                verdict=checked.verdict,
            )
        )
    return tuple(claims), text
