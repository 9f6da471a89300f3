import { targetFidelity } from '../../models/domain/campaign.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { prequential } from '../../models/strategy/prequential.js';
import { objectiveOf } from '../outcome.js';
import { formatExpected, formatNumber, wordingOf } from '../wording.js';
import { html, type Markup } from './html.js';
import { axes, colourClass, extentOf, type Frame, figure, mark, px, scaleX, scaleY } from './plot.js';

interface Point {
  readonly label: string;
  readonly measured: number;
  readonly mean: number;
  readonly sd: number;
}

/** Predicted against measured, a plot for each fidelity: only what the acquisition chose, as it was predicted then. */
export function parityPlots(record: CampaignRecord): Markup {
  const plots = record.campaign.spec.fidelities.map(({ name }, level) => parityPlot(record, name, level));
  const shown = plots.filter((plot) => plot !== null);
  if (shown.length === 0) return html`<p class="empty">No trial that the acquisition chose has given a value yet.</p>`;
  return html`<div class="multiples">${shown}</div>
<p class="note">Each mark is a trial as it was predicted when it was chosen; bars are ± 2 predicted standard deviations
of the value without measurement noise, widened by how far earlier trials were off. On the line, prediction and measurement
agree.${foretold(record)}</p>`;
}

/** How well the target trials were foretold, in a sentence. */
function foretold(record: CampaignRecord): string {
  const { trials, within50, within90, logScore } = prequential(record);
  if (logScore === null) return '';
  const { name } = targetFidelity(record.campaign.spec);
  return ` Of ${trials} trials at ${name}, ${within50} lay in the central 50 % foretold and ${within90} in the central 90 %; mean log score ${formatNumber(logScore)}.`;
}

function parityPlot(record: CampaignRecord, fidelity: string, level: number): Markup | null {
  const { name, unit } = objectiveOf(record.campaign.spec);
  const points = pointsOf(record, fidelity, name);
  if (points.length === 0) return null;
  const wording = wordingOf(record.campaign, record.trials);
  const frame: Frame = { width: 380, height: 340, left: 64, right: 16, top: 14, bottom: 48 };
  const range = extentOf(points.flatMap(({ measured, mean, sd }) => [measured, mean - 2 * sd, mean + 2 * sd]));
  const x = scaleX(frame, range);
  const y = scaleY(frame, x.domain() as [number, number]).domain(x.domain());
  const [low, high] = x.domain() as [number, number];
  const suffix = unit === undefined ? name : `${name} [${unit}]`;
  const inside = points.filter(({ measured, mean, sd }) => Math.abs(measured - mean) <= 2 * sd).length;
  const body = html`${axes(frame, x, y, { x: `measured ${suffix}`, y: `predicted ${suffix}` })}
<line class="identity" x1="${px(x(low))}" y1="${px(y(low))}" x2="${px(x(high))}" y2="${px(y(high))}"/>
${points.map(
  ({ measured, mean, sd }) =>
    html`<line class="bar ${colourClass(level)}" x1="${px(x(measured))}" x2="${px(x(measured))}" y1="${px(y(mean - 2 * sd))}" y2="${px(y(mean + 2 * sd))}"/>`,
)}
${points.map(({ label, measured, mean, sd }) =>
  mark(
    level,
    x(measured),
    y(mean),
    `${label}: predicted ${formatExpected(mean, sd)}, measured ${wording.number(measured)}`,
  ),
)}`;
  const description = `Predicted against measured ${suffix} at ${fidelity}: ${points.length} trials, ${inside} within 2 standard deviations.`;
  return html`<figure><figcaption>${fidelity}: ${inside} of ${points.length} within 2 sd</figcaption>
${figure(`parity-plot-${level + 1}`, frame, description, body)}</figure>`;
}

function pointsOf(record: CampaignRecord, fidelity: string, objective: string): readonly Point[] {
  const wording = wordingOf(record.campaign, record.trials);
  return record.trials.flatMap(({ proposal, observation }) => {
    const { kind, mean, sd } = proposal.reason;
    const measured = observation?.values[objective];
    if (proposal.fidelity !== fidelity || kind !== 'acquisition' || mean === null || sd === null) return [];
    if (measured === undefined) return [];
    return [{ label: `${proposal.id} ${wording.design(proposal.design, proposal.rowId)}`, measured, mean, sd }];
  });
}
