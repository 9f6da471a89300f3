"""Trials as a table of pandas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas

from .models import Trial


def frame_of(trials: Iterable[Trial]) -> pandas.DataFrame:
    """A row for each trial, by its id: state, design, values with their noise, cost, times.

    A value, or a context, that has the name of a parameter stands under that name and `(measured)`; deviations are under `NAME sd`.
    """
    listed = list(trials)
    parameters = {name for trial in listed for name in trial.design}
    rows = [_row(trial, parameters) for trial in listed]
    frame = pandas.DataFrame(rows, columns=None if rows else ["trial"]).set_index("trial")
    for column in ("started", "ended"):
        if column in frame:
            frame[column] = pandas.to_datetime(frame[column], unit="ms", utc=True)
    return frame


def _row(trial: Trial, parameters: set[str]) -> dict[str, Any]:
    def own(name: str) -> str:
        return f"{name} (measured)" if name in parameters else name

    row: dict[str, Any] = {"trial": trial.id, "state": trial.state, "outcome": trial.outcome, "fidelity": trial.fidelity}
    if trial.row_id is not None:
        row["row"] = trial.row_id
    row.update(trial.design)
    row.update({own(name): value for name, value in trial.values.items()})
    row.update({f"{name} sd": value for name, value in trial.noise.items()})
    row.update({f"{name} achieved": value for name, value in (trial.achieved or {}).items()})
    row.update({own(name): told.value for name, told in trial.contexts.items()})
    row["cost"] = trial.cost
    row["cause"] = None if trial.cause is None else trial.cause.message
    row["reason"] = trial.reason.text
    row.update({"started": trial.started_at, "ended": trial.ended_at})
    return row
