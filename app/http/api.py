"""The HTTP API: ask, search, open a citation, health. Handlers are sync and run in the server's thread pool.

Nobody is authenticated, so every caller is anonymous and reads what is ``public``, nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Protocol

from fastapi import FastAPI
from starlette.responses import Response

from app.http.guard import Guard
from app.http.problems import install, problem
from app.http.requests import AskBody, SearchBody
from app.places import Opens, open_place, place_json
from retrieval.access import anonymous, filter_for
from retrieval.answers.wire import answer_json, expansions_json, passage_json, understood_json
from retrieval.errors import TenkyoError
from retrieval.search.results import SearchResult
from retrieval.search.searcher import LaneName
from retrieval.values import Answer, Filter, Principal

__all__ = ["Answers", "Searches", "Services", "create_app"]


class Searches(Protocol):
    """What finds passages: `retrieval.search.searcher.Searcher`."""

    def search(
        self, question: str, *, where: Filter, limit: int = 10, lane: LaneName = "fused", turns: Sequence[str] = ()
    ) -> SearchResult:
        """Return the best passages."""
        ...


class Answers(Protocol):
    """What answers: `retrieval.answers.answerer.Answerer`."""

    def ask(self, question: str, *, principal: Principal, where: Filter, turns: Sequence[str] = ()) -> Answer:
        """Return the answer."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Services:
    """What the handlers use; ready when given."""

    store: Opens
    searcher: Searches
    answerer: Answers


def create_app(services: Services) -> FastAPI:
    """Return the application over these services."""
    app = FastAPI(title="Tenkyo", version=version("tenkyo"), docs_url=None, redoc_url=None)
    app.add_middleware(Guard)
    install(app)

    @app.post("/v1/ask")
    def ask(body: AskBody) -> dict[str, object]:
        """Answer a question from the public documents, every sentence with its citations."""
        answer = services.answerer.ask(body.question, principal=anonymous(), where=body.where(), turns=body.turns)
        return answer_json(answer)

    @app.post("/v1/search")
    def search(body: SearchBody) -> dict[str, object]:
        """Return the passages that fit a question best."""
        found = services.searcher.search(
            body.question, where=body.where(), limit=body.limit, lane=body.lane, turns=body.turns
        )
        return {
            "passages": [passage_json(passage) for passage in found.passages],
            "understood": understood_json(found.understood),
            "language": found.language,
            "generation": found.generation,
            "expansions": expansions_json(found.expansions),
            "degraded": list(found.degraded),
            "timings_ms": dict(found.timings_ms),
        }

    @app.get("/v1/citations/{citation_id}")
    def citation(citation_id: str) -> dict[str, object]:
        """Open a citation: the quoted words in their surroundings. Unknown and forbidden are the same."""
        return place_json(open_place(services.store, citation_id, where=filter_for(anonymous())))

    @app.get("/healthz")
    def healthz() -> dict[str, object]:
        """Tell that the process answers."""
        return {"status": "ok"}

    @app.get("/readyz", response_model=None)
    def readyz() -> dict[str, object] | Response:
        """Tell whether questions can be answered: the store opens, the index fits the settings, the model runs."""
        try:
            found = services.searcher.search("ready?", where=filter_for(anonymous()), limit=1)
        except TenkyoError as error:
            return problem("not-ready", status=503, detail=str(error))
        if lost := [name for name in found.degraded if name != "rerank"]:  # without it questions are answered as well
            return problem("not-ready", status=503, detail=f"Degraded: {', '.join(lost)}.")
        return {"status": "ready", "generation": found.generation}

    return app
