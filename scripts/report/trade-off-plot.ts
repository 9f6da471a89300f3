import { curveStepAfter, line } from 'd3-shape';
import type { Objective } from '../../models/domain/campaign.js';
import type { CampaignRecord, TrialRecord } from '../../models/domain/record.js';
import { counts, goalsOf, judgedAt } from '../../models/domain/standing.js';
import { targetName, traceOf } from '../outcome.js';
import { type TradeOffs, tradeOffsOf, valuesText } from '../trade-offs.js';
import { formatNumber, type Wording, wordingOf } from '../wording.js';
import { html, type Markup } from './html.js';
import { axes, extentOf, type Frame, figure, legend, marks, px, responsive, scaleX, scaleY } from './plot.js';

/** Pairs of objectives that are drawn, at most. */
const mostPairs = 3;

/** Marks of the plot: by place in the legend. */
const kinds = ['counts, and another is better', 'none is better', 'breaks a bound, or is not known to keep it'];

/**
 * What several objectives have come to: values of trials at the target against one another, the front among them, and what it
 * covers against what had been spent by then. Nothing with one objective.
 */
export function tradeOffPlots(record: CampaignRecord): Markup | null {
  const { spec } = record.campaign;
  const trace = traceOf(record);
  const trials = trace.map(({ trial }) => trial);
  const found = tradeOffsOf(spec, trials);
  if (found === null) return null;
  const wording = wordingOf(record.campaign, record.trials);
  const { objectives } = spec;
  const pairs = objectives.slice(1, 1 + mostPairs).map((other) => [objectives[0]!, other] as const);
  return html`<h2>Trade-offs</h2>
<p class="note">${found.front.length} of the trials at ${targetName(spec)} have none that is better. They cover a hypervolume of ${formatNumber(found.hypervolume)}, from ${valuesText(spec, found.reference)}.</p>
${pairs.map((pair, i) => responsive((width, id) => scatter({ record, trials, found, wording }, pair, { width, id: `${i}${id}` })))}
${legend(kinds.slice(0, goalsOf(spec).bounds.length > 0 ? 3 : 2))}
${frontTable(record, found, wording)}
<h3>Hypervolume against cost</h3>
${responsive((width, id) => {
  const frame: Frame = { width, height: 300, left: width > 500 ? 72 : 62, right: 16, top: 14, bottom: 48 };
  const spent = trace.at(-1)!.cumulativeCost;
  const x = scaleX(frame, [0, spent])
    .domain([0, Math.max(spent, Number.MIN_VALUE)])
    .nice(6);
  const y = scaleY(frame, [0, found.hypervolume]);
  const path = line<number>(
    (_, i) => px(x(trace[i]!.cumulativeCost)),
    (covered) => px(y(covered)),
  ).curve(curveStepAfter)(found.course);
  const body = html`${axes(frame, x, y, { x: 'cost of all trials so far', y: 'hypervolume' })}
<path class="best" d="${path}"/>`;
  return figure(
    `hypervolume-plot${id}`,
    frame,
    `Hypervolume of the front against cost: ${formatNumber(found.hypervolume)} after a cost of ${formatNumber(spent)}.`,
    body,
  );
})}`;
}

/** What a plot is drawn from. */
interface Drawn {
  readonly record: CampaignRecord;
  readonly trials: readonly TrialRecord[];
  readonly found: TradeOffs;
  readonly wording: Wording;
}

function scatter(
  { record, trials, found, wording }: Drawn,
  pair: readonly [Objective, Objective],
  { width, id }: { readonly width: number; readonly id: string },
): Markup {
  const { spec } = record.campaign;
  const [across, up] = pair.map(
    ({ name }) =>
      (trial: TrialRecord) =>
        trial.observation!.values[name]!,
  );
  const inFront = new Set(found.front.map(({ trialId }) => trialId));
  const shown = trials.flatMap((trial) => {
    const judged = judgedAt(spec, trial.proposal.fidelity, trial.observation!);
    if (judged === null || judged.losses.some((loss) => loss === null)) return [];
    return [{ trial, level: inFront.has(trial.proposal.id) ? 1 : counts(judged) ? 0 : 2 }];
  });
  const frame: Frame = { width, height: 360, left: width > 500 ? 72 : 62, right: 16, top: 14, bottom: 48 };
  const x = scaleX(frame, extentOf(shown.map(({ trial }) => across!(trial))));
  const y = scaleY(frame, extentOf(shown.map(({ trial }) => up!(trial))));
  const label = ({ name, unit }: Objective) => (unit === undefined ? name : `${name} [${unit}]`);
  const body = html`${axes(frame, x, y, { x: label(pair[0]), y: label(pair[1]) })}
${marks(
  shown.map(({ trial, level }) => ({
    level,
    x: x(across!(trial)),
    y: y(up!(trial)),
    tip: () =>
      `${trial.proposal.id}: ${valuesText(spec, trial.observation!.values)}; ${wording.design(trial.proposal.design, trial.proposal.rowId)}`,
    size: level === 1 ? 70 : 36,
  })),
)}`;
  const names = pair.map(({ name }) => name).join(' and ');
  return figure(
    `trade-off-plot${id}`,
    frame,
    `Values of ${names} of ${shown.length} trials, ${found.front.length} of them in the front.`,
    body,
  );
}

/** The trials of the front with the values of all objectives. */
function frontTable({ campaign }: CampaignRecord, { front }: TradeOffs, wording: Wording): Markup {
  const { objectives } = campaign.spec;
  return html`<div class="wide" id="front"><table><thead><tr><th scope="col">trial</th><th scope="col">design</th>${objectives.map(({ name, unit }) => html`<th scope="col" class="number">${unit === undefined ? name : `${name} [${unit}]`}</th>`)}</tr></thead>
<tbody>${front.map(
    ({ trialId, values, design, rowId }) =>
      html`<tr><th scope="row">${trialId}</th><td>${wording.design(design, rowId)}</td>${objectives.map(({ name }) => html`<td class="number">${formatNumber(values[name]!)}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}
