"""Answers, passages and places for people: plain when piped, marked on a terminal."""

from __future__ import annotations

from rich.console import Console, Group
from rich.text import Text

from retrieval.values import Answer, Citation, Passage

__all__ = ["answer_view", "passage_view", "place_of", "print_answer", "print_passages"]

_WORDS = {
    "ja": {
        "sources": "出典",
        "closest": "近い資料",
        "gap": "未回答の質問として記録しました",
        "same": "同じ内容",
        "understood": "前の質問の続きとして読みました",
    },
    "en": {
        "sources": "Sources",
        "closest": "Nearest documents",
        "gap": "Recorded as an open question",
        "same": "same",
        "understood": "Read as going on from",
    },
}
_QUOTED = 400  # code points of a quote that are shown; `tenkyo show` shows all


def words(language: str) -> dict[str, str]:
    """Return the fixed phrases in the language of the answer."""
    return _WORDS["ja" if language == "ja" else "en"]


def place_of(*, title: str, heading_path: tuple[str, ...], page: int | None) -> str:
    """Return title, headings and page as one line."""
    parts = [title, *(heading for heading in heading_path if heading != title)]
    return " › ".join(parts) + (f" · p. {page}" if page is not None else "")


def print_answer(console: Console, answer: Answer) -> None:
    """Print an answer with numbered sources, or why there is none."""
    console.print(answer_view(answer))


def answer_view(answer: Answer) -> Group:
    """Return an answer: its claims or choices with the numbers of their citations, the sources, the warnings."""
    phrase = words(answer.language)
    if answer.choices:
        rows = [Text(answer.answer.partition("\n")[0], style="bold yellow"), *_choices(answer)]
    else:
        rows = [_claims(answer) if answer.claims else Text(answer.answer, style="bold yellow")]
    if answer.understood is not None and answer.understood.turns:
        rows.insert(0, Text(f"{phrase['understood']}: {' / '.join(answer.understood.turns)}", style="dim"))
    if answer.citations:
        rows.append(Text(f"\n{phrase['sources']}", style="bold"))
        rows += [_source(citation) for citation in answer.citations]
    if answer.not_found is not None:
        if answer.not_found.closest:
            rows.append(Text(f"\n{phrase['closest']}", style="bold"))
            rows += [Text(f"  - {near.title}  ({near.uri})") for near in answer.not_found.closest]
        if answer.not_found.gap_id:
            rows.append(Text(f"\n{phrase['gap']}: {answer.not_found.gap_id}", style="dim"))
    rows += [Text(f"! {warning.message}", style="yellow") for warning in answer.warnings]
    return Group(*rows)


def _claims(answer: Answer) -> Text:
    numbers = {citation.id: citation.n for citation in answer.citations}
    text, at = Text(), 0
    for claim in answer.claims:
        text.append(answer.answer[at : claim.start])
        text.append(claim.text, style="bold")
        marks = _marks(claim.citation_ids, numbers)
        text.append(f" {marks}" if marks else "", style="cyan")
        if claim.also:
            text.append(f" ({words(answer.language)['same']}: {_marks(claim.also, numbers)})", style="cyan")
        at = claim.end
    text.append(answer.answer[at:])
    return text


def _choices(answer: Answer) -> list[Text]:
    """Return what the question may mean, one a line: what chooses it, what is said there, and where."""
    numbers = {citation.id: citation.n for citation in answer.citations}
    rows = []
    for choice in answer.choices:
        text = Text("  - ")
        text.append(f"{choice.field}={choice.value}" if choice.filterable else choice.value, style="bold")
        text.append(f"  {_one_line(choice.text)}")
        text.append(f" {_marks(choice.citation_ids, numbers)}", style="cyan")
        rows.append(text)
    return rows


def _marks(citation_ids: tuple[str, ...], numbers: dict[str, int]) -> str:
    return "".join(f"[{numbers[cited]}]" for cited in citation_ids if cited in numbers)


def _source(citation: Citation) -> Text:
    quote = citation.quote if len(citation.quote) <= _QUOTED else citation.quote[:_QUOTED] + " …"
    text = Text(f"  [{citation.n}] ", style="cyan")
    text.append(place_of(title=citation.title, heading_path=citation.heading_path, page=citation.page), style="bold")
    text.append(f"\n      “{_one_line(quote)}”")
    text.append(f"\n      {citation.uri}\n      {citation.id}", style="dim")
    return text


def print_passages(console: Console, passages: tuple[Passage, ...]) -> None:
    """Print passages, best first, with where they stand and how the lanes placed them."""
    for number, passage in enumerate(passages, start=1):
        console.print(passage_view(number, passage))


def passage_view(number: int, passage: Passage) -> Text:
    """Return one passage with its score and the rank in each lane."""
    lanes = " ".join(
        f"{name} {f'#{lane.rank}' if lane.rank is not None else '-'} {lane.score:.3f}"
        for name, lane in sorted(passage.lanes.items())
    )
    shown = passage.text if len(passage.text) <= _QUOTED else passage.text[:_QUOTED] + " …"
    text = Text(f"{number}. ", style="cyan")
    text.append(place_of(title=passage.title, heading_path=passage.heading_path, page=passage.page), style="bold")
    text.append(f"\n   score {passage.score:.3f}  {lanes}", style="dim")
    text.append(f"\n   {_one_line(shown)}")
    text.append(
        f"\n   {passage.uri}\n   {passage.document_id}@{passage.extraction_id}:{passage.start}-{passage.end}\n",
        style="dim",
    )
    return text


def _one_line(text: str) -> str:
    return " ".join(text.split())
