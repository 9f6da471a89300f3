"""A campaign of a person, from Python, on a real server."""

from __future__ import annotations

from pathlib import Path

import athanor
import pytest
from athanor import models

from conftest import bench


def test_it_is_asked_told_and_read(server: athanor.LocalServer, name: str) -> None:
    campaign = server.start(bench(name))
    assert server.start(bench(name)).id == name
    first, second = campaign.ask(2)
    assert {first.design.keys() == {"temperature", "solvent"}, first.instructions} == {True, "stir & wait"}
    assert [trial.trial_id for trial in campaign.ask(2)] == [first.trial_id, second.trial_id]

    with pytest.raises(athanor.InvalidInput) as wrong:
        campaign.tell(first, {"mass": "3 mL", "heat": 1})
    assert [fault.path for fault in wrong.value.faults] == ["mass", "heat"]
    assert "heat" in str(wrong.value)

    told = campaign.tell(first, {"mass": "250 mg"}, noise={"mass": 0.01})
    assert (told.outcome, told.values) == ("measured", {"mass": 0.25})
    # A cell that is run again says the same, once.
    assert campaign.tell(first, {"mass": "250 mg"}, noise={"mass": 0.01}) == told
    with pytest.raises(athanor.WrongState):
        campaign.tell(first, {"mass": 0.3})
    failed = campaign.tell(second.trial_id, failed="chemistry", reason="it turned black <b>")
    assert failed.outcome == "failed"
    (third,) = campaign.ask()
    campaign.tell(third, {"mass": 0.5})
    assert campaign.wait(timeout=120).measured == 2
    assert campaign.ask(timeout=1) == []

    table = campaign.results()
    assert table.loc[first.trial_id, "mass"] == 0.25
    assert table.loc[first.trial_id, "mass sd"] == 0.01
    # What waits first is asked first, whatever its place in the round.
    outcomes = {first.trial_id: "measured", second.trial_id: "failed", third.trial_id: "measured"}
    assert table["outcome"].to_dict() == outcomes
    assert str(table["ended"].dtype).startswith("datetime64")
    assert len(campaign.results(state="proposed")) == 0

    shown = campaign._repr_html_()
    assert "2 measured" in shown and "<svg" in shown and first.trial_id in shown
    assert name in [head.id for head in server.campaigns()]
    assert campaign.trial("r1-p1").id == campaign.trial(f"{name}/r1/p1").id == campaign.trial("r1/p1").id
    with pytest.raises(ValueError, match="is not of campaign"):
        campaign.trial("another/r1/p1")


def test_a_file_is_sent_with_its_tables(server: athanor.LocalServer, name: str, tmp_path: Path) -> None:
    (tmp_path / "pool.csv").write_text("name,t\na,20\nb,40\n")
    (tmp_path / "other.csv").write_text("not named")
    text = "\n".join(
        [
            f"name: {name}",
            "space:",
            "  pool: {file: pool.csv, id: name, designColumns: [{name: t, column: t, type: continuous}]}",
            "objectives: [{name: value, direction: maximise}]",
            "fidelities: [{name: exact, adapter: person, cost: 1}]",
            "budget: {trials: 2}",
        ]
    )
    file = tmp_path / "campaign.yaml"
    file.write_text(text)
    assert server.validate(file).pool_size == 2
    lost = server.validate(text)
    assert not lost.valid and "pool.csv" in lost.faults[0].message and lost.faults[0].line == 3
    with pytest.raises(athanor.InvalidInput) as wrong:
        server.start(text)
    assert wrong.value.faults == lost.faults
    campaign = server.start(file)
    assert {trial.row_id for trial in campaign.ask(1)} <= {"a", "b"}
    campaign.abort("enough")
    assert campaign.wait(timeout=120).stop is not None


def test_what_happens_is_heard(server: athanor.LocalServer, name: str) -> None:
    last = max((event.seq for event in server.log()), default=0)
    campaign = server.start(bench(name))
    (trial,) = campaign.ask()
    campaign.tell(trial, {"mass": 1})
    heard: list[models.Event] = []
    for event in campaign.events(after=last):
        heard.append(event)
        if event.subject == trial.trial_id and event.kind == "trial.ended":
            break
    assert [event.seq for event in heard] == sorted({event.seq for event in heard})
    assert {event.campaign for event in heard} == {name}
    campaign.abort()


def test_refusals_say_why(server: athanor.LocalServer) -> None:
    with pytest.raises(athanor.NotFound, match="none"):
        server.campaign("none")
    with athanor.Client(server.url, "wrong") as stranger, pytest.raises(athanor.Unauthenticated):
        stranger.campaigns()
    with athanor.Client("http://127.0.0.1:9", retries=1) as nowhere, pytest.raises(athanor.ServerAway):
        nowhere.campaigns()


def test_a_server_that_does_not_start_says_why() -> None:
    with pytest.raises(athanor.ServerAway, match="no home here"):
        athanor.local(["sh", "-c", "echo no home here >&2; exit 1"], timeout=30)
