"""Client of Athanor: campaigns, what to measure next, what was measured, and what happens, from Python."""

from . import models
from .campaign import Campaign
from .client import Client
from .errors import (
    AthanorError,
    Forbidden,
    InvalidInput,
    LogChanged,
    NotFound,
    NothingToMeasure,
    Problem,
    ServerAway,
    Unauthenticated,
    WrongState,
)
from .local_server import LocalServer, local

__all__ = [
    "AthanorError",
    "Campaign",
    "Client",
    "Forbidden",
    "InvalidInput",
    "LocalServer",
    "LogChanged",
    "NotFound",
    "NothingToMeasure",
    "Problem",
    "ServerAway",
    "Unauthenticated",
    "WrongState",
    "local",
    "models",
]
