import { targetFidelity } from '../../models/domain/campaign.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { primaryObjective } from '../../models/domain/standing.js';
import { prequential } from '../../models/strategy/explain/prequential.js';
import { formatExpected, formatNumber, wordingOf } from '../wording.js';
import { html, type Markup } from './html.js';
import { labelOf } from './outcome-words.js';
import { axes, colourClass, extentOf, type Frame, figure, marks, px, scaleX, scaleY } from './plot.js';

/** A trial that was measured and predicted. */
export interface ParityPoint {
  /** Which trial, and what was predicted of it, for people. */
  readonly label: string;
  readonly measured: number;
  readonly mean: number;
  /** Ends of its bar, lower end first. */
  readonly interval: readonly [number, number];
}

/** How a plot of parity is called. */
export interface ParityWords {
  readonly id: string;
  /** Place among the colours of fidelities. */
  readonly level: number;
  readonly caption: string;
  /** What it shows, for those who cannot see it. */
  readonly description: string;
  /** Whose values they are; the first objective where absent. */
  readonly outcome?: string;
}

/** Predicted against measured, a plot for each fidelity: only what the acquisition chose, as it was predicted then. */
export function parityPlots(record: CampaignRecord): Markup {
  const plots = record.campaign.spec.fidelities.map(({ name }, level) => parityPlot(record, name, level));
  const shown = plots.filter((plot) => plot !== null);
  if (shown.length === 0)
    return html`<p class="empty">No trial that a model chose (by its acquisition, the rule that says what to try next) has given a value yet.</p>`;
  return html`<div class="multiples">${shown}</div>
<p class="note">Each mark is a trial as it was predicted when it was chosen; on the line, prediction and measurement agree.
Bars are ± 2 predicted standard deviations of the value without measurement noise, widened by how far earlier trials were off;
they are cut off at the edge.${predictedShares(record)}</p>`;
}

/** How well the target trials were predicted, in a sentence. */
function predictedShares(record: CampaignRecord): string {
  const { trials, within50, within90, logScore } = prequential(record);
  if (logScore === null) return '';
  const { name } = targetFidelity(record.campaign.spec);
  return ` Of ${trials} trials at ${name}, ${within50} lay in the predicted central 50 % and ${within90} in the central 90 %; mean log score ${formatNumber(logScore)} (higher is better).`;
}

function parityPlot(record: CampaignRecord, fidelity: string, level: number): Markup | null {
  const points = pointsOf(record, fidelity, primaryObjective(record.campaign.spec).name);
  if (points.length === 0) return null;
  const inside = points.filter(({ measured, interval: [low, high] }) => low <= measured && measured <= high).length;
  return parityFigure(record, points, {
    id: `parity-plot-${level + 1}`,
    level,
    caption: `${fidelity}: ${inside} of ${points.length} within 2 sd`,
    description: `at ${fidelity}: ${points.length} trials, ${inside} within 2 standard deviations`,
  });
}

/** Predicted against measured values of the objective, with bars; one or more. */
export function parityFigure(
  record: CampaignRecord,
  points: readonly ParityPoint[],
  { id, level, caption, description, outcome }: ParityWords,
): Markup {
  const first = primaryObjective(record.campaign.spec).name;
  const wording = wordingOf(record.campaign, record.trials);
  const number = outcome === undefined || outcome === first ? wording.number : formatNumber;
  const frame: Frame = { width: 380, height: 340, left: 64, right: 16, top: 14, bottom: 48 };
  // A wide bar may end outside: the axes are those of the points.
  const range = extentOf(points.flatMap(({ measured, mean }) => [measured, mean]));
  const x = scaleX(frame, range);
  const y = scaleY(frame, x.domain() as [number, number]).domain(x.domain());
  const [low, high] = x.domain() as [number, number];
  const suffix = labelOf(record.campaign.spec, outcome ?? first);
  // One path for all bars: thousands of lines would make a heavy page.
  const ends = points.map(({ measured, interval }) => {
    const [from, to] = [Math.max(low, interval[0]), Math.min(high, interval[1])];
    return `M${Math.round(x(measured) * 10) / 10},${px(y(from))}V${px(y(to))}`;
  });
  const bars = html`<path class="bar many ${colourClass(level)}" d="${ends.join('')}"/>`;
  const body = html`${axes(frame, x, y, { x: `measured ${suffix}`, y: `predicted ${suffix}` })}
<line class="identity" x1="${px(x(low))}" y1="${px(y(low))}" x2="${px(x(high))}" y2="${px(y(high))}"/>
${bars}
${marks(
  points.map(({ label, measured, mean }) => ({
    level,
    x: x(measured),
    y: y(mean),
    tip: () => `${label}, measured ${number(measured)}`,
  })),
)}`;
  return html`<figure><figcaption>${caption}</figcaption>
${figure(id, frame, `Predicted against measured ${suffix} ${description}.`, body)}</figure>`;
}

function pointsOf(record: CampaignRecord, fidelity: string, objective: string): readonly ParityPoint[] {
  const wording = wordingOf(record.campaign, record.trials);
  return record.trials.flatMap(({ proposal, observation }) => {
    const { kind, mean, sd } = proposal.reason;
    const measured = observation?.values[objective];
    if (proposal.fidelity !== fidelity || kind !== 'acquisition' || mean === null || sd === null) return [];
    if (measured === undefined) return [];
    const label = `${proposal.id} ${wording.design(proposal.design, proposal.rowId)}: predicted ${formatExpected(mean, sd)}`;
    return [{ label, measured, mean, interval: [mean - 2 * sd, mean + 2 * sd] }];
  });
}
