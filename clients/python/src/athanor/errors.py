"""What can go wrong, with all that the server says of it."""

from __future__ import annotations

from collections.abc import Sequence

import httpx
from pydantic import ValidationError

from .models import Fault
from .models import Problem as ProblemShape


class AthanorError(Exception):
    """All errors of this package."""


class ServerAway(AthanorError):
    """No server answers, or not in time."""


class NothingToMeasure(AthanorError):
    """Nothing waited for a result within the time that was given."""


class LogChanged(AthanorError):
    """The log is not the one that was followed: the store is another, or was restored."""


class Problem(AthanorError):
    """A request that was refused.

    `code` is stable and for programs, `faults` is everything that is wrong with what was given, at once.
    """

    def __init__(self, status: int, code: str, detail: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.faults = list(faults)

    def __str__(self) -> str:
        told = [f"{fault.path}: {fault.message}" for fault in self.faults if fault.message not in self.detail]
        return "\n  ".join([self.detail, *told])


class Unauthenticated(Problem):
    """The token is none, or has ended."""


class Forbidden(Problem):
    """The token is not for that."""


class NotFound(Problem):
    """There is none."""


class WrongState(Problem):
    """It is not in a state for that, or somebody was first."""


class InvalidInput(Problem):
    """What was given is not right; `faults` says where."""


class Unavailable(Problem, ServerAway):
    """A server that Athanor works with is away."""


_BY_STATUS: dict[int, type[Problem]] = {
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: WrongState,
    412: WrongState,
    422: InvalidInput,
    503: Unavailable,
}


def problem_of(response: httpx.Response) -> Problem:
    """The exception for an answer that is a refusal."""
    try:
        told = ProblemShape.model_validate_json(response.content)
    except ValidationError:
        # A proxy answers in its own words.
        words = response.text[:200] or response.reason_phrase
        return _BY_STATUS.get(response.status_code, Problem)(response.status_code, "UNEXPECTED", words)
    kind = _BY_STATUS.get(response.status_code, Problem)
    return kind(response.status_code, told.code, told.detail, told.faults or ())
