"""`tenkyo serve`: the HTTP API on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.context import wired
from app.cli.output import Format, OutputOption, emit, say

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve")(_serve)


def _serve(
    ctx: typer.Context,
    *,
    host: Annotated[str, typer.Option(help="A loopback address; others are refused.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
    output: OutputOption = Format.TEXT,
) -> None:
    """Serve the HTTP API to callers on this machine, who see what is labelled public and nothing else."""
    from app.http.listen import bind, listen
    from app.stopping import stopping

    with bind(host, port) as bound, wired(ctx) as wiring:
        from app.http.api import Services, create_app

        answerer, searcher = wiring.answerer(), wiring.searcher()
        app = create_app(Services(store=wiring.store(), searcher=searcher, answerer=answerer))
        name, number = bound.getsockname()[:2]
        url = f"http://{f'[{name}]' if ':' in name else name}:{number}"
        if output is Format.JSON:
            emit({"url": url})
        say(f"Listening on {url} (Ctrl-C ends it). Try: curl {url}/readyz")
        with stopping() as stop:
            listen(app, bound, log_level=wiring.settings.log_level, stop=stop)
    if stop.event.is_set():
        raise typer.Exit(stop.exit_code)
