"""How a campaign shows itself in a notebook: one piece of HTML, without scripts, from nowhere else."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Optional

from .models import Campaign, Trial, WaitingTrial

_ROWS = 8
_WIDTH, _HEIGHT = 420, 110


def campaign_html(report: Campaign, trials: Sequence[Trial], waiting: Sequence[WaitingTrial]) -> str:
    """Where it stands, what waits for a person, its values in the order of the trials, and the last trials."""
    stop = "" if report.stop is None else f": {_text(report.stop.text)}"
    facts = [
        f"{report.measured} measured",
        *([f"{report.failed} failed"] if report.failed else []),
        *([f"{report.quarantined} quarantined"] if report.quarantined else []),
        f"{report.running} running",
        f"spent {report.spent:g}{_of(report)}",
    ]
    best = "nothing yet" if report.best is None else f"{report.best.value:g} ({_text(report.best.trial_id)})"
    parts = [
        f"<h3 style='margin:0'>{_text(report.name)} <small>{report.phase}{stop}</small></h3>",
        f"<p style='margin:.2em 0'>{' · '.join(facts)}<br>best: <b>{best}</b></p>",
    ]
    if report.problem is not None:
        parts.append(f"<p style='margin:.2em 0'><b>stands still:</b> {_text(report.problem)}</p>")
    if report.worked is False and report.phase != "stopped":
        parts.append("<p style='margin:.2em 0'><b>no worker does its work</b>: start <code>athanor worker</code></p>")
    if waiting:
        parts.append(f"<p style='margin:.4em 0 0'>waits for a person ({len(waiting)})</p>")
        rows = [[t.trial_id, t.needs, _design(t.design), t.reason.text] for t in waiting[:_ROWS]]
        parts.append(_table(["trial", "needs", "design", "why"], rows))
    parts.append(_curve(trials))
    ended = [trial for trial in trials if trial.state == "ended"][-_ROWS:]
    if ended:
        rows = [[t.id, _design(t.design), _values(t), t.outcome or "", t.fidelity] for t in reversed(ended)]
        parts.append(_table(["trial", "design", "values", "outcome", "fidelity"], rows))
    return f"<div style='font-family:system-ui,sans-serif'>{''.join(parts)}</div>"


def _text(text: str) -> str:
    return html.escape(text, quote=True)


def _of(report: Campaign) -> str:
    budget = report.budget
    if budget is None:
        return ""
    told = [f"{budget.cost:g}"] if budget.cost is not None else []
    trials = [f"{budget.trials:g} trials"] if budget.trials is not None else []
    return f" of {' and '.join(told + trials)}" if told or trials else ""


def _design(design: dict[str, float | str]) -> str:
    return ", ".join(f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}" for name, value in design.items())


def _values(trial: Trial) -> str:
    def told(name: str, value: float) -> str:
        noise = trial.noise.get(name)
        return f"{name} {value:g}" + ("" if noise is None else f" ± {noise:g}")

    return ", ".join(told(name, value) for name, value in trial.values.items())


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f"<th style='text-align:left'>{_text(name)}</th>" for name in head)
    body = "".join(f"<tr>{''.join(f'<td style=text-align:left>{_text(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _curve(trials: Sequence[Trial]) -> str:
    measured = [trial for trial in trials if trial.outcome == "measured" and trial.values]
    name: Optional[str] = next(iter(measured[0].values), None) if measured else None
    values = [trial.values[name] for trial in measured if name in trial.values] if name is not None else []
    if name is None or len(values) < 2:
        return ""
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    step = (_WIDTH - 20) / (len(values) - 1)
    dots = "".join(
        f"<circle cx='{10 + i * step:.1f}' cy='{_HEIGHT - 10 - (value - low) / span * (_HEIGHT - 20):.1f}' r='3'/>"
        for i, value in enumerate(values)
    )
    label = _text(f"{name} of {len(values)} trials, from {low:g} to {high:g}")
    return (
        f"<figure style='margin:.5em 0'><svg role='img' aria-label='{label}' width='{_WIDTH}' height='{_HEIGHT}' "
        f"fill='currentColor'><title>{label}</title>{dots}</svg><figcaption><small>{label}</small></figcaption></figure>"
    )
