"""What documents and file names say to a terminal: nothing that it obeys."""

from __future__ import annotations

import io

import pytest
from rich.text import Text

from app.cli import output
from app.cli.tables import outcome_line, print_table
from retrieval.values import Outcome, OutcomeStatus

HOSTILE = "\x1b[2J\x1b]0;pwned\x07 規程\u202egpj.exe \x9b31m[/red]\r.md"
SHOWN = "\ufffd[2J\ufffd]0;pwned\ufffd 規程\ufffdgpj.exe \ufffd31m[/red]\ufffd.md"


@pytest.mark.parametrize("terminal", [True, False])
def test_no_console_passes_a_strangers_control_characters_on(terminal: bool) -> None:  # noqa: FBT001  a parameter of a test
    """Titles and names may clear a screen, rename a window, or run backwards to hide what they are."""
    for console in (output.text_console(), output.message_console()):
        console.file, console._force_terminal, console.width = io.StringIO(), terminal, 200
        console.print(HOSTILE, markup=False)
        console.print(Text(HOSTILE, style="bold red"))
        print_table(console, columns=["name"], rows=[[HOSTILE]])
        said = console.file.getvalue()
        assert not set("\x07\x9b\u202e\r") & set(said)
        assert "\x1b[2J" not in said
        assert "\x1b]0" not in said
        assert "規程" in said


def test_hidden_characters_are_shown_as_replaced_and_the_rest_as_it_is() -> None:
    """Tab, line feed and joiners that shape an emoji stay."""
    assert SHOWN == output.harmless(HOSTILE)
    assert "a\tb\n\U0001f468\u200d\U0001f469 é か\u3099" == output.harmless(
        "a\tb\n\U0001f468\u200d\U0001f469 é か\u3099"
    )


def test_a_name_with_a_line_end_is_one_line() -> None:
    """A file cannot add an outcome to the list."""
    outcome = Outcome(document_id="d", key="a.md: x\nfailed    b.md", status=OutcomeStatus.INDEXED)
    assert "\n" not in outcome_line(outcome)
