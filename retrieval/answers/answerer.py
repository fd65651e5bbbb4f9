"""Answer a question from the documents in their own sentences, each cited, or say that they do not answer it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from retrieval.access import without as without_documents
from retrieval.answers.caveats import about_disagreements, about_lanes, about_validity
from retrieval.answers.choices import AmbiguityRule, Open, distinguished, left_open
from retrieval.answers.composing import Composer
from retrieval.answers.disagreement import Disagreement, DisagreementRule, disagreements
from retrieval.answers.evidence import Evidence, EvidenceRule, Finding
from retrieval.answers.examination import Examination, Weight
from retrieval.answers.extractive import Asked, Selected, SelectionRule, choose
from retrieval.answers.phrases import phrase
from retrieval.answers.quoting import Quotations
from retrieval.answers.reading import Reading, read
from retrieval.answers.weighing import weigh
from retrieval.calibration.record import calibration_of
from retrieval.errors import StoreError
from retrieval.ports import Clock, Store, View
from retrieval.search.duplicates import best_per_document, distinct_texts
from retrieval.search.pins import by_merit
from retrieval.search.results import SearchResult
from retrieval.search.searcher import Searcher
from retrieval.values import (
    Answer,
    AnswerStatus,
    AnswerWarning,
    Choice,
    Claim,
    ClosestDocument,
    Filter,
    NotFound,
    Passage,
    Principal,
    Span,
    Term,
)

__all__ = ["Answerer", "rule_of"]

_FOUND = 10  # passages searched for
_READ = 5  # passages whose statements may be quoted
_SHOWN = 3  # passages shown without a claim, and closest documents named


@dataclass(frozen=True, kw_only=True, slots=True)
class _Reply:
    """What was decided inside the view, before anything is recorded."""

    status: AnswerStatus
    text: str
    claims: tuple[Claim, ...] = ()
    quotations: Quotations | None = None
    reason: str = ""
    closest: tuple[ClosestDocument, ...] = ()
    choices: tuple[Choice, ...] = ()
    warnings: tuple[AnswerWarning, ...] = ()
    degraded: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Weighed:
    """The evidence of one question, and what may be done on it by the rule of its generation."""

    terms: tuple[Term, ...]
    evidence: Evidence
    rule: EvidenceRule
    finding: Finding

    @property
    def weight(self) -> Weight:
        """The finding with what it rests on."""
        return Weight(finding=self.finding, confidence=self.rule.margin(self.evidence), evidence=self.evidence)


class Answerer:
    """Answers with the ``sentences`` best statements found, verbatim: the route ``extractive``.

    No text of a document is ever obeyed, it is only quoted. ``evidence`` decides whether to answer at all: by default
    the rule that the generation was calibrated with, or the one that comes with Tenkyo. ``new_id`` gives ids of
    answers; ``timer`` gives seconds that only grow.
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
        ambiguity: AmbiguityRule | None = None,
        disagreement: DisagreementRule | None = None,
        timer: Callable[[], float] = time.perf_counter,
    ) -> None:
        if sentences < 1:
            raise ValueError(f"an answer has at least one sentence, not {sentences}")
        self._searcher = searcher
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self._sentences = sentences
        self._evidence = evidence
        self._selection = selection or SelectionRule()
        self._ambiguity = ambiguity or AmbiguityRule()
        self._disagreement = disagreement or DisagreementRule()
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
            weighed = self._weighed(view, result, passages, where)
            reply = self._reply(view, result, passages, where, weighed)
        answer = self._answer(result, reply, where, begun=begun)
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
            weighed = self._weighed(view, result, passages, where)
            reply = self._reply(view, result, passages, where, weighed)
            answer = draft = self._answer(result, reply, where, begun=begun)
            if weighed.finding is not Finding.ANSWER and passages:
                willing = replace(weighed, finding=Finding.ANSWER)
                unchecked = self._reply(view, result, passages, where, willing)
                draft = self._answer(result, unchecked, where, begun=begun)
        return Examination(
            answer=answer,
            draft=draft,
            passages=ranking.passages,
            read=_READ,
            weight=weighed.weight,
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

        ``without`` are ids of documents taken as deleted, but that idf still counts them. Raises what
        `Searcher.search_in` raises.
        """
        with self._store.view(generation=generation) as view:
            left = without_documents(where, without)
            result = self._searcher.search_in(view, question, where=left, limit=_FOUND, turns=turns)
            return self._weighed(view, result, distinct_texts(result.passages), left).weight

    @property
    def rules(self) -> tuple[object, ...]:
        """What answers depend on beside the store, by ``repr``: for the fingerprint of a measurement."""
        searching = self._searcher.rule, self._searcher.conversation, self._searcher.reranker, self._searcher.words
        return *searching, self._evidence, self._selection, self._ambiguity, self._disagreement, self._sentences

    def _answer(self, result: SearchResult, reply: _Reply, where: Filter, *, begun: float) -> Answer:
        answer_id = self._new_id()
        citations = reply.quotations.citations if reply.quotations else ()
        return Answer(
            id=answer_id,
            question=result.question,
            status=reply.status,
            language=result.language,
            answer=reply.text,
            claims=reply.claims,
            citations=citations,
            not_found=NotFound(reason=reply.reason, closest=reply.closest) if reply.reason else None,
            choices=reply.choices,
            warnings=about_lanes(sorted({*result.degraded, *reply.degraded}), language=result.language)
            + about_validity(citations, result.passages, day=self._day(where), language=result.language)
            + reply.warnings,
            timings_ms={
                **{f"search.{step}": spent for step, spent in result.timings_ms.items()},
                "total": (self._timer() - begun) * 1000,
            },
            generation=result.generation,
            trace_id=answer_id,
            understood=result.understood,
        )

    def _weighed(
        self,
        view: View,
        result: SearchResult,
        passages: Sequence[Passage],
        where: Filter,
    ) -> _Weighed:
        found = weigh(view, result, by_merit(passages), where=where, embedder=self._searcher.embedder)
        rule = self._evidence or rule_of(view)
        return _Weighed(terms=found.terms, evidence=found.evidence, rule=rule, finding=rule.decide(found.evidence))

    def _reply(
        self, view: View, result: SearchResult, passages: list[Passage], where: Filter, weighed: _Weighed
    ) -> _Reply:
        evidence, finding = weighed.evidence, weighed.finding
        if finding is Finding.REFUSE:
            return _Reply(
                status=AnswerStatus.NOT_FOUND,
                text=phrase("not_found", language=result.language),
                reason=weighed.rule.reason(evidence),
                closest=tuple(
                    ClosestDocument(document_id=p.document_id, title=p.title, uri=p.uri)
                    for p in best_per_document(passages)[:_SHOWN]
                ),
            )
        quotations = Quotations(view, where=where)
        degraded: tuple[str, ...] = ()
        if finding is Finding.ANSWER or distinguished(passages[:_READ]):
            seen = self._read(view, result, passages, where, weighed)
            options = self._left_open(seen, where)
            if options:
                return _asking_back(options, seen, quotations)
            told = self._told(view, seen, quotations, where) if finding is Finding.ANSWER else None
            if told is not None:
                return told
            degraded = seen.degraded
        for passage in passages[:_SHOWN]:
            quotations.cite(passage, Span(start=passage.start, end=passage.end))
        return _Reply(
            status=AnswerStatus.PASSAGES_ONLY,
            text=phrase("passages_only", language=result.language),
            quotations=quotations,
            degraded=degraded,
        )

    def _read(
        self, view: View, result: SearchResult, passages: Sequence[Passage], where: Filter, weighed: _Weighed
    ) -> Reading:
        meant = result.understood.text if result.understood else result.question
        return read(
            view,
            result,
            passages[:_READ],
            where=where,
            asked=Asked(
                question=result.question,
                meant=meant,
                language=result.language,
                terms=weighed.terms,
                day=self._day(where),
            ),
            embedder=self._searcher.embedder,
            rule=self._selection,
        )

    def _left_open(self, seen: Reading, where: Filter) -> list[Open]:
        return left_open(
            seen.found,
            passages=seen.passages,
            scored=seen.scored,
            asked=seen.asked,
            chosen=frozenset(condition.field for condition in where.conditions),
            rule=self._ambiguity,
        )

    def _told(self, view: View, seen: Reading, quotations: Quotations, where: Filter) -> _Reply | None:
        """Return the statements that answer best, with those that disagree; None when none of them stands."""
        chosen = choose(
            seen.found,
            passages=seen.passages,
            asked=seen.asked,
            scored=seen.scored,
            rule=self._selection,
            limit=self._sentences,
            nearness=seen.between,
        )
        differing = self._disagreements(chosen, seen)
        spoken = {selected.index for selected in chosen}
        rivals = dict.fromkeys(one.other for one in differing if one.other not in spoken)
        composer = Composer(view, where=where, quotations=quotations)
        claims, text = composer.compose(
            [*chosen, *(Selected(index=index) for index in rivals)], found=seen.found, passages=seen.passages
        )
        if not claims:
            return None
        return _Reply(
            status=AnswerStatus.ANSWERED,
            text=text,
            claims=claims,
            quotations=quotations,
            warnings=about_disagreements(
                differing, found=seen.found, passages=seen.passages, cite=quotations.cite, language=seen.asked.language
            ),
            degraded=seen.degraded,
        )

    def _disagreements(self, chosen: Sequence[Selected], seen: Reading) -> list[Disagreement]:
        """Return where documents disagree with what is to be said."""
        return disagreements(
            [selected.index for selected in chosen],
            found=seen.found,
            passages=seen.passages,
            scored=seen.scored,
            asked=seen.asked,
            rule=self._disagreement,
            nearness=seen.between,
        )

    def _day(self, where: Filter) -> date:
        return where.as_of or self._clock().date()

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


def rule_of(view: View) -> EvidenceRule:
    """Return the evidence rule of a view's generation: as calibrated, or the one that comes with Tenkyo."""
    kept = calibration_of(view.calibration) if view.calibration is not None else None
    return kept.rule if kept is not None else EvidenceRule()


def _asking_back(options: Sequence[Open], seen: Reading, quotations: Quotations) -> _Reply:
    """Return what a question may mean, each with a place that says so."""
    choices = []
    for option in options:
        statement = seen.found[option.index]
        cited = quotations.cite(seen.passages[statement.passage], statement.span)
        choices.append(
            Choice(
                field=option.field,
                value=option.value,
                text=statement.text,
                citation_ids=(cited,),
                filterable=option.declared,
            )
        )
    listed = (f"- {choice.value}: {choice.text}" for choice in choices)
    return _Reply(
        status=AnswerStatus.NEEDS_DETAIL,
        text="\n".join((phrase("needs_detail", language=seen.asked.language), *listed)),
        choices=tuple(choices),
        quotations=quotations,
        degraded=seen.degraded,
    )
