"""The commands of both READMEs work as they stand, and the demo shows what it promises."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.integration.conftest import ROOT, TENKYO, Desk

pytestmark = [pytest.mark.server, pytest.mark.slow]

BLOCK = re.compile(r"^```sh test\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", ["README.md", "README.ja.md"])
def test_the_commands_of_the_readme_work_as_they_stand(desk: Desk, name: str) -> None:
    (desk.folder / "samples").symlink_to(ROOT / "samples")
    lines = [line for block in BLOCK.findall((ROOT / name).read_text(encoding="utf-8")) for line in block.splitlines()]
    assert len(lines) >= 6
    path = f"{Path(sys.executable).parent}:{desk.environ['PATH']}"
    for line in lines:
        done = subprocess.run(
            ["bash", "-c", line],
            cwd=desk.folder,
            env={**desk.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        expected = {0, 3} if "ingest samples/knowledge" in line else {0}
        assert done.returncode in expected, f"{line}: {done.stdout} {done.stderr}"
        assert done.stdout.strip() or done.stderr.strip(), line


@pytest.mark.parametrize("name", ["README.md", "README.ja.md"])
def test_the_two_commands_of_the_readme_are_targets_and_ci_calls_them(name: str) -> None:
    readme = (ROOT / name).read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    called = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for command in re.findall(r"^make (\w+)", readme, re.MULTILINE):
        assert command in targets
        assert re.search(rf"^step make {command}$", called, re.MULTILINE)


def test_links_of_the_documentation_lead_somewhere() -> None:
    dead = [
        f"{page.name}: {target}"
        for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\(([^)#\s]+)\)", page.read_text(encoding="utf-8"))
        if not target.startswith("http") and not (page.parent / target).exists()
    ]
    assert [] == dead


def test_the_demo_answers_refuses_and_withholds_twice_in_a_row(desk: Desk) -> None:
    for _ in range(2):
        shown = desk.json("demo")
        scenes = {scene["name"]: scene["answer"] for scene in shown["scenes"]}
        assert "14日以内" in scenes["japanese"]["answer"]
        assert "30 days" in scenes["english"]["answer"]
        assert scenes["english"]["citations"][0]["page"]
        assert ("not_found", []) == (scenes["unanswerable"]["status"], scenes["unanswerable"]["claims"])
        assert "3.4％" in scenes["shown"]["answer"]
        withheld = str({name: value for name, value in scenes["withheld"].items() if name != "timings_ms"})
        assert "3.4" not in withheld
        assert scenes["shown"]["citations"][0]["document_id"] not in withheld
    assert ["demo.db"] == [path.name for path in (desk.folder / ".tenkyo").glob("*.db")]


def test_the_demo_reads_well_when_piped(desk: Desk) -> None:
    text = desk.tenkyo("demo").stdout
    assert "\x1b" not in text
    for said in ("[1]", "p. ", "14日以内", "近い資料", "What to try next", "tenkyo show"):
        assert said in text


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_run_cleanly_and_the_next_one_goes_on(desk: Desk, number: int, code: int) -> None:
    shutil.copytree(ROOT / "samples" / "knowledge", desk.folder / "docs")
    run = subprocess.Popen(
        [TENKYO, "ingest", "docs"], cwd=desk.folder, env=desk.environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not indexed(desk):
        time.sleep(0.05)
    run.send_signal(number)
    _, err = run.communicate(timeout=60)
    assert code == run.returncode, err.decode()
    assert b"Traceback" not in err
    assert "interrupted" == desk.json("runs")["runs"][0]["state"]
    desk.tenkyo("ingest", "docs", expect=3)
    assert "finished" == desk.json("runs")["runs"][0]["state"]
    assert desk.json("doctor")["ok"]


def indexed(desk: Desk) -> bool:
    if not (desk.folder / ".tenkyo" / "kb.db").exists():
        return False
    done = desk.tenkyo("status", "--output", "json", expect=None)
    return done.returncode == 0 and '"documents": 0' not in done.stdout
