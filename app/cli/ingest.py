"""`tenkyo ingest`: take in folders, files and records."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.context import names, wired
from app.cli.output import Format, OutputOption, emit
from retrieval.errors import UserError

if TYPE_CHECKING:
    from app.remembered import Given

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("ingest")(_ingest)


def _ingest(
    ctx: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Folders, files, or record files.")],
    *,
    source: Annotated[
        str | None, typer.Option("--source", metavar="NAME", help="The source's name. Default: the folder's own.")
    ] = None,
    labels: Annotated[
        str | None,
        typer.Option(metavar="A,B", help="Who may read what no sidecar or rule labels; public means everybody."),
    ] = None,
    include: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="Only what this means: *.pdf, manuals/**. Repeat for more.")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="Leave out what this means. Repeat for more.")
    ] = None,
    records: Annotated[
        bool, typer.Option("--records", help="PATH is a JSONL or CSV file (or .gz); each line is a document.")
    ] = False,
    id_field: Annotated[str, typer.Option(help="With --records: the field of the id.")] = "id",
    title_field: Annotated[str, typer.Option(help="With --records: the field of the title.")] = "title",
    text_field: Annotated[str, typer.Option(help="With --records: the field of the text.")] = "text",
    question_field: Annotated[
        str | None, typer.Option(help="With --records: the field that is matched; the text is what is cited.")
    ] = None,
    metadata_fields: Annotated[
        str | None, typer.Option(metavar="A,B", help="With --records: fields to filter on. Default: all others.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what a run would do and cost; change nothing.")
    ] = False,
    allow_mass_delete: Annotated[
        bool, typer.Option("--allow-mass-delete", help="Follow deletions even when most of a source is gone.")
    ] = False,
    output: OutputOption = Format.TEXT,
) -> None:
    """Take documents in: what is new or changed is indexed, what is gone is deleted, the rest costs nothing.

    One bad file never stops a run; exit code 3 says that some failed or are partial, and which.
    """
    if source is not None and len(paths) > 1:
        raise UserError("--source names one source: give one PATH with it.")
    if records and (include or exclude):
        raise UserError("--include and --exclude are for folders; leave them out with --records.")
    given = [
        _given(
            path,
            name=source,
            records=records,
            labels=names(labels),
            patterns=(tuple(include or ()), tuple(exclude or ())),
            fields=(id_field, title_field, text_field, question_field, metadata_fields),
        )
        for path in paths
    ]
    quiet = output is Format.JSON
    with wired(ctx) as wiring:
        if dry_run:
            from app.cli.surveying import survey_all

            surveys = survey_all(wiring, given, allow_mass_delete=allow_mass_delete, quiet=quiet)
            if quiet:
                emit({"dry_run": True, "sources": surveys})
            return
        from app.cli.running import ingest_all

        done = ingest_all(wiring, given, allow_mass_delete=allow_mass_delete, quiet=quiet)
        if quiet:
            emit({"dry_run": False, "sources": done.json()})
    raise typer.Exit(done.exit_code)


def _given(
    path: Path,
    *,
    name: str | None,
    records: bool,
    labels: tuple[str, ...],
    patterns: tuple[tuple[str, ...], tuple[str, ...]],
    fields: tuple[str, str, str, str | None, str | None],
) -> Given:
    from app.remembered import Given

    if not path.exists():
        raise UserError(f"{str(path)!r}: there is no such file or folder.")
    if records and not path.is_file():
        raise UserError(f"{str(path)!r}: --records takes files, one record a line.")
    if path.is_file() and any(patterns):
        raise UserError(f"{str(path)!r}: --include and --exclude are for folders.")
    id_field, title_field, text_field, question_field, metadata = fields
    return Given(
        kind="records" if records else "folder" if path.is_dir() else "file",
        path=str(path.resolve()),
        name=name,
        labels=labels,
        include=patterns[0],
        exclude=patterns[1],
        id_field=id_field,
        title_field=title_field,
        text_field=text_field,
        question_field=question_field,
        metadata_fields=names(metadata) if metadata is not None else None,
    )
