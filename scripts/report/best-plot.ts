import { curveStepAfter, line } from 'd3-shape';
import type { CampaignRecord } from '../../models/domain/record.js';
import { primaryObjective } from '../../models/domain/standing.js';
import { type TraceStep, targetName, traceOf } from '../outcome.js';
import { formatNumber, wordingOf } from '../wording.js';
import { html, type Markup } from './html.js';
import { axes, extentOf, type Frame, figure, legend, marks, px, responsive, scaleX, scaleY } from './plot.js';

/**
 * Best value at the target fidelity against what had been spent by then. Trials at the target stand at their values; the
 * strips below show when the trials of each fidelity ended.
 */
export function bestPlot(record: CampaignRecord): Markup {
  const { spec } = record.campaign;
  const wording = wordingOf(record.campaign, record.trials);
  const trace = traceOf(record);
  const target = targetName(spec);
  const { name, unit } = primaryObjective(spec);
  const measured = trace.filter(
    ({ trial }) => trial.proposal.fidelity === target && trial.observation!.outcome === 'measured',
  );
  if (measured.length === 0) return html`<p class="empty">Nothing has been measured at the target fidelity yet.</p>`;
  const names = spec.fidelities.map((fidelity) => fidelity.name);
  // With one fidelity the marks on the line say it all.
  const strips = names.length > 1 ? 14 * names.length : 0;
  const valueAt = (step: TraceStep) => step.trial.observation!.values[name]!;
  const drawing = (width: number, id: string) => {
    const frame: Frame = {
      width,
      height: 360 + strips,
      left: width > 500 ? 72 : 62,
      right: 16,
      top: 14,
      bottom: 48 + strips,
    };
    const spent = trace.at(-1)!.cumulativeCost;
    const x = scaleX(frame, [0, spent])
      .domain([0, Math.max(spent, Number.MIN_VALUE)])
      .nice(6);
    const y = scaleY(frame, extentOf(measured.map(valueAt)));
    const bests = trace.filter((step) => step.best !== null);
    const path = line<TraceStep>(
      (step) => px(x(step.cumulativeCost)),
      (step) => px(y(step.best!)),
    ).curve(curveStepAfter)(bests);
    const level = names.length - 1;
    const label = unit === undefined ? name : `${name} [${unit}]`;
    const body = html`${axes({ ...frame, height: frame.height - strips, bottom: 48 }, x, y, {
      x: 'cost of all trials so far',
      y: `${label} at ${target}`,
    })}
${bests.length === 0 ? '' : html`<path class="best" d="${path}"/>`}
${marks(measured.map((step) => ({ level, x: x(step.cumulativeCost), y: y(valueAt(step)), tip: () => tipOf(record, step) })))}
${(strips > 0 ? names : []).map((fidelity, i) => strip(record, trace, fidelity, i, x, frame.height - strips + 14 * i))}`;
    const [first] = bests;
    const told =
      first === undefined
        ? 'nothing that was measured keeps its bounds yet'
        : `${wording.value(first.best!)} at first, ${wording.value(bests.at(-1)!.best!)} after a cost of ${formatNumber(spent)}`;
    const description = `Best ${label} at ${target} against cost: ${told}.`;
    return figure(`best-plot${id}`, frame, description, body);
  };
  return html`${responsive(drawing)}${legend(names)}`;
}

function strip(
  record: CampaignRecord,
  trace: readonly TraceStep[],
  fidelity: string,
  level: number,
  x: (value: number) => number,
  top: number,
): Markup {
  const steps = trace.filter(({ trial }) => trial.proposal.fidelity === fidelity);
  const spots = steps.map((step) => ({
    level,
    x: x(step.cumulativeCost),
    y: top + 7,
    tip: () => tipOf(record, step),
    size: step.trial.observation!.outcome === 'measured' ? 20 : 6,
  }));
  return html`<g class="strip">${marks(spots)}</g>`;
}

function tipOf(record: CampaignRecord, { trial: { proposal, observation } }: TraceStep): string {
  const { spec } = record.campaign;
  const wording = wordingOf(record.campaign, record.trials);
  const value = observation!.values[primaryObjective(spec).name];
  const told = value === undefined ? observation!.outcome : wording.value(value);
  return `${proposal.id}: ${wording.design(proposal.design, proposal.rowId)} at ${proposal.fidelity}: ${told}`;
}
