"""The real server on loopback, over the samples."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.integration.conftest import TENKYO, Desk

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.xdist_group("samples")]


def start(desk: Desk) -> tuple[subprocess.Popen[str], str]:
    server = subprocess.Popen(
        [TENKYO, "serve", "--port", "0"], cwd=desk.folder, env=desk.environ, stderr=subprocess.PIPE, text=True
    )
    assert server.stderr is not None
    said = server.stderr.readline()
    assert said.startswith("Listening on http://127.0.0.1:"), said
    return server, said.split()[2]


def end(server: subprocess.Popen[str], number: int = signal.SIGTERM) -> int:
    server.send_signal(number)
    code = server.wait(timeout=30)
    assert server.stderr is not None
    assert "Traceback" not in server.stderr.read()
    server.stderr.close()
    return code


@pytest.fixture(scope="module")
def api(knowledge: Desk) -> Iterator[httpx.Client]:
    server, url = start(knowledge)
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        yield client
    assert 143 == end(server)


def test_it_is_ready_once_it_listens(api: httpx.Client) -> None:
    assert {"status": "ok"} == api.get("/healthz").json()
    assert "ready" == api.get("/readyz").json()["status"]


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("パスワードを忘れました。どうすればよいですか。", "再設定用のリンクは24時間有効です"),
        ("What is the deadline for claiming a service credit?", "within 30 days"),
    ],
)
def test_a_public_question_is_answered_and_its_citations_open(api: httpx.Client, question: str, quoted: str) -> None:
    answer = api.post("/v1/ask", json={"question": question, "as_of": "2026-11-01"}).json()
    assert "answered" == answer["status"]
    assert quoted in answer["answer"]
    place = api.get(f"/v1/citations/{answer['citations'][0]['id']}").json()
    assert answer["citations"][0]["quote"] == place["quote"]


def test_what_is_not_public_is_reached_by_no_request(api: httpx.Client, knowledge: Desk) -> None:
    question = "2026年度の平均昇給率は何％ですか"
    secret = knowledge.json("ask", question)["citations"][0]
    texts = [
        api.post("/v1/ask", json={"question": question}).text,
        api.post("/v1/search", json={"question": question, "limit": 100}).text,
    ]
    assert [] == [text for text in texts if secret["document_id"] in text or "3.4％" in text]
    forbidden = api.get(f"/v1/citations/{secret['id']}")
    unknown = api.get(f"/v1/citations/{'0' * 32}@{'0' * 32}:0-1")
    assert 404 == forbidden.status_code == unknown.status_code
    assert forbidden.json() == unknown.json()


def test_passages_come_with_their_places_and_lanes(api: httpx.Client) -> None:
    found = api.post("/v1/search", json={"question": "E-3012", "limit": 3}).json()
    assert 3 == len(found["passages"])
    assert {"document_id", "record_id", "uri", "title", "chunk_id", "start", "end", "text", "page", "lanes"} <= set(
        found["passages"][0]
    )


def test_an_unknown_filter_field_is_a_problem(api: httpx.Client) -> None:
    response = api.post("/v1/search", json={"question": "x", "filter": {"colour": "red"}})
    assert 422 == response.status_code
    assert "colour" in response.json()["detail"]


def test_many_callers_at_once_get_the_same_answer(api: httpx.Client) -> None:
    def ask(_: int) -> str:
        return str(api.post("/v1/ask", json={"question": "How often is a failed webhook retried?"}).json()["answer"])

    with ThreadPoolExecutor(8) as pool:
        assert 1 == len(set(pool.map(ask, range(16))))


def test_a_body_that_never_ends_is_cut_off_at_the_bound(api: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        yield b'{"question": "'
        for _ in range(64):
            yield b"x" * 65536

    headers = {"content-type": "application/json"}
    try:
        status = api.post("/v1/ask", content=endless(), headers=headers).status_code
    except httpx.WriteError:  # the server has answered and closed before we had sent all
        status = 413
    assert 413 == status
    assert 200 == api.get("/healthz").status_code


def test_ctrl_c_ends_the_server_with_130(knowledge: Desk) -> None:
    server, url = start(knowledge)
    try:
        assert 200 == httpx.get(f"{url}/healthz", trust_env=False, timeout=60).status_code
    finally:
        code = end(server, signal.SIGINT)
    assert 130 == code


def test_a_taken_port_and_a_foreign_address_are_refused_in_words(knowledge: Desk) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = knowledge.tenkyo("serve", "--port", str(taken.getsockname()[1]), expect=2)
    assert "Choose another --port" in done.stderr
    assert "does not authenticate" in knowledge.tenkyo("serve", "--host", "0.0.0.0", expect=2).stderr


def test_the_server_process_listens_on_loopback_only(knowledge: Desk) -> None:
    server, url = start(knowledge)
    try:
        port = int(url.rpartition(":")[2])
        with open("/proc/net/tcp", encoding="ascii") as table:  # noqa: PTH123 - a kernel table, not a file
            rows = [line.split() for line in table][1:]
        listening = {row[1].split(":")[0] for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) == port}
        assert {"0100007F"} == listening
    finally:
        end(server)
