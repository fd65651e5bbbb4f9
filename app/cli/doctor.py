"""`tenkyo doctor`: settings with their origins, and whether everything that is needed works."""

from __future__ import annotations

import typer
from rich.text import Text

from app.cli.context import wired
from app.cli.output import Format, OutputOption, emit, text_console

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(_doctor)


def _doctor(ctx: typer.Context, *, output: OutputOption = Format.TEXT) -> None:
    """Check settings, store, model, index, disk and clock; say what to do about what is wrong."""
    import platform
    import sqlite3
    from importlib.metadata import version

    from app.health import checks

    console = text_console()
    versions = {
        "tenkyo": version("tenkyo"),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": platform.platform(),
    }
    with wired(ctx) as wiring:
        flat = _flat(wiring.settings.model_dump(mode="json", exclude={"glossary"}))
        flat["glossary"] = f"{len(wiring.settings.glossary)} entries"
        settings = [
            {"key": key, "value": flat.get(key), "origin": origin} for key, origin in wiring.loaded.origins.items()
        ]
        if output is Format.TEXT:
            console.print("  ".join(f"{name} {number}" for name, number in versions.items()), markup=False)
            for setting in settings:
                console.print(f"{setting['key']:22} {setting['value']}  ({setting['origin']})", markup=False)
        done = []
        for check in checks(wiring):
            done.append(check)
            if output is Format.TEXT:
                mark, style = ("ok  ", "green") if check.ok else ("FAIL", "bold red")
                console.print(Text(mark, style=style), Text(f"{check.name:9} {check.detail}"))
    failed = [check for check in done if not check.ok]
    if output is Format.JSON:
        emit(
            {
                "ok": not failed,
                "versions": versions,
                "settings": settings,
                "places": list(wiring.loaded.places),
                "checks": [{"name": check.name, "ok": check.ok, "detail": check.detail} for check in done],
            }
        )
    if failed:
        raise typer.Exit(max(check.exit_code for check in failed))


def _flat(tree: dict[str, object], prefix: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in tree.items():
        flat |= _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": value}
    return flat
