"""The log as it grows: server-sent events that go on where they were."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple, Optional

import httpx

from .errors import LogChanged, problem_of
from .models import Event

if TYPE_CHECKING:
    from .client import Client

SILENCE = 25.0
"""A connection that says nothing for so long is lost: the server says that it is alive every ten seconds. Seconds."""


class Told(NamedTuple):
    """An event of a stream, as it stands there."""

    id: str
    kind: str
    data: str


def read_stream(lines: Iterable[str]) -> Iterator[Told]:
    """Server-sent events by the rules of HTML; those without data are none, and what the stream breaks off in is dropped."""
    id, kind, data = "", "message", list[str]()
    for line in lines:
        if line == "":
            if data:
                yield Told(id, kind, "\n".join(data))
            kind, data = "message", []
            continue
        name, _, value = line.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if name == "id":
            id = value
        elif name == "event":
            kind = value
        elif name == "data":
            data.append(value)


def follow(client: Client, *, after: Optional[int], campaign: Optional[str]) -> Iterator[Event]:
    """All events after a number, for ever. Raises `LogChanged` where the log is another, `Problem` where the token has ended."""
    # Where the stream goes on, and the last event that was told: what is told before the first of them is not known by its number.
    last, seen = after, after
    failures = 0
    while True:
        headers = {} if last is None else {"Last-Event-ID": str(last)}
        params = {} if campaign is None else {"campaign": campaign}
        try:
            timeout = httpx.Timeout(10.0, read=SILENCE)
            with client.http.stream("GET", "/events", params=params, headers=headers, timeout=timeout) as response:
                if not response.is_success:
                    response.read()
                    problem = problem_of(response)
                    if problem.status < 500:
                        raise problem
                    raise httpx.ReadError(problem.detail)
                for told in read_stream(response.iter_lines()):
                    failures = 0
                    if told.kind == "resync":
                        # Too much was missed for the stream, but not for the log.
                        end = int(json.loads(told.data)["seq"])
                        if last is not None and last > end:
                            raise LogChanged(f"event {last} was seen, and the log ends at {end}")
                        for event in client.log(after=last or 0, campaign=campaign):
                            last = seen = event.seq
                            yield event
                    elif told.kind == "beat":
                        last = int(json.loads(told.data)["seq"]) if last is None else last
                    elif told.kind == "event":
                        event = Event.model_validate_json(told.data)
                        # The log may have told it already.
                        if seen is None or event.seq > seen:
                            last = seen = event.seq
                            yield event
        except httpx.TransportError:
            failures += 1
        time.sleep(min(10.0, 0.1 * 2.0 ** min(failures, 8)))
