"""What the API takes and tells. Written by generate.py from its OpenAPI; not by hand."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Optional, TypeVar, Union

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_T = TypeVar("_T")


def _given(value: Optional[_T]) -> _T:
    if value is None:
        raise ValueError("left out rather than null")
    return value


class Shape(BaseModel):
    """Names are as in Python; in JSON they are as the API has them."""

    model_config = ConfigDict(strict=True, populate_by_name=True, allow_inf_nan=False, regex_engine="python-re")

    def to_json(self) -> dict[str, Any]:
        """As it is sent: what was not given is left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class Alarm(Shape):
    id: int
    kind: str
    priority: Literal['now', 'soon', 'today'] = Field(description='`now`: people, equipment or sample at risk; `soon`: the loop stands still; `today`: within the day')
    state: Literal['new', 'acknowledged', 'cleared', 'shelved', 'closed'] = Field(description='`cleared`: over before anybody acknowledged it')
    text: str
    cause: str = Field(description='what it most likely comes from')
    consequence: str = Field(description='what comes of it where nobody acts')
    action: str = Field(description='what to do')
    time: str = Field(description='how long there is for that')
    lab: Optional[str]
    campaigns: list[str]
    trials: list[str] = Field(description='the first of them; `count` says how many there are')
    count: int
    commands: list[str]
    raised_at: float = Field(alias='raisedAt', description='milliseconds since 1970')
    times: int = Field(description='how often it was raised')
    cleared_at: Optional[float] = Field(alias='clearedAt', description='milliseconds since 1970')
    acknowledged: Optional[AlarmAcknowledged]
    shelved: Optional[AlarmShelved]


class AlarmAcknowledged(Shape):
    who: str
    note: Optional[str]
    at: float = Field(description='milliseconds since 1970')


class AlarmShelved(Shape):
    who: str
    why: str
    until: float = Field(description='milliseconds since 1970')


class AlarmActAcknowledge(Shape):
    model_config = ConfigDict(extra='forbid')

    act: Literal['acknowledge']
    reason: Annotated[Optional[Annotated[str, Field(min_length=1, max_length=2000)]], AfterValidator(_given)] = Field(default=None, description='why, kept with the decision')


class AlarmActShelve(Shape):
    model_config = ConfigDict(extra='forbid')

    act: Literal['shelve']
    reason: Annotated[str, Field(min_length=1, max_length=2000)] = Field(description='why, kept with the decision')
    until: float = Field(description='milliseconds since 1970, twelve hours from now at most')


class AlarmActUnshelve(Shape):
    model_config = ConfigDict(extra='forbid')

    act: Literal['unshelve']


class AlarmKindList(Shape):
    items: list[AlarmKindListItems]
    next: Optional[str] = Field(description='where the next page begins; null at the end')


class AlarmKindListItems(Shape):
    kind: str
    priority: Literal['now', 'soon', 'today']
    cause: str = Field(description='what it most likely comes from')
    consequence: str = Field(description='what comes of it where nobody acts')
    action: str = Field(description='what to do')
    time: str = Field(description='how long there is for that')


class AlarmList(Shape):
    items: list[Alarm]
    next: Optional[str] = Field(description='where the next page begins; null at the end')


class CampaignHead(Shape):
    id: str
    name: str
    phase: Literal['running', 'paused', 'draining', 'aborting', 'stopped']
    stop: Optional[CampaignHeadStop]
    problem: Optional[str] = Field(description='what stands in the way until a person resumes')
    created_at: float = Field(alias='createdAt', description='milliseconds since 1970')
    ended_at: Optional[float] = Field(alias='endedAt', description='milliseconds since 1970')


class CampaignHeadStop(Shape):
    reason: Literal['budgetCost', 'budgetTrials', 'wallClock', 'targetReached', 'noImprovement', 'regretBound', 'exhausted', 'failures', 'drained', 'aborted']
    text: str


class Campaign(CampaignHead):
    budget: Optional[CampaignBudget]
    rounds: int
    proposed: int
    running: int
    withdrawn: int
    measured: int
    failed: int
    quarantined: int
    cancelled: int
    spent: float = Field(description="in the unit of the fidelities' costs")
    best: Optional[CampaignBest]
    in_flight: list[CampaignInFlight] = Field(alias='inFlight')
    fidelities: list[CampaignFidelities]
    unresolved: list[str]
    workflow: Literal['running', 'closed', 'missing', 'unreachable']
    worked: Optional[bool] = Field(description='whether a worker asks for its work; null where nobody can tell')


class CampaignBudget(Shape):
    cost: Optional[float]
    trials: Optional[float]
    wall_clock_ms: Optional[float] = Field(alias='wallClockMs')


class CampaignBest(Shape):
    model_config = ConfigDict(extra='allow')

    trial_id: str = Field(alias='trialId')
    value: float


class CampaignInFlight(Shape):
    id: str
    generation: int
    fidelity: str
    row_id: Optional[str] = Field(alias='rowId')
    started_at: Optional[float] = Field(alias='startedAt', description='milliseconds since 1970')


class CampaignFidelities(Shape):
    fidelity: str
    trials: int
    cost: float


class CampaignAct(Shape):
    model_config = ConfigDict(extra='forbid')

    act: Literal['pause', 'resume', 'drain', 'abort']
    reason: Annotated[Optional[Annotated[str, Field(min_length=1, max_length=2000)]], AfterValidator(_given)] = Field(default=None, description='why, kept with the decision')


class CampaignList(Shape):
    items: list[CampaignHead]
    next: Optional[str] = Field(description='where the next page begins; null at the end')


class CampaignOverview(CampaignHead):
    objective: CampaignOverviewObjective
    budget: Optional[CampaignOverviewBudget]
    spent: float = Field(description="in the unit of the fidelities' costs")
    running: int
    proposed: int
    ended: int
    measured: int
    failed: int
    quarantined: int
    best: Optional[CampaignOverviewBest]
    held: Optional[CampaignOverviewHeld] = Field(description='who paused or drained it, where somebody did')


class CampaignOverviewObjective(Shape):
    name: str
    unit: Optional[str]
    direction: str


class CampaignOverviewBudget(Shape):
    cost: Optional[float]
    trials: Optional[float]
    wall_clock_ms: Optional[float] = Field(alias='wallClockMs')


class CampaignOverviewBest(Shape):
    trial_id: str = Field(alias='trialId')
    value: float


class CampaignOverviewHeld(Shape):
    "who paused or drained it, where somebody did"

    who: str
    at: float
    note: Optional[str]


class Decision(Shape):
    at: float
    who: str
    action: str
    trial: Optional[str]
    reason: Optional[str]
    details: dict[str, Any]


class DecisionList(Shape):
    items: list[Decision]
    next: Optional[str] = Field(description='where the next page begins; null at the end')


class EnteredRows(Shape):
    items: list[EnteredRowsItems]


class EnteredRowsItems(Shape):
    trial: str
    entered: bool
    why: Optional[str]


class Event(Shape):
    seq: int = Field(description='without gaps; what is read is never followed by something earlier')
    at: float = Field(description='milliseconds since 1970')
    kind: str
    who: Optional[str]
    campaign: Optional[str]
    lab: Optional[str]
    subject: Optional[str]
    body: Any = Field(default=None)


class EventList(Shape):
    items: list[Event]
    next: Optional[str] = Field(description='where the next page begins; null at the end')


class Fault(Shape):
    path: str
    message: str
    remedy: Annotated[Optional[str], AfterValidator(_given)] = Field(default=None)
    line: Annotated[Optional[int], AfterValidator(_given)] = Field(default=None, description='of the campaign file, from 1')


class Figure(Shape):
    html: str


class FilledTable(Shape):
    model_config = ConfigDict(extra='forbid')

    base64: str
    reason: Annotated[Optional[Annotated[str, Field(max_length=2000)]], AfterValidator(_given)] = Field(default=None)


class GivenTable(Shape):
    model_config = ConfigDict(extra='forbid')

    name: Annotated[str, Field(pattern='^[\\w-][\\w .-]{0,99}$')] = Field(description='name of a file, without a folder')
    base64: str


class Inbox(Shape):
    trials: list[WaitingTrial]
    problems: list[InboxProblems]


class InboxProblems(Shape):
    campaign_id: str = Field(alias='campaignId')
    text: str
    phase: str


class InferredColumn(Shape):
    column: str = Field(description='its heading')
    name: str = Field(description='its heading without the unit')
    unit: Optional[str]
    type: Literal['continuous', 'integer', 'discrete', 'categorical', 'substance']
    role: Literal['design', 'objective', 'id', 'ignore']
    filled: int = Field(description='cells that are not empty')
    distinct: int
    low: Optional[float]
    high: Optional[float]
    examples: list[str]
    values: list[str] = Field(description='all that it holds, where these are few')


class InferredTable(Shape):
    rows: int
    columns: list[InferredColumn]
    notes: list[str]


class InstrumentAct(Shape):
    model_config = ConfigDict(extra='forbid')

    act: Literal['fault', 'clear', 'pause', 'resume'] = Field(description='`fault`: nothing begins on it; `clear`: it is in order, faults are over and held slots free; `pause`: its jobs are held where they are, and nothing begins; `resume`: they go on')
    reason: Annotated[str, Field(min_length=1, max_length=2000)] = Field(description='why, kept with the decision')
    seen: Annotated[Optional[Annotated[int, Field(ge=0)]], AfterValidator(_given)] = Field(default=None, description='as it was seen (`seen`): refused where somebody was first')


class LabHead(Shape):
    name: str
    description: Optional[str]
    simulated: bool = Field(description='nothing real stands behind any of its instruments')
    version: int
    registered_by: str = Field(alias='registeredBy')
    registered_at: float = Field(alias='registeredAt', description='milliseconds since 1970')
    instruments: list[str]
    positions: list[str]
    stops: list[Stop] = Field(description='while there is one nothing begins')


class Lab(LabHead):
    resources: list[LabResource]
    stock: list[LabStock]
    obstacles: list[LabObstacles] = Field(description='what stands still, and why')
    waits: list[LabWaits] = Field(description='trials that wait for a slot')


class LabStock(Shape):
    name: str
    unit: str
    left: float
    reserved: float = Field(description='kept for trials that have begun, beside what is left')
    warn_below: Optional[float] = Field(alias='warnBelow')
    low: bool
    seen: int


class LabObstacles(Shape):
    kind: str
    name: str
    since: Optional[float] = Field(description='milliseconds since 1970')
    until: Optional[float] = Field(description='milliseconds since 1970')
    text: str
    remedies: list[str] = Field(description='commands of which each answers it')
    waiting: list[str] = Field(description='trials that wait for it')


class LabWaits(Shape):
    trial: str
    campaign: str
    step: Optional[str]
    on: list[str]
    since: float = Field(description='milliseconds since 1970')
    unable: Optional[str]


class LabActRefill(Shape):
    model_config = ConfigDict(extra='forbid')

    act: Literal['refill']
    reason: Annotated[str, Field(min_length=1, max_length=2000)] = Field(description='why, kept with the decision')
    stock: Annotated[str, Field(min_length=1)]
    amount: float = Field(description='what was filled in, or, where negative, taken out')
    seen: Annotated[Optional[Annotated[int, Field(ge=0)]], AfterValidator(_given)] = Field(default=None, description='as it was seen (`seen`): refused where somebody was first')
    unit: Annotated[Optional[Annotated[str, Field(min_length=1)]], AfterValidator(_given)] = Field(default=None, description="the stock's own where absent")


class LabActEntry(Shape):
    id: int
    at: float = Field(description='milliseconds since 1970')
    who: str
    act: str
    name: Optional[str]
    why: Optional[str]
    known: Any = Field(default=None, description='what was known of it then')
    done: Any = Field(default=None, description='what came of it')


class LabActList(Shape):
    items: list[LabActEntry]
    next: Optional[str] = Field(description='where the next page begins; null at the end')


class LabActed(Shape):
    lab: Lab
    changed: bool = Field(description='false where it was so already')
    freed: list[str] = Field(description='jobs whose slots were given back')
    jobs: list[LabActedJobs] = Field(description='what became of each job that ran on it; `failed`, `elsewhere`: it is not known to be so')
    untold: Optional[str] = Field(description='why trials that wait for a stock could not be told that there is more; null where they were')


class LabActedJobs(Shape):
    key: str
    outcome: str
    message: Optional[str]


class LabList(Shape):
    items: list[LabHead]
    next: Optional[str] = Field(description='where the next page begins; null at the end')


class LabResource(Shape):
    name: str
    kind: Literal['instrument', 'position']
    adapter: Optional[str] = Field(description='null of positions; `person` where people do it')
    simulated: bool
    can: list[str]
    state: Literal['stopped', 'fault', 'paused', 'held', 'away', 'maintenance', 'busy', 'free'] = Field(description='`held`: nobody knows what a job of it does; `away`: its worker is not there; `busy`: no slot is free')
    slots: int
    in_flight: list[LabResourceInFlight] = Field(alias='inFlight')
    queue: Optional[list[LabResourceQueue]] = Field(description='who waits for it, in the order of asking; null where nobody can tell now')
    standstills: list[LabResourceStandstills]
    maintenance: Optional[LabResourceMaintenance] = Field(description='now, or the next within a week')
    worker: Optional[LabResourceWorker] = Field(description='where workers of its own alone drive it; `here`: null where nobody can tell now')
    seen: int = Field(description='number of the last act on it, as acts may name it; 0 for none')


class LabResourceInFlight(Shape):
    key: str
    trial: str
    campaign: str
    step: Optional[str] = Field(description='of its recipe; null where it has none, and of positions')
    slot: int
    since: float = Field(description='milliseconds since 1970')
    held: bool = Field(description='nobody knows whether it still runs')


class LabResourceQueue(Shape):
    key: str
    trial: str
    campaign: str
    step: Optional[str] = Field(description='of its recipe; null where it has none, and of positions')
    short: Optional[str] = Field(description='the stock of which too little is left for it')
    paused: bool = Field(description='its campaign is paused')


class LabResourceStandstills(Shape):
    kind: Literal['fault', 'stopped', 'paused']
    who: str
    why: str
    at: float = Field(description='milliseconds since 1970')


class LabResourceMaintenance(Shape):
    "now, or the next within a week"

    from_: float = Field(alias='from', description='milliseconds since 1970')
    until: float = Field(description='milliseconds since 1970')
    why: str
    now: bool


class LabResourceWorker(Shape):
    "where workers of its own alone drive it; `here`: null where nobody can tell now"

    on: str
    here: Optional[bool]


class Lease(Shape):
    key: str
    trial: str
    campaign: str
    step: Optional[str] = Field(description='of its recipe; null where it has none, and of positions')
    resource: str
    slot: int
    asked_at: float = Field(alias='askedAt', description='milliseconds since 1970')
    from_: float = Field(alias='from', description='milliseconds since 1970')
    until: Optional[float] = Field(description='milliseconds since 1970')
    held: bool


class LeaseList(Shape):
    items: list[Lease]
    next: Optional[str] = Field(description='where the next page begins; null at the end')


class Me(Shape):
    who: str
    role: Literal['viewer', 'operator', 'scientist', 'admin']
    until: float = Field(description='when this access ends, milliseconds since 1970')
    now: float = Field(description='the clock of the server, milliseconds since 1970')
    seq: int = Field(description='number of the last event')


class Model(Shape):
    html: str


class Outline(Shape):
    id: str
    description: Optional[str]
    objectives: list[OutlineObjectives]
    outcomes: list[OutlineOutcomes] = Field(description='what is measured beside the objectives')
    contexts: list[OutlineContexts] = Field(description='what is told of the surroundings')
    parameters: list[OutlineParameters]
    fidelities: list[OutlineFidelities]
    rows_have_names: bool = Field(alias='rowsHaveNames')
    is_pool: bool = Field(alias='isPool')


class OutlineObjectives(Shape):
    name: str
    unit: Optional[str]
    direction: Literal['maximise', 'minimise', 'target']
    computed: bool = Field(description='whether it is computed from what is measured')


class OutlineOutcomes(Shape):
    name: str
    unit: Optional[str]


class OutlineContexts(Shape):
    name: str
    unit: Optional[str]


class OutlineParameters(Shape):
    name: str
    unit: Optional[str]
    type: str
    bounds: Optional[list[float]]


class OutlineFidelities(Shape):
    name: str
    cost: float
    by_person: bool = Field(alias='byPerson')
    needs_file: Optional[str] = Field(alias='needsFile', description='a file that every result is to come with')


class Overview(Shape):
    items: list[CampaignOverview]
    next: Optional[str] = Field(description='where the next page begins; null at the end')


class OwnDesign(Shape):
    model_config = ConfigDict(extra='forbid')

    reason: Annotated[str, Field(min_length=1, max_length=2000)] = Field(description='why, kept with the decision')
    values: dict[str, Union[float, str]] = Field(default_factory=lambda: {}, description='by name; a text may have a unit, as "0.5 g"')
    row: Annotated[Optional[str], AfterValidator(_given)] = Field(default=None)
    fidelity: Annotated[Optional[str], AfterValidator(_given)] = Field(default=None)


class Problem(Shape):
    type: str
    title: str
    status: int
    code: str
    detail: str
    faults: Annotated[Optional[list[Fault]], AfterValidator(_given)] = Field(default=None)


class ReleaseAct(Shape):
    model_config = ConfigDict(extra='forbid')

    reason: Annotated[str, Field(min_length=1, max_length=2000)] = Field(description='why, kept with the decision')
    checks: list[str] = Field(description='every point of `checklist`')
    lab: Annotated[Optional[Annotated[str, Field(min_length=1)]], AfterValidator(_given)] = Field(default=None, description='of this lab alone; all where absent')


class SentCampaign(Shape):
    model_config = ConfigDict(extra='forbid')

    campaign: Union[Annotated[str, Field(min_length=1)], dict[str, Any]] = Field(description='the campaign file, as its text (YAML or JSON) or as an object')
    id: Annotated[Optional[str], AfterValidator(_given)] = Field(default=None, description='id of the campaign; its name where absent')
    files: Annotated[list[SentCampaignFiles], Field(max_length=100)] = Field(default_factory=lambda: [], description='tables and other files that it names, by their paths from it')


class SentCampaignFiles(Shape):
    model_config = ConfigDict(extra='forbid')

    name: Annotated[str, Field(max_length=255, pattern='^[\\w][\\w .+-]*(\\/[\\w][\\w .+-]*)*$')]
    base64: str


class StartedCampaign(Shape):
    id: str
    outcome: Literal['started', 'attached', 'stopped']
    notes: list[str] = Field(description='what people should know of how it was read')


class Stop(Shape):
    lab: Optional[str] = Field(description='null where all that is driven from the home was stopped')
    who: str
    why: str
    at: float = Field(description='milliseconds since 1970')


class StopAct(Shape):
    model_config = ConfigDict(extra='forbid')

    reason: Annotated[str, Field(min_length=1, max_length=2000)] = Field(description='why, kept with the decision')
    lab: Annotated[Optional[Annotated[str, Field(min_length=1)]], AfterValidator(_given)] = Field(default=None, description='of this lab alone; all where absent')


class StopReport(Shape):
    lab: Optional[str]
    who: str
    why: str
    at: float
    ended_at: Optional[float] = Field(alias='endedAt')
    rows: list[StopReportRows]
    released: Optional[StopReportReleased]


class StopReportRows(Shape):
    instrument: str
    confirmed: bool
    outcome: Literal['stopped', 'silent', 'failed', 'cannot', 'elsewhere']
    ms: float
    why: Optional[str]
    action: Optional[str]
    by_hand: Optional[StopReportRowsByHand] = Field(alias='byHand')


class StopReportRowsByHand(Shape):
    who: str
    at: float


class StopReportReleased(Shape):
    who: str
    why: str
    checks: list[str]
    at: float


class StopState(Shape):
    url: Optional[str] = Field(description='where the stop process is, which a page speaks to, as it needs no other server; null where there is none')
    stops: list[Stop] = Field(description='while there is one nothing begins; empty where nothing is stopped')
    report: Optional[StopReport] = Field(description='what became of each instrument at the last stop, as far as this home asked for it; null where there was none')
    checklist: list[str] = Field(description='what has to be said to release a stop')


class Trial(Shape):
    id: str
    round: int
    index: int
    design: dict[str, Union[float, str]]
    row_id: Optional[str] = Field(alias='rowId')
    fidelity: str
    estimated_cost: float = Field(alias='estimatedCost')
    state: Literal['proposed', 'running', 'ended', 'withdrawn']
    needs: Optional[Literal['approval', 'result', 'resolution']]
    generation: int
    reason: TrialReason
    outcome: Optional[Literal['measured', 'failed', 'quarantined', 'cancelled']]
    values: dict[str, float]
    noise: dict[str, float]
    cost: Optional[float]
    cause: Optional[TrialCause]
    artefacts: dict[str, str] = Field(description='raw outputs: name to sha256')
    achieved: Optional[dict[str, Union[float, str]]] = Field(description='what was set in truth, where that differs')
    contexts: dict[str, TrialContexts]
    rulings: int
    started_at: Optional[float] = Field(alias='startedAt', description='milliseconds since 1970')
    ended_at: Optional[float] = Field(alias='endedAt', description='milliseconds since 1970')


class TrialReason(Shape):
    kind: str
    text: str
    mean: Optional[float]
    sd: Optional[float]


class TrialCause(Shape):
    class_: Literal['chemistry', 'device', 'operator', 'unknown'] = Field(alias='class')
    code: str
    message: str


class TrialContexts(Shape):
    value: Union[float, str]
    unit: Annotated[Optional[str], AfterValidator(_given)] = Field(default=None)


class TrialActApprove(Shape):
    model_config = ConfigDict(extra='forbid')

    act: Literal['approve']
    reason: Annotated[Optional[Annotated[str, Field(min_length=1, max_length=2000)]], AfterValidator(_given)] = Field(default=None, description='why, kept with the decision')


class TrialActReject(Shape):
    model_config = ConfigDict(extra='forbid')

    act: Literal['reject']
    reason: Annotated[str, Field(min_length=1, max_length=2000)] = Field(description='why, kept with the decision')


class TrialActEdit(Shape):
    model_config = ConfigDict(extra='forbid')

    act: Literal['edit']
    reason: Annotated[str, Field(min_length=1, max_length=2000)] = Field(description='why, kept with the decision')
    values: dict[str, Union[float, str]] = Field(description='by name; a text may have a unit, as "0.5 g"')
    row: Annotated[Optional[str], AfterValidator(_given)] = Field(default=None)
    fidelity: Annotated[Optional[str], AfterValidator(_given)] = Field(default=None)


class TrialActEnter(Shape):
    model_config = ConfigDict(extra='forbid')

    act: Literal['enter']
    reason: Annotated[Optional[Annotated[str, Field(min_length=1, max_length=2000)]], AfterValidator(_given)] = Field(default=None, description='why, kept with the decision')
    step: Annotated[Optional[str], AfterValidator(_given)] = Field(default=None)
    values: dict[str, Union[float, str]] = Field(default_factory=lambda: {}, description='by name; a text may have a unit, as "0.5 g"')
    noise: dict[str, Union[float, str]] = Field(default_factory=lambda: {}, description='by name; a text may have a unit, as "0.5 g"')
    achieved: dict[str, Union[float, str]] = Field(default_factory=lambda: {}, description='by name; a text may have a unit, as "0.5 g"')
    contexts: Annotated[Optional[dict[str, Union[float, str]]], AfterValidator(_given)] = Field(default=None, description='by name; a text may have a unit, as "0.5 g"')
    cost: Annotated[Optional[Annotated[float, Field(ge=0)]], AfterValidator(_given)] = Field(default=None)
    failed: Annotated[Optional[Literal['chemistry', 'device', 'operator', 'unknown']], AfterValidator(_given)] = Field(default=None)
    file: Annotated[Optional[TrialActEnterFile], AfterValidator(_given)] = Field(default=None, description='what belongs to it; kept with the trial by its sha256')


class TrialActEnterFile(Shape):
    "what belongs to it; kept with the trial by its sha256"

    model_config = ConfigDict(extra='forbid')

    name: Annotated[str, Field(min_length=1, max_length=255)]
    base64: str


class TrialActRelease(Shape):
    model_config = ConfigDict(extra='forbid')

    act: Literal['release']
    reason: Annotated[str, Field(min_length=1, max_length=2000)] = Field(description='why, kept with the decision')
    values: dict[str, float] = Field(default_factory=lambda: {})
    seen: Annotated[Optional[Annotated[str, Field(pattern='^[1-9]\\d*\\.\\d+$')]], AfterValidator(_given)] = Field(default=None, description='generation.rulings, as the trial was seen: refused where there is more to be seen by now')


class TrialActAmend(Shape):
    model_config = ConfigDict(extra='forbid')

    act: Literal['amend']
    reason: Annotated[str, Field(min_length=1, max_length=2000)] = Field(description='why, kept with the decision')
    values: dict[str, float]
    seen: Annotated[Optional[Annotated[str, Field(pattern='^[1-9]\\d*\\.\\d+$')]], AfterValidator(_given)] = Field(default=None, description='generation.rulings, as the trial was seen: refused where there is more to be seen by now')


class TrialActDiscard(Shape):
    model_config = ConfigDict(extra='forbid')

    act: Literal['discard']
    reason: Annotated[str, Field(min_length=1, max_length=2000)] = Field(description='why, kept with the decision')
    seen: Annotated[Optional[Annotated[str, Field(pattern='^[1-9]\\d*\\.\\d+$')]], AfterValidator(_given)] = Field(default=None, description='generation.rulings, as the trial was seen: refused where there is more to be seen by now')


class TrialActFailed(Shape):
    model_config = ConfigDict(extra='forbid')

    act: Literal['failed']
    reason: Annotated[str, Field(min_length=1, max_length=2000)] = Field(description='why, kept with the decision')
    cause: Literal['chemistry', 'device', 'operator', 'unknown']
    seen: Annotated[Optional[Annotated[str, Field(pattern='^[1-9]\\d*\\.\\d+$')]], AfterValidator(_given)] = Field(default=None, description='generation.rulings, as the trial was seen: refused where there is more to be seen by now')


class TrialActResolve(Shape):
    model_config = ConfigDict(extra='forbid')

    act: Literal['resolve']
    reason: Annotated[str, Field(min_length=1, max_length=2000)] = Field(description='why, kept with the decision')
    started: Annotated[str, Field(min_length=1)]


class TrialActRetry(Shape):
    model_config = ConfigDict(extra='forbid')

    act: Literal['retry']
    reason: Annotated[Optional[Annotated[str, Field(min_length=1, max_length=2000)]], AfterValidator(_given)] = Field(default=None, description='why, kept with the decision')
    not_started: Annotated[Optional[bool], AfterValidator(_given)] = Field(default=None, alias='notStarted')
    seen: Annotated[Optional[Annotated[str, Field(pattern='^[1-9]\\d*\\.\\d+$')]], AfterValidator(_given)] = Field(default=None, description='generation.rulings, as the trial was seen: refused where there is more to be seen by now')


class TrialList(Shape):
    items: list[Trial]
    next: Optional[str] = Field(description='where the next page begins; null at the end')


class TrialRow(Shape):
    id: str
    design: dict[str, Union[float, str]]
    row_id: Optional[str] = Field(alias='rowId')
    fidelity: str
    state: str = Field(description='what came of it, else where it stands; `unknown` where nobody can tell')
    values: dict[str, float]
    noise: dict[str, float]
    mean: Optional[float] = Field(description='what was expected of the first objective, with its sd')
    sd: Optional[float]
    cost: Optional[float]
    cause: Optional[str]
    why: str
    ended_at: Optional[float] = Field(alias='endedAt')


class TrialRows(Shape):
    items: list[TrialRow]
    total: int = Field(description='lines that the filter leaves')
    all: int


class Validated(Shape):
    valid: bool
    faults: list[Fault]
    notes: list[str] = Field(description='what people should know of how it was read')
    id: Optional[str] = Field(description='null where it is not valid, as what follows')
    parameters: Optional[list[ValidatedParameters]]
    pool_size: Optional[int] = Field(alias='poolSize')
    objectives: Optional[list[ValidatedObjectives]]
    fidelities: Optional[list[ValidatedFidelities]]


class ValidatedParameters(Shape):
    name: str
    type: str


class ValidatedObjectives(Shape):
    name: str
    direction: str
    unit: Annotated[Optional[str], AfterValidator(_given)] = Field(default=None)


class ValidatedFidelities(Shape):
    name: str
    adapter: str
    cost: float


class WaitingTrial(Shape):
    campaign_id: str = Field(alias='campaignId')
    trial_id: str = Field(alias='trialId')
    needs: Literal['approval', 'result', 'resolution', 'ruling']
    fidelity: str
    design: dict[str, Union[float, str]]
    row_id: Optional[str] = Field(alias='rowId')
    estimated_cost: float = Field(alias='estimatedCost')
    reason: WaitingTrialReason
    generation: int
    rulings: int
    cause: Optional[WaitingTrialCause]
    since: float = Field(description='milliseconds since 1970')
    instructions: Optional[str]
    step: Optional[str]
    instrument: Optional[str]
    until: Optional[float] = Field(description='until when an approval is waited for')
    otherwise: Optional[Literal['wait', 'reject', 'approve']] = Field(description='what happens to it after that')
    gates: list[str] = Field(description='why an approval is asked for, in words')


class WaitingTrialReason(Shape):
    text: str
    mean: Optional[float]
    sd: Optional[float]


class WaitingTrialCause(Shape):
    class_: Literal['chemistry', 'device', 'operator', 'unknown'] = Field(alias='class')
    code: str
    message: str


class Why(Shape):
    purpose: str
    none: Optional[str] = Field(description='why there are no alternatives')
    alternatives: list[WhyAlternatives]


class WhyAlternatives(Shape):
    design: dict[str, Union[float, str]]
    row_id: Optional[str] = Field(alias='rowId')
    fidelity: str
    text: str
    mean: Optional[float]
    sd: Optional[float]
    promise: Optional[float] = Field(description='as a part of what the proposal promised')


AlarmAct = Union[AlarmActAcknowledge, AlarmActShelve, AlarmActUnshelve]
LabAct = LabActRefill
TrialAct = Union[TrialActApprove, TrialActReject, TrialActEdit, TrialActEnter, TrialActRelease, TrialActAmend, TrialActDiscard, TrialActFailed, TrialActResolve, TrialActRetry]
