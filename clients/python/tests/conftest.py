"""One real server for all tests: `athanor.local()` starts it, by ATHANOR_COMMAND, with the servers that the environment names."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import athanor
import pytest
from hypothesis import settings

settings.register_profile("suite", max_examples=8, deadline=None, derandomize=True, database=None)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def server() -> Iterator[athanor.LocalServer]:
    with athanor.local() as client:
        yield client


@pytest.fixture
def name() -> str:
    return f"py-{uuid4().hex[:8]}"


def bench(name: str, **more: object) -> dict[str, object]:
    """A campaign of a person at a bench."""
    return {
        "name": name,
        "space": {
            "parameters": [
                {"name": "temperature", "type": "continuous", "bounds": [20, 120]},
                {"name": "solvent", "type": "categorical", "levels": ["DMF", "THF"]},
            ]
        },
        "objectives": [{"name": "mass", "direction": "maximise", "unit": "g"}],
        "fidelities": [{"name": "bench", "adapter": "person", "cost": 1, "settings": {"instructions": "stir & wait"}}],
        "strategy": {"initial": {"trials": 3}},
        "parallel": 2,
        "budget": {"trials": 3},
        **more,
    }
