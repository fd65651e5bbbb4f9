"""Decide whether what was found is evidence enough to answer. Pure.

The rule reads absolute signals only: raw cosines, BM25 over the question's own ideal, the share of the question's
terms that the best passage holds, how far the best stands out, whether the lanes agree. Never a fused or min-max score:
that is high for the best hit of any question, also of one that no document answers.

The signals are added up with weights (a logistic model, `retrieval.calibration`), one model for each pair of (question,
document) language, and compared with two bounds: at the upper one or over it a question is answered, under the lower
one nothing was found, between them passages are shown without a claim. A code that stands in no document (E-7777)
forbids an answer whatever the rest says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field, fields, replace
from enum import StrEnum

from retrieval.answers.coverage import held_by, share_of, telling
from retrieval.answers.subjects import Subject, subject_coverage
from retrieval.search.results import Signals
from retrieval.text.language import UNDETERMINED
from retrieval.values import Passage, Term

__all__ = [
    "ACROSS",
    "BOUNDS",
    "DEFAULTS",
    "SIGNALS",
    "WITHIN",
    "Evidence",
    "EvidenceModel",
    "EvidenceRule",
    "EvidenceSignals",
    "Finding",
    "Origin",
    "Reason",
    "kind_of_pair",
    "measure",
    "pair_of",
]

WITHIN = "within"
"""Stands for every pair of one language that has no model of its own."""

ACROSS = "across"
"""The same for pairs of two languages."""

_CARRIERS = 3  # best passages that may carry the evidence
_NOTHING = -100.0  # a margin under all others, and still a number that JSON knows
_STATEMENT_COVERAGE = 0.15  # what a statement's words count beside its cosine
_NEAR, _SAID = 0.905, 0.8  # a cosine, and a share of the words of content, that answer together
_TENTH = 10  # the cosine of this one is what a lead is measured from
_UNFOUND = 101  # the rank of what a lane did not find among its first hundred
_FORBIDDEN = 3.0  # what an unknown code takes off the strength
_LEXICAL_ANSWER, _LEXICAL_REFUSE = 0.8, 0.4  # coverage that decides alone while there is no dense lane


class Finding(StrEnum):
    """What may be done on the evidence."""

    ANSWER = "answer"
    SHOW = "show"
    REFUSE = "refuse"


class Reason(StrEnum):
    """Why a question is refused, as `NotFound.reason` says it."""

    NOTHING_FOUND = "nothing_found"
    UNKNOWN_NAME = "unknown_name"
    WEAK_EVIDENCE = "weak_evidence"


class Origin(StrEnum):
    """What the bounds of a model come from."""

    DEFAULT = "default"
    PSEUDO_QUESTIONS = "pseudo_questions"
    QUESTIONS = "questions"


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceSignals:
    """The signals that are added up, all of them absolute.

    ``cosine`` is the best raw cosine among the first three passages, ``cosine_margin`` how far the dense lane's
    first hit lies over its second, ``cosine_lead`` over its tenth; ``share`` the lexical lane's best BM25 over the
    question's ideal, ``share_margin`` the same distance there. ``statement`` is the best sum of a statement's
    cosine and 0.15 times its coverage, ``statement_lead`` how far the best cosine of a statement lies over their
    mean. ``coverage`` in [0, 1] is the idf-weighted share of the question's telling terms in the first passage,
    ``subjects`` in [0, 1] the mean share in which one of the first three says the question's words of content.
    ``agreement`` in (0, 1] is 1 when both lanes place one of the first three first: the greatest 1 / sqrt(rank *
    rank). ``unknown`` is 1 when the question has a name or a term of a trade that stands in no document.
    """

    cosine: float = 0.0
    cosine_margin: float = 0.0
    cosine_lead: float = 0.0
    share: float = 0.0
    share_margin: float = 0.0
    statement: float = 0.0
    statement_lead: float = 0.0
    coverage: float = 0.0
    subjects: float = 0.0
    agreement: float = 0.0
    unknown: float = 0.0

    @property
    def vector(self) -> tuple[float, ...]:
        """The signals in the order of the fields."""
        return astuple(self)


SIGNALS = tuple(one.name for one in fields(EvidenceSignals))


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What speaks for an answer to one question.

    ``found`` counts the passages. ``pair`` is (language of the question, language of the document): its own when one of
    the first three passages is in it, else that of the first. ``unknown`` are names in the question that stand in no
    document. ``dense`` and ``lexical`` tell whether the lanes answered.
    """

    found: int
    pair: tuple[str, str] = (UNDETERMINED, UNDETERMINED)
    signals: EvidenceSignals = field(default_factory=EvidenceSignals)
    unknown: tuple[str, ...] = ()
    dense: bool = True
    lexical: bool = True

    @property
    def barred(self) -> bool:
        """Whether no strength helps: nothing was found, or the question has a code that stands in no document."""
        return self.found == 0 or any(char.isdigit() for name in self.unknown for char in name)


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceModel:
    """Weights of the signals, and two bounds on their sum: log-odds that the documents answer, but for a constant.

    ``answer`` >= ``refuse``. ``origin`` tells what the bounds come from, ``fitted`` whether the weights come from
    there too; ``answerable`` and ``unanswerable`` count the questions.
    """

    weights: tuple[float, ...]
    intercept: float
    answer: float
    refuse: float
    origin: Origin = Origin.DEFAULT
    fitted: bool = False
    answerable: int = 0
    unanswerable: int = 0

    def strength(self, signals: EvidenceSignals) -> float:
        """Return the weighted sum of the signals."""
        return sum(w * s for w, s in zip(self.weights, signals.vector, strict=True)) + self.intercept

    def margin(self, signals: EvidenceSignals) -> float:
        """Return how far the signals lie over the upper bound.

        Where nobody's questions have taught the model how this index is asked, a passage that is very near and says the
        question's words of content is enough: people say the rest in words that a document does not have.
        """
        margin = self.strength(signals) - self.answer
        near = signals.cosine >= _NEAR and signals.subjects >= _SAID and not signals.unknown
        return max(margin, signals.cosine - _NEAR) if near and self.origin is not Origin.QUESTIONS else margin


# Fitted on half a of question sets (python -m benchmarks.evidence, docs/decisions/0051-evidence-rule.md): within a
# language on two encyclopaedia sets and the samples, across on two sets of pages. The bounds that belong to them are on
# the safe side, since no index is like another.
DEFAULTS: Mapping[str, EvidenceModel] = {
    WITHIN: EvidenceModel(
        weights=(1.53, 25.3, -6.6, 2.51, 6.98, 5.51, 24.4, 0.76, 2.07, 1.15, -3.0),
        intercept=-12.251,
        answer=0.87,
        refuse=-2.6,
    ),
    ACROSS: EvidenceModel(
        weights=(7.21, 24.4, 12.5, 1.16, -4.71, 0.23, 3.33, 0.37, 1.30, 0.0, -3.0),
        intercept=-8.487,
        answer=0.87,
        refuse=-0.75,
    ),
}
"""The models that come with Tenkyo, by kind of pair."""

BOUNDS: Mapping[str, tuple[tuple[float, float], ...]] = {
    WITHIN: ((0.005, 3.46), (0.01, 2.99), (0.02, 1.72), (0.05, 0.87), (0.1, 0.08), (0.2, -0.85), (0.5, -2.6)),
    ACROSS: ((0.01, 1.6), (0.05, 0.87), (0.1, 0.71), (0.2, 0.35), (0.5, -0.5)),
}
"""(error rate, upper bound) of these models where they were fitted, by rising rates."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceRule:
    """The models by pair of languages (``ja-en``), with one `WITHIN` and one `ACROSS` languages for all others."""

    models: Mapping[str, EvidenceModel] = field(default_factory=lambda: dict(DEFAULTS))

    def model(self, pair: tuple[str, str]) -> EvidenceModel:
        """Return the model of a pair of languages."""
        return self.models.get("-".join(pair)) or self.models[kind_of_pair(pair)]

    def bounded(self, *, answer: float, refuse: float) -> EvidenceRule:
        """Return the rule with the same two bounds for every pair of languages."""
        return EvidenceRule(
            models={pair: replace(model, answer=answer, refuse=refuse) for pair, model in self.models.items()}
        )

    def margin(self, evidence: Evidence) -> float:
        """Return how far the strength lies over the bound for answering: the confidence that questions compare by.

        It is >= 0 exactly when `decide` answers; without any passage it is lower than any other.
        """
        if evidence.found == 0:
            return _NOTHING
        if evidence.dense:
            margin = self._weigher(evidence).margin(evidence.signals)
        else:
            margin = evidence.signals.coverage - _LEXICAL_ANSWER
        return min(margin - _FORBIDDEN, -_FORBIDDEN / 100) if evidence.barred else margin

    def decide(self, evidence: Evidence) -> Finding:
        """Return what may be done on this evidence.

        Without the dense lane coverage stands alone; without the lexical lane the model across languages decides, which
        goes without words. With an unknown code nothing is shown: no passage is about it.
        """
        if evidence.barred:
            return Finding.REFUSE
        margin = self.margin(evidence)
        if margin >= 0:
            return Finding.ANSWER
        model = self._weigher(evidence)
        gap = model.answer - model.refuse if evidence.dense else _LEXICAL_ANSWER - _LEXICAL_REFUSE
        return Finding.SHOW if margin >= -gap else Finding.REFUSE

    def _weigher(self, evidence: Evidence) -> EvidenceModel:
        return self.model(evidence.pair) if evidence.lexical else self.models[ACROSS]

    def reason(self, evidence: Evidence) -> Reason:
        """Return the reason that a refusal gives."""
        if evidence.found == 0:
            return Reason.NOTHING_FOUND
        return Reason.UNKNOWN_NAME if evidence.unknown else Reason.WEAK_EVIDENCE


def pair_of(passages: Sequence[Passage], *, language: str) -> tuple[str, str]:
    """Return (question, document) language: a question's own when one of the first three passages is in it."""
    languages = [passage.language for passage in passages[:_CARRIERS]]
    return language, language if language in languages else (languages or [UNDETERMINED])[0]


def kind_of_pair(pair: tuple[str, str]) -> str:
    """Return whether a pair of (question, document) language lies `WITHIN` one or `ACROSS` two."""
    question, document = pair
    return WITHIN if question in (document, UNDETERMINED) else ACROSS


def measure(
    passages: Sequence[Passage],
    *,
    terms: Sequence[Term],
    language: str,
    lanes: Signals,
    statements: Sequence[tuple[float | None, frozenset[str]]],
    asked: Sequence[Subject],
    unknown: Sequence[str] = (),
) -> Evidence:
    """Return the evidence of a question from its passages, best first; ``language`` is the question's.

    ``lanes`` is what the lanes saw. ``statements`` are those of the passages that are read, each with its cosine (None:
    not known) and the terms it holds. ``asked`` are the question's words of content, ``unknown`` the names among them
    that no document has.
    """
    carriers = passages[:_CARRIERS]
    held = [held_by(passage) for passage in carriers]
    weighed = telling(terms)
    cosine = max((p.lanes["dense"].score for p in carriers if "dense" in p.lanes), default=0.0)
    near = [one for one, _ in statements if one is not None]
    said = [one + _STATEMENT_COVERAGE * share_of(weighed, own) for one, own in statements if one is not None]
    return Evidence(
        found=len(passages),
        pair=pair_of(passages, language=language),
        signals=EvidenceSignals(
            cosine=cosine,
            cosine_margin=_margin(lanes.cosines) if len(lanes.cosines) > 1 else 0.0,
            cosine_lead=lanes.cosines[0] - lanes.cosines[:_TENTH][-1] if lanes.cosines else 0.0,
            share=max(lanes.shares, default=0.0),
            share_margin=_margin(lanes.shares),
            statement=max(said, default=0.0),
            statement_lead=max(near) - sum(near) / len(near) if near else 0.0,
            coverage=share_of(weighed, held[0]) if held else 0.0,
            subjects=max((subject_coverage(asked, terms, tokens) for tokens in held), default=0.0),
            agreement=max((_agreement(passage) for passage in carriers), default=0.0),
            unknown=float(bool(unknown)),
        ),
        unknown=tuple(unknown),
        dense=bool(lanes.cosines),
        lexical=bool(terms),
    )


def _margin(scores: Sequence[float]) -> float:
    return scores[0] - (scores[1] if len(scores) > 1 else 0.0) if scores else 0.0


def _agreement(passage: Passage) -> float:
    ranks = [passage.lanes[name].rank if name in passage.lanes else None for name in ("dense", "lexical")]
    product = 1
    for rank in ranks:
        product *= rank or _UNFOUND
    return float(product**-0.5)
