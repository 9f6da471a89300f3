import { targetFidelity } from '../../models/domain/campaign.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { primaryObjective } from '../../models/domain/standing.js';
import { prequential } from '../../models/strategy/explain/prequential.js';
import { formatExpected, formatNumber, wordingOf } from '../wording.js';
import { html, type Markup } from './html.js';
import { axes, colourClass, extentOf, type Frame, figure, marks, px, scaleX, scaleY } from './plot.js';

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
  const { name, unit } = primaryObjective(record.campaign.spec);
  const points = pointsOf(record, fidelity, name);
  if (points.length === 0) return null;
  const wording = wordingOf(record.campaign, record.trials);
  const frame: Frame = { width: 380, height: 340, left: 64, right: 16, top: 14, bottom: 48 };
  // A wide bar may end outside: the axes are those of the points.
  const range = extentOf(points.flatMap(({ measured, mean }) => [measured, mean]));
  const x = scaleX(frame, range);
  const y = scaleY(frame, x.domain() as [number, number]).domain(x.domain());
  const [low, high] = x.domain() as [number, number];
  const suffix = unit === undefined ? name : `${name} [${unit}]`;
  const inside = points.filter(({ measured, mean, sd }) => Math.abs(measured - mean) <= 2 * sd).length;
  // One path for all bars: thousands of lines would make a heavy page.
  const ends = points.map(({ measured, mean, sd }) => {
    const [from, to] = [Math.max(low, mean - 2 * sd), Math.min(high, mean + 2 * sd)];
    return `M${Math.round(x(measured) * 10) / 10},${px(y(from))}V${px(y(to))}`;
  });
  const bars = html`<path class="bar many ${colourClass(level)}" style="stroke-width:1" d="${ends.join('')}"/>`;
  const body = html`${axes(frame, x, y, { x: `measured ${suffix}`, y: `predicted ${suffix}` })}
<line class="identity" x1="${px(x(low))}" y1="${px(y(low))}" x2="${px(x(high))}" y2="${px(y(high))}"/>
${bars}
${marks(
  points.map(({ label, measured, mean, sd }) => ({
    level,
    x: x(measured),
    y: y(mean),
    tip: () => `${label}: predicted ${formatExpected(mean, sd)}, measured ${wording.number(measured)}`,
  })),
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
