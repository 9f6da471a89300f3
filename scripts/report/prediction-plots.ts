import type { CampaignRecord } from '../../models/domain/record.js';
import { isWithin, type PredictedTrial, predictedTrials } from '../../models/strategy/explain/prequential.js';
import { type Course, coursePlot } from './course-plot.js';
import { html, type Markup } from './html.js';

/** Trials at a fidelity from which on their shares are drawn: of fewer, they jump. */
const fewest = 3;

/** How well trials were predicted as the campaign went on: share in 90 % intervals and log score; null with too few. */
export function predictionPlots(record: CampaignRecord): Markup | null {
  const { spec } = record.campaign;
  const all = predictedTrials(spec, record.trials);
  const courses = (of: (one: PredictedTrial) => number): Course[] =>
    spec.fidelities.flatMap(({ name }, colour) => {
      const own = all.filter((one) => one.level === colour);
      if (own.length < fewest) return [];
      return [{ name, colour, steps: runningMeans(own.map(of)).slice(fewest - 1) }];
    });
  const shares = courses((one) => (isWithin(one, 0.9) ? 1 : 0));
  if (shares.length === 0) return null;
  return html`<div class="multiples"><figure><figcaption>In the predicted 90 % interval, share so far</figcaption>
${coursePlot(shares, { id: 'coverage-plot', titles: { x: 'trials predicted', y: 'share' }, range: [0, 1], wanted: 0.9, width: 380 })}</figure>
<figure><figcaption>Log score of the predictions, mean so far</figcaption>
${coursePlot(
  courses((one) => one.logDensity),
  { id: 'score-plot', titles: { x: 'trials predicted', y: 'log density' }, width: 380 },
)}</figure></div>`;
}

/** Mean of the first values, after each of them. */
function runningMeans(values: readonly number[]): (readonly [number, number])[] {
  let sum = 0;
  return values.map((value, i) => {
    sum += value;
    return [i + 1, sum / (i + 1)] as const;
  });
}
