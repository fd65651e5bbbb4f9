"""Decide whether what was found is evidence enough to answer. Pure.

The rule reads absolute signals only: the raw cosine, the share of the question's terms (weighted by idf) that the
best passages hold, whether both lanes agree, and identifiers of the question that stand nowhere. Never a fused or
min-max score: that is high for the best hit of any question, also of one that no document answers.

The default bounds come from question sets with the answering document there and with it taken away
(docs/decisions/0051-evidence-rule.md). They are **not calibrated** for the index at hand, and no bound separates the
two kinds well; between the bounds passages are shown without a claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from retrieval.answers.coverage import held_by, held_share, is_identifier, share_of, telling
from retrieval.text.language import UNDETERMINED
from retrieval.values import Passage, Term

__all__ = ["Evidence", "EvidenceRule", "Finding", "Reason", "measure"]

_CARRIERS = 3  # best passages that may carry the evidence
_NOTHING = -100.0  # a margin under all others, and still a number that JSON knows
_LANES = ("dense", "lexical")
_TENTH = 10  # the cosine of this one is what a lead is measured from


class Finding(StrEnum):
    """What may be done on the evidence."""

    ANSWER = "answer"
    SHOW = "show"
    REFUSE = "refuse"


class Reason(StrEnum):
    """Why a question is refused, as `NotFound.reason` says it."""

    NOTHING_FOUND = "nothing_found"
    UNKNOWN_IDENTIFIER = "unknown_identifier"
    WEAK_EVIDENCE = "weak_evidence"


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """The signals of one question.

    ``found`` counts the passages. ``cosine`` is the best raw cosine among the first three (None: the dense lane did
    not answer), ``lead`` how far the best cosine of all lies over the tenth. ``coverage`` in [0, 1] is the best
    idf-weighted share of the question's telling terms in one of the first three (None: no terms), ``agreed`` tells
    that both lanes place one of them first. ``missing`` are identifiers of the question (letters with digits) that
    stand in no passage. ``crosslingual`` tells that none of the first three is in the question's language.
    """

    found: int
    cosine: float | None
    lead: float
    coverage: float | None
    agreed: bool
    missing: tuple[str, ...]
    crosslingual: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceRule:
    """Two bounds on the strength of evidence, one pair within a language and one across.

    A strength at or over ``answer`` is answered, one under ``refuse`` is not found. Within a language the strength is
    the coverage, plus ``cosine_weight`` times the cosine's excess over ``usual_cosine``, plus ``lead_weight`` times
    the lead, plus ``agreement`` when the lanes agree. Across languages, where coverage is 0 even for what is answered,
    and without terms it is the cosine plus the lead. A missing identifier takes ``missing_penalty`` off, which by
    default is enough to refuse. Within a language a cosine of ``near`` or more answers too, when no identifier is
    missing: people say things in words that the document does not have.
    """

    answer: float = 0.80
    refuse: float = 0.40
    cross_answer: float = 0.90
    cross_refuse: float = 0.85
    cosine_weight: float = 4.0
    usual_cosine: float = 0.85
    lead_weight: float = 1.0
    agreement: float = 0.25
    missing_penalty: float = 2.0
    near: float = 0.91

    def strength(self, evidence: Evidence) -> float:
        """Return the strength of evidence; without the dense lane coverage stands alone."""
        penalty = self.missing_penalty if evidence.missing else 0.0
        if evidence.cosine is None:
            return (evidence.coverage or 0.0) - penalty
        if evidence.coverage is None or evidence.crosslingual:
            return evidence.cosine + evidence.lead - penalty
        return (
            evidence.coverage
            + self.cosine_weight * (evidence.cosine - self.usual_cosine)
            + self.lead_weight * evidence.lead
            + (self.agreement if evidence.agreed else 0.0)
            - penalty
        )

    def margin(self, evidence: Evidence) -> float:
        """Return how far the strength lies over the bound for answering: the confidence that questions compare by.

        It is >= 0 exactly when `decide` answers; without any passage it is lower than any other.
        """
        if evidence.found == 0:
            return _NOTHING
        if _across(evidence):
            return self.strength(evidence) - self.cross_answer
        margin = self.strength(evidence) - self.answer
        if evidence.missing or evidence.cosine is None:
            return margin
        return max(margin, self.cosine_weight * (evidence.cosine - self.near))

    def decide(self, evidence: Evidence) -> Finding:
        """Return what may be done on this evidence."""
        if evidence.found == 0:
            return Finding.REFUSE
        if self.margin(evidence) >= 0:
            return Finding.ANSWER
        refuse = self.cross_refuse if _across(evidence) else self.refuse
        return Finding.SHOW if self.strength(evidence) >= refuse else Finding.REFUSE

    def reason(self, evidence: Evidence) -> Reason:
        """Return the reason that a refusal gives."""
        if evidence.found == 0:
            return Reason.NOTHING_FOUND
        return Reason.UNKNOWN_IDENTIFIER if evidence.missing else Reason.WEAK_EVIDENCE


def _across(evidence: Evidence) -> bool:
    """Tell whether the bounds across languages hold, which go without coverage."""
    return evidence.cosine is not None and (evidence.coverage is None or evidence.crosslingual)


def measure(passages: Sequence[Passage], *, terms: Sequence[Term], language: str) -> Evidence:
    """Return the signals of a question from its passages, best first; ``language`` is the question's."""
    held = [held_by(passage) for passage in passages]
    weighed = telling(terms)
    cosines = [p.lanes["dense"].score for p in passages if "dense" in p.lanes]
    ordered = sorted(cosines, reverse=True)
    carriers = passages[:_CARRIERS]
    return Evidence(
        found=len(passages),
        cosine=max((p.lanes["dense"].score for p in carriers if "dense" in p.lanes), default=None),
        lead=ordered[0] - ordered[min(_TENTH, len(ordered)) - 1] if ordered else 0.0,
        coverage=max((share_of(weighed, tokens) for tokens in held[:_CARRIERS]), default=0.0) if terms else None,
        agreed=any(all(name in p.lanes and p.lanes[name].rank == 1 for name in _LANES) for p in carriers),
        missing=tuple(
            term.text
            for term in terms
            if is_identifier(term.text) and not any(held_share(term, tokens) > 0 for tokens in held)
        ),
        crosslingual=bool(carriers) and language != UNDETERMINED and all(p.language != language for p in carriers),
    )
