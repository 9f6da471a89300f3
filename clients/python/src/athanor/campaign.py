"""A campaign, as one works with it in a notebook."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Optional, Union

from . import models
from .display import campaign_html
from .errors import NothingToMeasure

if TYPE_CHECKING:
    import pandas

    from .client import Client

Value = Union[float, int, str]
TrialLike = Union[str, models.WaitingTrial, models.Trial]
"""A trial, or its id: c/r3/p1, r3/p1 or r3-p1."""
Cause = Literal["chemistry", "device", "operator", "unknown"]

_POLL = 0.5


class Campaign:
    """A campaign of a server. `client.campaign(id)` finds one, `client.start(file)` starts one."""

    def __init__(self, client: Client, id: str) -> None:
        self.client = client
        self.id = id

    def __repr__(self) -> str:
        return f"<Campaign {self.id} at {self.client.url}>"

    def _repr_html_(self) -> str:
        report = self.status()
        waiting = self.client.inbox(self.id).trials
        return campaign_html(report, list(self.trials()), waiting)

    def status(self) -> models.Campaign:
        """Where it stands, in figures, as of now."""
        return models.Campaign.model_validate_json(self._request("GET"))

    def trials(self, *, state: Optional[str] = None, fidelity: Optional[str] = None) -> Iterator[models.Trial]:
        """Its trials, in the order in which they were proposed; `state` is proposed, running, ended or withdrawn."""
        after: Optional[str] = None
        while True:
            params = {"limit": 500, "after": after, "state": state, "fidelity": fidelity}
            page = models.TrialList.model_validate_json(self._request("GET", "trials", params=params))
            yield from page.items
            if page.next is None:
                return
            after = page.next

    def trial(self, trial: TrialLike) -> models.Trial:
        """One of them, as of now. Raises `NotFound`."""
        return models.Trial.model_validate_json(self._request("GET", "trials", self._place(trial)))

    def waiting(self) -> list[models.WaitingTrial]:
        """What of it waits for a person, oldest first: approvals, results, rulings."""
        return self.client.inbox(self.id).trials

    def ask(self, n: int = 1, *, timeout: float = 600.0, settle: float = 2.0) -> list[models.WaitingTrial]:
        """Up to `n` designs to measure, oldest first: those that wait for a result, and the next as soon as they are proposed.

        Asked again before a result is told, it gives the same ones. It gives fewer where no further one was proposed for `settle`
        seconds, as a campaign has no more of them at once than `parallel` says, and none once it has stopped.

        Raises `NothingToMeasure` where nothing waits within `timeout` seconds.
        """
        begun = last_change = time.monotonic()
        known = -1
        while True:
            waiting = [trial for trial in self.waiting() if trial.needs == "result"]
            now = time.monotonic()
            if len(waiting) != known:
                known, last_change = len(waiting), now
            is_settled = known > 0 and now - last_change >= settle
            if known >= n or is_settled:
                return waiting[:n]
            report = self.status()
            if report.phase == "stopped":
                return waiting[:n]
            if now - begun >= timeout:
                if known > 0:
                    return waiting[:n]
                raise NothingToMeasure(_why_nothing(report, timeout))
            time.sleep(_POLL)

    def tell(
        self,
        trial: TrialLike,
        values: Optional[Mapping[str, Value]] = None,
        *,
        noise: Optional[Mapping[str, Value]] = None,
        achieved: Optional[Mapping[str, Value]] = None,
        contexts: Optional[Mapping[str, Value]] = None,
        cost: Optional[float] = None,
        failed: Optional[Cause] = None,
        reason: Optional[str] = None,
        step: Optional[str] = None,
        file: Union[None, str, Path] = None,
    ) -> models.Trial:
        """What was measured: `values` by objective or outcome, a text with a unit where it is another ("250 mg").

        `noise` are standard deviations, `achieved` what was set in truth, `failed` why there is no value. The same told twice of a
        trial that `ask` gave is told once. Raises `InvalidInput` with everything that is wrong, `WrongState` where another was first.
        """
        named = {"values": values, "noise": noise, "achieved": achieved, "contexts": contexts}
        said: dict[str, Any] = {name: _plain(given) for name, given in named.items() if given is not None}
        rest = {"cost": cost, "failed": failed, "reason": reason, "step": step}
        said.update({name: given for name, given in rest.items() if given is not None})
        if file is not None:
            data = Path(file).read_bytes()
            said["file"] = {"name": Path(file).name, "base64": base64.b64encode(data).decode()}
        return self.decide(trial, "enter", **said)

    def decide(self, trial: TrialLike, act: str, **said: Any) -> models.Trial:
        """Any act of a person on a trial: approve, reject, edit, enter, release, amend, discard, failed, resolve, retry."""
        body = {"act": act, **said}
        key = None
        if not isinstance(trial, str):
            # Of a trial as it was seen the same is said once, however often.
            id = trial.trial_id if isinstance(trial, models.WaitingTrial) else trial.id
            mark = [id, trial.generation, trial.rulings, body]
            key = "py-" + hashlib.sha256(json.dumps(mark, sort_keys=True).encode()).hexdigest()
        told = self._request("POST", "trials", self._place(trial), "acts", body=body, key=key)
        return models.Trial.model_validate_json(told)

    def add(
        self, values: Optional[Mapping[str, Value]] = None, *, reason: str, row: Optional[str] = None, fidelity: Optional[str] = None
    ) -> models.Trial:
        """A design of your own, beside what is proposed; its trial says what is expected of it."""
        rest = {"row": row, "fidelity": fidelity}
        body = {"reason": reason, "values": _plain(values or {}), **{k: v for k, v in rest.items() if v is not None}}
        return models.Trial.model_validate_json(self._request("POST", "proposals", body=body))

    def pause(self, reason: Optional[str] = None) -> models.Campaign:
        """No new trials until it is resumed."""
        return self._act("pause", reason)

    def resume(self, reason: Optional[str] = None) -> models.Campaign:
        """Goes on after a pause or a problem."""
        return self._act("resume", reason)

    def drain(self, reason: Optional[str] = None) -> models.Campaign:
        """Stops it when the trials in flight have ended."""
        return self._act("drain", reason)

    def abort(self, reason: Optional[str] = None) -> models.Campaign:
        """Cancels the trials in flight, and stops it."""
        return self._act("abort", reason)

    def events(self, *, after: Optional[int] = None) -> Iterator[models.Event]:
        """What happens in it, as it happens."""
        return self.client.events(after=after, campaign=self.id)

    def wait(self, *, timeout: Optional[float] = None) -> models.Campaign:
        """Waits until it has stopped. Raises `TimeoutError`."""
        begun = time.monotonic()
        while (report := self.status()).phase != "stopped":
            if timeout is not None and time.monotonic() - begun >= timeout:
                raise TimeoutError(f"campaign '{self.id}' is {report.phase} after {timeout:g} s")
            time.sleep(_POLL)
        return report

    def results(self, **which: Optional[str]) -> pandas.DataFrame:
        """Its trials as a table, a row each; needs pandas (`pip install athanor-client[pandas]`). Takes what `trials` takes."""
        from .frame import frame_of

        return frame_of(self.trials(**which))

    def _act(self, act: str, reason: Optional[str]) -> models.Campaign:
        body = {"act": act} if reason is None else {"act": act, "reason": reason}
        return models.Campaign.model_validate_json(self._request("POST", "acts", body=body))

    def _request(self, method: str, *parts: str, **given: Any) -> bytes:
        from .client import path_of

        return self.client.request(method, path_of("campaigns", self.id, *parts), **given)

    def _place(self, trial: TrialLike) -> str:
        if isinstance(trial, models.WaitingTrial):
            trial = trial.trial_id
        elif isinstance(trial, models.Trial):
            trial = trial.id
        campaign, is_within, place = trial.rpartition("/r")
        if is_within and campaign != self.id:
            raise ValueError(f"trial '{trial}' is not of campaign '{self.id}'")
        return f"{is_within[1:]}{place}".replace("/", "-")


def _plain(values: Mapping[str, Value]) -> dict[str, Value]:
    """Numbers of numpy as JSON has them."""
    return {name: value if isinstance(value, (str, int, float)) else float(value) for name, value in values.items()}


def _why_nothing(report: models.Campaign, timeout: float) -> str:
    words = f"nothing of campaign '{report.id}' waited for a result within {timeout:g} s; it is {report.phase}"
    if report.problem is not None:
        return f"{words}: {report.problem}"
    if report.worked is False:
        return f"{words}, and no worker does its work: start 'athanor worker'"
    return words
