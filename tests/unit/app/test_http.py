"""The HTTP rim: problems, bounds, headers and rights, over fakes of what stands behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from app.http.api import Services, create_app
from app.http.guard import MAX_BODY
from app.http.listen import bind
from app.http.requests import MAX_QUESTION
from retrieval.errors import GenerationMismatch, NotVisible, StoreError, UserError
from retrieval.ports import View
from retrieval.search.conversation import MOST_TURNS
from retrieval.search.results import SearchResult
from retrieval.values import Answer, AnswerStatus, Condition, Filter, Operator, Principal

MEDIA_TYPE = "application/problem+json"


@dataclass
class FakeBrain:
    """Notes what it was asked for; raises ``error`` when it has one."""

    error: Exception | None = None
    asked: list[tuple[str, Filter, Principal | None]] = field(default_factory=list)
    turns: Sequence[str] = ()

    def search(
        self, question: str, *, where: Filter, limit: int = 10, lane: str = "fused", turns: Sequence[str] = ()
    ) -> SearchResult:
        self._note(question, where, None)
        self.turns = turns
        return SearchResult(question=question, language="ja", passages=(), generation="g1")

    def ask(self, question: str, *, principal: Principal, where: Filter, turns: Sequence[str] = ()) -> Answer:
        self._note(question, where, principal)
        self.turns = turns
        return Answer(id="a", question=question, status=AnswerStatus.NOT_FOUND, language="ja", answer="")

    @contextmanager
    def view(self) -> Iterator[View]:
        raise NotVisible("secret-document is hidden from you")
        yield

    def _note(self, question: str, where: Filter, principal: Principal | None) -> None:
        if self.error:
            raise self.error
        self.asked.append((question, where, principal))


def client_of(brain: FakeBrain) -> TestClient:
    app = create_app(Services(store=brain, searcher=brain, answerer=brain))
    return TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=True)


@pytest.fixture
def brain() -> FakeBrain:
    return FakeBrain()


@pytest.fixture
def client(brain: FakeBrain) -> TestClient:
    return client_of(brain)


def kind_of(response: object) -> tuple[int, str]:
    assert hasattr(response, "status_code")
    assert MEDIA_TYPE == response.headers["content-type"]  # type: ignore[attr-defined]  # httpx.Response in two copies
    return response.status_code, response.json()["type"].removeprefix("urn:tenkyo:problem:")  # type: ignore[attr-defined]  # as above


def test_a_caller_is_anonymous_and_sees_what_is_public_and_holds_today(client: TestClient, brain: FakeBrain) -> None:
    assert 200 == client.post("/v1/ask", json={"question": "返品は?"}).status_code
    ((question, where, principal),) = brain.asked
    assert ("返品は?", frozenset({"public"}), False) == (question, where.labels, where.operator)
    assert Principal(name="anonymous", labels=frozenset({"public"})) == principal
    assert where.as_of is not None


def test_filter_and_day_reach_the_search(client: TestClient, brain: FakeBrain) -> None:
    body = {"question": "x", "filter": {"product": "A", "year": {"less": 3}}, "as_of": "2024-06-01", "lane": "dense"}
    assert 200 == client.post("/v1/search", json=body).status_code
    ((_, where, _),) = brain.asked
    assert date(2024, 6, 1) == where.as_of
    assert (
        Condition(field="product", operator=Operator.EQUALS, values=("A",)),
        Condition(field="year", operator=Operator.LESS, values=(3,)),
    ) == where.conditions


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/search"])
def test_earlier_questions_reach_what_answers(client: TestClient, brain: FakeBrain, path: str) -> None:
    turns = ["返品の期限は？", "How long?"]
    response = client.post(path, json={"question": "送料は？", "turns": turns})
    assert (200, turns) == (response.status_code, brain.turns)
    assert "understood" in response.json()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"question": "x", "labels": ["hr"]}, (422, "unknown-field")),
        ({"question": "x", "as": "hr"}, (422, "unknown-field")),
        ({}, (422, "invalid-request")),
        ({"question": ""}, (422, "invalid-request")),
        ({"question": " \u3000"}, (422, "invalid-request")),
        ({"question": 3}, (422, "invalid-request")),
        ({"question": "あ" * (MAX_QUESTION + 1)}, (422, "invalid-request")),
        ({"question": "a\0b"}, (422, "invalid-request")),
        ({"question": "x", "turns": "送料は？"}, (422, "invalid-request")),
        ({"question": "x", "turns": ["a"] * (MOST_TURNS + 1)}, (422, "invalid-request")),
        ({"question": "x", "turns": ["a", " "]}, (422, "invalid-request")),
        ({"question": "x", "turns": ["a\0b"]}, (422, "invalid-request")),
        ({"question": "x", "turns": ["あ" * (MAX_QUESTION + 1)]}, (422, "invalid-request")),
        ({"question": "x", "limit": 0}, (422, "invalid-request")),
        ({"question": "x", "limit": 101}, (422, "invalid-request")),
        ({"question": "x", "lane": "best"}, (422, "invalid-request")),
        ({"question": "x", "as_of": "tomorrow"}, (422, "invalid-request")),
        ({"question": "x", "filter": {"a": None}}, (422, "invalid-request")),
        ({"question": "x", "filter": {"a": {"like": "b"}}}, (422, "invalid-request")),
        ({"question": "x", "filter": {"a": 10**400}}, (422, "invalid-request")),
        ({"question": "x", "filter": {"a": list(range(1500))}}, (422, "invalid-request")),
        (["question"], (422, "invalid-request")),
    ],
)
def test_a_body_that_cannot_be_understood_is_a_problem_and_asks_nothing(
    client: TestClient, brain: FakeBrain, body: object, expected: tuple[int, str]
) -> None:
    assert expected == kind_of(client.post("/v1/search", json=body))
    assert [] == brain.asked


@pytest.mark.parametrize(
    "content",
    [
        b'{"question": "\\ud800"}',
        b'{"question": "x", "filter": {"a": "\\ud800"}}',
        b'{"question": "x", "filter": {"\\ud800": "a"}}',
        b'{"question": "x", "filter": {"a": NaN}}',
        b'{"question": "x", "filter": {"a": {"less": 1e999}}}',
    ],
)
def test_half_a_character_and_what_is_no_number_are_problems(client: TestClient, content: bytes) -> None:
    response = client.post("/v1/ask", content=content, headers={"content-type": "application/json"})
    assert (422, "invalid-request") == kind_of(response)


def test_a_body_that_is_no_json_or_no_json_type_is_a_problem(client: TestClient) -> None:
    json_type = {"content-type": "application/json"}
    assert (400, "bad-json") == kind_of(client.post("/v1/ask", content=b"{", headers=json_type))
    assert (415, "unsupported-media-type") == kind_of(client.post("/v1/ask", data={"question": "x"}))
    assert (415, "unsupported-media-type") == kind_of(client.post("/v1/ask", content=b'{"question":"x"}'))


def test_a_body_over_the_bound_is_refused_with_or_without_its_length(client: TestClient, brain: FakeBrain) -> None:
    long = b'{"question": "' + b"x" * MAX_BODY + b'"}'
    json_type = {"content-type": "application/json"}
    assert (413, "too-large") == kind_of(client.post("/v1/ask", content=long, headers=json_type))
    pieces = (long[at : at + 65536] for at in range(0, len(long), 65536))
    assert (413, "too-large") == kind_of(client.post("/v1/ask", content=pieces, headers=json_type))
    assert [] == brain.asked


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "LOCALHOST:80", "[::1]:8000"])
def test_loopback_names_are_answered(client: TestClient, host: str) -> None:
    assert 200 == client.get("/healthz", headers={"host": host}).status_code


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", ""])
def test_a_foreign_host_name_is_refused(client: TestClient, host: str) -> None:
    assert (400, "untrusted-host") == kind_of(client.get("/healthz", headers={"host": host}))


def test_every_response_carries_safe_headers_and_a_request_id(client: TestClient) -> None:
    for response in (client.get("/healthz"), client.get("/nothing"), client.get("/healthz", headers={"host": "x"})):
        assert "nosniff" == response.headers["x-content-type-options"]
        assert "no-store" == response.headers["cache-control"]
        assert 32 == len(response.headers["x-request-id"])
    assert "abc-1" == client.get("/healthz", headers={"x-request-id": "abc-1"}).headers["x-request-id"]
    assert 32 == len(client.get("/healthz", headers={"x-request-id": "a b"}).headers["x-request-id"])


def test_an_unknown_and_a_forbidden_citation_give_the_same_answer(client: TestClient) -> None:
    hidden = client.get(f"/v1/citations/{'a' * 32}@{'b' * 32}:1-2")
    nonsense = client.get("/v1/citations/nonsense")
    assert (404, "not-found") == kind_of(hidden)
    assert hidden.json() == nonsense.json()
    assert "secret" not in hidden.text


def test_unknown_addresses_and_methods_are_problems_and_no_page_loads_foreign_scripts(client: TestClient) -> None:
    assert (404, "not-found") == kind_of(client.get("/docs"))
    assert (405, "method-not-allowed") == kind_of(client.get("/v1/ask"))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (UserError("There is no field 'colour'."), (422, "invalid-request")),
        (GenerationMismatch("built with X"), (503, "not-ready")),
        (StoreError("disk I/O error at /secret", retryable=True), (503, "unavailable")),
        (ZeroDivisionError("secret text"), (500, "internal")),
    ],
)
def test_an_error_behind_the_rim_is_a_problem_without_its_inside(error: Exception, expected: tuple[int, str]) -> None:
    client = client_of(FakeBrain(error=error))
    with capture_logs() as logs:
        response = client.post("/v1/search", json={"question": "x"})
    assert expected == kind_of(response)
    assert (expected[0] >= 500 and expected[1] != "not-ready") == any(log["log_level"] == "error" for log in logs)
    assert "secret" not in response.text


def test_health_is_about_the_process_and_readiness_about_questions() -> None:
    broken = client_of(FakeBrain(error=GenerationMismatch("built with X, configured Y")))
    assert 200 == broken.get("/healthz").status_code
    assert (503, "not-ready") == kind_of(broken.get("/readyz"))
    assert {"status": "ready", "generation": "g1"} == client_of(FakeBrain()).get("/readyz").json()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.com"])
def test_only_loopback_is_listened_on_and_the_remedy_is_said(host: str) -> None:
    with pytest.raises(UserError, match=r"127\.0\.0\.1"):
        bind(host, 0)
