import { placeRun } from '../../models/domain/achieved.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { byFirstObjective, judgedAt, primaryObjective } from '../../models/domain/standing.js';
import type { Foreseen } from '../../models/strategy/explain/outlook.js';
import { targetName } from '../outcome.js';
import { notCountingText } from '../passed-over.js';
import { formatNumber, formatSd, wordingOf } from '../wording.js';
import type { Depictions } from './depictions.js';
import { designCell } from './design-cell.js';
import { html, type Markup } from './html.js';
import { labelOf } from './outcome-words.js';

/** Trials that are named as the best. */
const named = 10;

/** The best trials at the target, best first, those that keep all bounds before others; of equals the earlier one. */
export function bestTrials({ campaign, trials }: CampaignRecord) {
  const { spec } = campaign;
  const { name } = primaryObjective(spec);
  return trials
    .flatMap(({ proposal, observation }) => {
      const value = observation?.values[name];
      if (proposal.fidelity !== targetName(spec) || observation?.outcome !== 'measured' || value === undefined)
        return [];
      // As it was run, where that is another design than was asked for.
      const place = placeRun(proposal, observation);
      const judged = judgedAt(spec, proposal.fidelity, observation)!;
      const why = notCountingText(spec, observation.values);
      return [{ id: proposal.id, place, value, noise: observation.noise[name] ?? 0, judged, why }];
    })
    .sort((a, b) => byFirstObjective(a.judged, b.judged))
    .slice(0, named);
}

/** The best of what was measured; null before anything was. */
export function topTable(record: CampaignRecord, depictions: Depictions): Markup | null {
  const best = bestTrials(record);
  if (best.length === 0) return null;
  const { campaign } = record;
  const isWhole = best.every(({ why }) => why === null);
  return html`<h2>The best measured</h2>
<div class="wide" id="top"><table><thead><tr><th scope="col">place</th><th scope="col" class="number">${unitName(record)}</th><th scope="col">design</th><th scope="col">trial</th>${isWhole ? null : html`<th scope="col">does not count, as</th>`}</tr></thead>
<tbody>${best.map(
    ({ id, place, value, noise, why }, i) =>
      html`<tr><th scope="row">${i + 1}</th><td class="number">${wordingOf(campaign, record.trials).number(value)}${noise > 0 ? ` ± ${formatSd(noise)}` : null}</td><td>${designCell(record, place, depictions)}</td><td>${id.slice(campaign.id.length + 1)}</td>${isWhole ? null : html`<td>${why}</td>`}</tr>`,
  )}</tbody></table></div>`;
}

/** What is expected of designs that nobody has measured at the target; null where nothing is known. */
export function untriedTable(
  record: CampaignRecord,
  untried: readonly Foreseen[],
  depictions: Depictions,
): Markup | null {
  if (untried.length === 0) return null;
  const { spec } = record.campaign;
  const further = (untried[0]!.outcomes ?? []).map(({ name }) => name);
  const heads = [unitName(record), ...further.map((name) => labelOf(spec, name))];
  const ranges = ({ expected, interval: [low, high] }: Pick<Foreseen, 'expected' | 'interval'>) =>
    html`<td class="number">${rounded(expected, high - low)}</td><td class="number">${rounded(low, high - low)} to ${rounded(high, high - low)}</td>`;
  const order =
    further.length === 0
      ? ''
      : ' They stand in the order of what they are expected to add to the goals, those that are to break a bound last.';
  return html`<h2>The best not yet tried</h2>
<div class="wide" id="untried"><table><thead><tr><th scope="col">place</th>${heads.map((head) => html`<th scope="col" class="number">expected ${head}</th><th scope="col" class="number">nine times in ten between</th>`)}<th scope="col">design</th></tr></thead>
<tbody>${untried.map(
    ({ outcomes = [], ...one }, i) =>
      html`<tr><th scope="row">${i + 1}</th>${[one, ...outcomes].map(ranges)}<td>${designCell(record, one, depictions)}</td></tr>`,
  )}</tbody></table></div>
<p class="note">Expected at ${targetName(spec)} by the models after the last trial: guesses, not results.${order} Where
the ranges overlap, the order says little.</p>`;
}

/** A number with the digits that an uncertainty of this width leaves. */
function rounded(value: number, width: number): string {
  if (!(width > 0)) return formatNumber(value);
  const decimals = Math.min(12, Math.max(0, 2 - Math.floor(Math.log10(width))));
  return formatNumber(Number(value.toFixed(decimals)));
}

function unitName({ campaign }: CampaignRecord): string {
  const { name, unit } = primaryObjective(campaign.spec);
  return unit === undefined ? name : `${name} [${unit}]`;
}
