"""Connections that break: what was sent is done once, and no event is lost or told twice."""

from __future__ import annotations

from collections.abc import Iterator

import athanor
import httpx

from conftest import bench


class Breaking(httpx.BaseTransport):
    """A connection to the real server that loses answers, and ends streams after a few lines."""

    def __init__(self, lost: int = 0, lines: int | None = None) -> None:
        self.inner = httpx.HTTPTransport()
        self.lost, self.lines = lost, lines
        self.keys: list[str] = []
        self.places: list[str | None] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self.inner.handle_request(request)
        if request.url.path.endswith("/events"):
            self.places.append(request.headers.get("Last-Event-ID"))
            stream = _Cut(response, self.lines)
            return httpx.Response(response.status_code, headers=response.headers, stream=stream)
        if request.method == "POST":
            self.keys.append(request.headers["Idempotency-Key"])
            if len(self.keys) <= self.lost:
                response.read()
                response.close()
                raise httpx.ReadError("the connection was lost")
        return response


class _Cut(httpx.SyncByteStream):
    def __init__(self, response: httpx.Response, lines: int | None) -> None:
        self.response, self.lines = response, lines

    def __iter__(self) -> Iterator[bytes]:
        seen = 0
        assert isinstance(self.response.stream, httpx.SyncByteStream)
        for piece in self.response.stream:
            yield piece
            seen += piece.count(b"\n")
            if self.lines is not None and seen >= self.lines:
                raise httpx.ReadError("the stream was cut")

    def close(self) -> None:
        self.response.close()


def test_what_is_told_over_lost_answers_is_done_once(server: athanor.LocalServer, name: str) -> None:
    (trial,) = server.start(bench(name)).ask()
    breaking = Breaking(lost=3)
    token = server.http.headers["Authorization"].removeprefix("Bearer ")
    with athanor.Client(server.url, token, transport=breaking) as client:
        campaign = client.campaign(name)
        assert campaign.tell(trial.trial_id, {"mass": 2}).values == {"mass": 2}
    assert len(breaking.keys) == 4
    assert len(set(breaking.keys)) == 1
    told = [event for event in server.log(campaign=name) if event.kind == "decision.enter"]
    acts = [event.kind for event in server.log(campaign=name) if event.subject == trial.trial_id]
    assert len(told) <= 1 and acts.count("trial.ended") == 1
    campaign = server.campaign(name)
    campaign.abort()


def test_events_go_on_where_a_stream_was_cut(server: athanor.LocalServer) -> None:
    all_events = [event.seq for event in server.log()]
    assert len(all_events) > 5
    breaking = Breaking(lines=8)
    token = server.http.headers["Authorization"].removeprefix("Bearer ")
    heard: list[int] = []
    with athanor.Client(server.url, token, transport=breaking) as client:
        for event in client.events(after=0):
            heard.append(event.seq)
            if event.seq == all_events[5]:
                break
    assert heard == all_events[:6]
    assert breaking.places[0] == "0"
    assert len(breaking.places) > 1
