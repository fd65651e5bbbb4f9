"""`tenkyo search`: the passages that fit a question, or a TREC run over many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from app.cli.context import AfterOption, AsOfOption, AsOption, FilterOption, filter_of, wired
from app.cli.output import Format, OutputOption, emit, say, text_console
from retrieval.errors import UserError
from retrieval.values import Filter, Passage

if TYPE_CHECKING:
    from retrieval.search.searcher import Searcher

__all__ = ["RankedBy", "by_document", "register"]


class RankedBy(StrEnum):
    """What the ranking rests on."""

    FUSED = "fused"
    DENSE = "dense"
    LEXICAL = "lexical"

    @property
    def lane(self) -> Literal["fused", "dense", "lexical"]:
        """The name that the searcher knows."""
        return self.value


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("search")(_search)


def _search(
    ctx: typer.Context,
    question: Annotated[str | None, typer.Argument(help="What to look for, Japanese or English.")] = None,
    *,
    after: AfterOption = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many passages; documents with --queries.")] = 10,
    labels: AsOption = None,
    as_of: AsOfOption = None,
    conditions: FilterOption = None,
    lane: Annotated[RankedBy, typer.Option(help="What the ranking rests on.")] = RankedBy.FUSED,
    queries: Annotated[
        Path | None, typer.Option("--queries", metavar="FILE", help="Search every question of a JSONL file (or .gz).")
    ] = None,
    run: Annotated[
        Path | None, typer.Option("--run", metavar="FILE", help="With --queries: where the TREC run file goes.")
    ] = None,
    id_field: Annotated[str, typer.Option(help="With --queries: the field of the id.")] = "id",
    text_field: Annotated[str, typer.Option(help="With --queries: the field of the question.")] = "question",
    output: OutputOption = Format.TEXT,
) -> None:
    """Show the passages that fit a question best, with their places and scores."""
    if (question is None) == (queries is None):
        raise UserError('Give one question, `tenkyo search "..."`, or --queries FILE --run FILE.')
    if (queries is None) != (run is None):
        raise UserError("--queries FILE and --run FILE go together.")
    if queries is not None and after:
        raise UserError("--after goes with one question; in a file, earlier questions stand in the field `turns`.")
    where = filter_of(labels=labels, conditions=conditions, as_of=as_of)
    if queries is not None and run is not None:
        _search_many(
            ctx, queries, run, where=where, limit=limit, lane=lane, fields=(id_field, text_field), output=output
        )
        return
    from app.cli.render import print_passages
    from retrieval.answers.wire import expansions_json, passage_json, understood_json

    with wired(ctx) as wiring:
        found = wiring.searcher().search(question or "", where=where, limit=limit, lane=lane.lane, turns=after or ())
    for name in found.degraded:
        if name == "rerank":
            say("The passages could not be ranked once more; they stand as the lanes found them.", style="yellow")
        else:
            say(f"The {name} lane failed; the ranking is that of the other one.", style="yellow")
    if output is Format.JSON:
        emit(
            {
                "passages": [passage_json(passage) for passage in found.passages],
                "understood": understood_json(found.understood),
                "language": found.language,
                "generation": found.generation,
                "expansions": expansions_json(found.expansions),
                "degraded": list(found.degraded),
                "timings_ms": dict(found.timings_ms),
            }
        )
    elif found.passages:
        print_passages(text_console(), found.passages)
    else:
        say("Nothing fits: no passage is visible under these labels, filters and date.")


def _search_many(
    ctx: typer.Context,
    queries: Path,
    run: Path,
    *,
    where: Filter,
    limit: int,
    lane: RankedBy,
    fields: tuple[str, str],
    output: Format,
) -> None:
    from app.cli.progress import counted
    from app.cli.questions import read_questions, written_whole

    asked = read_questions(queries, id_field=fields[0], text_field=fields[1])
    lines = 0
    with wired(ctx) as wiring, written_whole(run) as file:
        searcher = wiring.searcher()
        for question in counted(asked, what="questions"):
            best = by_document(searcher, question.text, where=where, limit=limit, lane=lane, turns=question.turns)
            for rank, passage in enumerate(best, start=1):
                file.write(f"{_word(question.id)} Q0 {_word(passage.record_id)} {rank} {passage.score:.6f} tenkyo\n")
            lines += len(best)
    if output is Format.JSON:
        emit({"queries": len(asked), "lines": lines, "run": str(run)})
    else:
        say(f"{len(asked)} questions, {lines} lines. Written to {run}.")


def by_document(
    searcher: Searcher, question: str, *, where: Filter, limit: int, lane: RankedBy, turns: Sequence[str] = ()
) -> list[Passage]:
    """Return the best passage of each of the best ``limit`` documents, best first.

    Passages are fetched in growing numbers until so many documents came out, or asking for more gave no more (the
    searcher leaves out repetitions, so that fewer than asked for does not mean that there are no more).
    """
    wanted, had = limit, -1
    while True:
        passages = searcher.search(question, where=where, limit=wanted, lane=lane.lane, turns=turns).passages
        best = _first_of_each(passages)
        if len(best) >= limit or len(passages) == had:
            return best[:limit]
        wanted, had = wanted * 3, len(passages)


def _first_of_each(passages: Iterable[Passage]) -> list[Passage]:
    best: dict[str, Passage] = {}
    for passage in passages:
        best.setdefault(passage.document_id, passage)
    return list(best.values())


def _word(text: str) -> str:
    """Return an id as one word of a TREC line: white space as percent escapes."""
    return "".join(f"%{ord(letter):02X}" if letter.isspace() else letter for letter in text) or "-"
