import type { CampaignRecord } from '../../models/domain/record.js';
import type { OutcomeInsight } from '../../models/strategy/explain/insight.js';
import { formatSd } from '../wording.js';
import { html, type Markup } from './html.js';
import type { OutcomeWords } from './outcome-words.js';
import { type ParityPoint, parityFigure } from './parity-plot.js';
import { axes, type Frame, figure, px, scaleX, scaleY } from './plot.js';

/** An outcome of each target trial as all others predict it, and how often values lie where they are said to; null of none. */
export function leftOutPlots(
  record: CampaignRecord,
  { name, leaveOneOut: { trials, r2, coverage } }: OutcomeInsight,
  { of, suffix }: OutcomeWords,
): Markup | null {
  if (trials.length === 0) return null;
  const level = record.campaign.spec.fidelities.length - 1;
  const points = trials.map(
    ({ trialId, measured, predicted, interval }): ParityPoint => ({
      ...{ measured, mean: predicted, interval },
      label: `${trialId}: predicted ${formatSd(predicted)} (${formatSd(interval[0])} to ${formatSd(interval[1])})`,
    }),
  );
  const inside = coverage.find(({ nominal }) => nominal === 0.9)!.covered;
  const description = `of ${trials.length} trials, each predicted from all others`;
  const caption = `${Math.round(100 * inside)} % of ${trials.length} in the 90 % interval${r2 === null ? '' : `, R² ${formatSd(r2)}`}`;
  return html`<h2>Each trial predicted from all others${of}</h2>
<div class="multiples">${parityFigure(record, points, { id: `left-out-plot${suffix}`, level, caption, description, outcome: name })}
${calibrationFigure(
  trials.map(({ rank }) => rank),
  `calibration-plot${suffix}`,
)}</div>
<p class="note">By the models after the last trial, each of them without the trial itself; bars hold a measured value of ${name} nine times in ten.
Where the line of the second plot keeps to the diagonal, intervals hold as often as they say; below it they are too narrow.</p>`;
}

/** Share of values in central intervals against the probability of these. */
function calibrationFigure(ranks: readonly number[], id: string): Markup {
  const frame: Frame = { width: 380, height: 340, left: 64, right: 16, top: 14, bottom: 48 };
  const [x, y] = [scaleX(frame, [0, 1]).domain([0, 1]), scaleY(frame, [0, 1]).domain([0, 1])];
  const needed = ranks.map((rank) => Math.abs(2 * rank - 1)).sort((a, b) => a - b);
  const corners = needed.flatMap((probability, i) => [
    `${px(x(probability))},${px(y(i / needed.length))}`,
    `${px(x(probability))},${px(y((i + 1) / needed.length))}`,
  ]);
  const path = [`${px(x(0))},${px(y(0))}`, ...corners, `${px(x(1))},${px(y(1))}`].join('L');
  const body = html`${axes(frame, x, y, { x: 'probability of the interval', y: 'share of values in it' })}
<line class="identity" x1="${px(x(0))}" y1="${px(y(0))}" x2="${px(x(1))}" y2="${px(y(1))}"/>
<path class="curve course0" d="M${path}"/>`;
  const half = needed.filter((probability) => probability <= 0.5).length / needed.length;
  return html`<figure><figcaption>Calibration</figcaption>
${figure(id, frame, `Share of values in central intervals: ${formatSd(half)} in those of 0.5.`, body)}</figure>`;
}
