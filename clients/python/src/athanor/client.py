"""The connection to a server."""

from __future__ import annotations

import base64
import os
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Optional, Union
from urllib.parse import quote

import httpx
from typing_extensions import Self

from .campaign import Campaign
from .errors import Problem, ServerAway, problem_of
from .events import follow
from .models import CampaignHead, CampaignList, Event, EventList, Inbox, StartedCampaign, Validated

CampaignLike = Union[str, "os.PathLike[str]", Mapping[str, Any]]
"""The path of a campaign file, its text (more than a line), or what it says as a mapping."""

_MOST_FILES = 50_000_000


class Client:
    """Campaigns of a server.

    `url` and `token` are those of the environment (ATHANOR_URL, ATHANOR_TOKEN) where absent. What fails for want of a connection
    or a server is sent again, `retries` times, with the same Idempotency-Key: it is done once.
    """

    def __init__(
        self,
        url: Optional[str] = None,
        token: Optional[str] = None,
        *,
        timeout: float = 60.0,
        retries: int = 5,
        transport: Optional[httpx.BaseTransport] = None,
    ) -> None:
        self.url = (url or os.environ.get("ATHANOR_URL") or "http://127.0.0.1:8750").rstrip("/")
        token = token or os.environ.get("ATHANOR_TOKEN")
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self.retries = retries
        self.http = httpx.Client(
            base_url=f"{self.url}/api/v1", headers=headers, timeout=timeout, transport=transport, follow_redirects=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection."""
        self.http.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.url}>"

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Optional[Mapping[str, Any]] = None,
        body: Optional[Mapping[str, Any]] = None,
        key: Optional[str] = None,
    ) -> bytes:
        """What the server answers, as JSON; for routes that have no method here. Raises `Problem` where it refuses."""
        headers = {} if method == "GET" else {"Idempotency-Key": key or str(uuid.uuid4())}
        given = {name: value for name, value in (params or {}).items() if value is not None}
        for attempt in range(self.retries + 1):
            is_last = attempt == self.retries
            try:
                response = self.http.request(method, path, params=given, json=body, headers=headers)
            except httpx.TransportError as cause:
                if is_last:
                    raise ServerAway(f"{self.url} does not answer: {cause or type(cause).__name__}") from cause
                time.sleep(_pause(attempt))
                continue
            if response.is_success:
                return response.content
            problem = problem_of(response)
            if is_last or not (problem.status in (502, 503, 504) or problem.code == "IN_PROGRESS"):
                raise problem
            time.sleep(_pause(attempt, response.headers.get("Retry-After")))
        raise AssertionError("unreachable")

    def campaigns(self) -> list[CampaignHead]:
        """All campaigns, newest first."""
        return CampaignList.model_validate_json(self.request("GET", "/campaigns")).items

    def campaign(self, id: str) -> Campaign:
        """One of them. Raises `NotFound`."""
        campaign = Campaign(self, id)
        campaign.status()
        return campaign

    def start(self, campaign: CampaignLike, *, id: Optional[str] = None, files: Iterable[Union[str, Path]] = ()) -> Campaign:
        """Starts a campaign; the same again is attached to. Raises `InvalidInput` with everything that is wrong with it.

        Of a campaign file all files beside it are sent along whose names occur in it; `files` are further ones, by their names.
        """
        told = self.request("POST", "/campaigns", body=_sent(campaign, id, files))
        return Campaign(self, StartedCampaign.model_validate_json(told).id)

    def validate(
        self, campaign: CampaignLike, *, id: Optional[str] = None, files: Iterable[Union[str, Path]] = ()
    ) -> Validated:
        """What is wrong with a campaign, or what it says; nothing is started."""
        return Validated.model_validate_json(self.request("POST", "/campaigns/validate", body=_sent(campaign, id, files)))

    def inbox(self, campaign: Optional[str] = None) -> Inbox:
        """All that waits for a person."""
        return Inbox.model_validate_json(self.request("GET", "/inbox", params={"campaign": campaign}))

    def log(self, *, after: int = 0, campaign: Optional[str] = None) -> Iterator[Event]:
        """All that happened after an event, oldest first, until now."""
        while True:
            params = {"after": after, "limit": 500, "campaign": campaign}
            page = EventList.model_validate_json(self.request("GET", "/log", params=params))
            yield from page.items
            if page.next is None:
                return
            after = int(page.next)

    def events(self, *, after: Optional[int] = None, campaign: Optional[str] = None) -> Iterator[Event]:
        """What happens from now on, or after an event, as it happens: each once and in order, also over lost connections."""
        return follow(self, after=after, campaign=campaign)


def _pause(attempt: int, told: Optional[str] = None) -> float:
    return float(told) if told is not None and told.isdigit() else min(5.0, 0.2 * 2.0**attempt)


def path_of(*parts: str) -> str:
    """A path of the API; parts are escaped."""
    return "/" + "/".join(quote(part, safe="") for part in parts)


def _sent(campaign: CampaignLike, id: Optional[str], files: Iterable[Union[str, Path]]) -> dict[str, Any]:
    body: dict[str, Any] = {} if id is None else {"id": id}
    sent = {Path(file).name: Path(file).read_bytes() for file in files}
    if isinstance(campaign, Mapping):
        body["campaign"] = dict(campaign)
    elif isinstance(campaign, str) and "\n" in campaign:
        body["campaign"] = campaign
    else:
        path = Path(campaign)
        body["campaign"] = path.read_text(encoding="utf-8")
        for beside in sorted(path.parent.iterdir()):
            if beside != path and beside.name in body["campaign"] and beside.is_file():
                sent.setdefault(beside.name, beside.read_bytes())
    if sum(map(len, sent.values())) > _MOST_FILES:
        raise ValueError(f"the files of a campaign are more than {_MOST_FILES // 1_000_000} MB: {', '.join(sent)}")
    body["files"] = [{"name": name, "base64": base64.b64encode(data).decode()} for name, data in sent.items()]
    return body
