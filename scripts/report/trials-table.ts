import type { CampaignSpec } from '../../models/domain/campaign.js';
import { type CampaignRecord, spentOn, type TrialRecord, timesRun } from '../../models/domain/record.js';
import { primaryObjective } from '../../models/domain/standing.js';
import { purposesOf } from '../../models/strategy/explain/purpose.js';
import { achievedText } from '../achieved-text.js';
import { failureLine } from '../failure-line.js';
import { bestOf } from '../outcome.js';
import type { ToldStep } from '../record/told-steps.js';
import { rulingLine } from '../ruling-line.js';
import { formatExpected, formatNumber, formatSd, wordingOf } from '../wording.js';
import type { Depictions } from './depictions.js';
import { designCell } from './design-cell.js';
import { html, type Markup } from './html.js';
import { stepsList } from './steps-list.js';

/** Trials up to which the table is open from the start. */
const mostOpen = 500;

/**
 * All trials in the order of their ids, a line each: what, where, measured, expected, cost, and what became of it. Why it
 * was chosen, its molecules, its steps and the whole of an error are in the line, and drawn when it is opened.
 */
export function trialsTable(record: CampaignRecord, depictions: Depictions, steps: readonly ToldStep[] = []): Markup {
  const { spec } = record.campaign;
  const { name, unit } = primaryObjective(spec);
  const best = bestOf(spec, record.trials)?.trialId;
  const suffix = unit === undefined ? '' : ` [${unit}]`;
  const byTrial = new Map<string, ToldStep[]>();
  for (const step of steps) byTrial.set(step.trial, [...(byTrial.get(step.trial) ?? []), step]);
  const table = html`<div class="wide" id="trials"><table class="sortable">
<thead><tr><th scope="col">trial</th><th scope="col">design</th><th scope="col">fidelity</th>
<th scope="col" class="number">${name}${suffix}</th>${furtherOutcomes(spec).map((outcome) => html`<th scope="col" class="number">${outcome.name}${outcome.unit === undefined ? '' : ` [${outcome.unit}]`}</th>`)}<th scope="col" class="number">expected ± sd${suffix}</th>
<th scope="col" class="number">cost</th><th scope="col">outcome</th></tr></thead>
<tbody>${record.trials.map((trial, at) => row(record, trial, depictions, { at, isBest: trial.proposal.id === best, steps: byTrial.get(trial.proposal.id) ?? [] }))}</tbody>
</table></div>`;
  // What is closed is not laid out, so that a page of thousands of trials opens at once.
  if (record.trials.length <= mostOpen) return table;
  return html`<details id="all-trials"><summary>All ${record.trials.length} trials</summary>${table}</details>`;
}

function row(
  record: CampaignRecord,
  trial: TrialRecord,
  depictions: Depictions,
  { at, isBest, steps }: { readonly at: number; readonly isBest: boolean; readonly steps: readonly ToldStep[] },
): Markup {
  const { proposal, observation, state } = trial;
  const { mean, sd } = proposal.reason;
  const expected = mean === null ? '' : sd === null ? formatNumber(mean) : formatExpected(mean, sd);
  const cost = observation === null ? '' : formatNumber(spentOn(trial));
  const further = furtherOutcomes(record.campaign.spec).map(({ name }) => observation?.values[name]);
  return html`<tr class="${isBest ? 'best-row' : (observation?.outcome ?? state)}" data-at="${at}"><th scope="row" data-key="${at}">${proposal.id.slice(record.campaign.id.length + 1)}${isBest ? html` <strong>best</strong>` : null}</th><td>${design(record, trial, depictions, steps)}</td><td>${proposal.fidelity}</td><td class="number">${valueText(record, trial)}</td>${further.map((value) => html`<td class="number">${value === undefined ? '' : formatNumber(value)}</td>`)}<td class="number">${expected}</td><td class="number">${cost}</td><td>${outcomeCell(trial)}${rulingLines(trial)}</td></tr>
`;
}

/** What is measured beside the first objective. */
function furtherOutcomes({ objectives, outcomes = [] }: CampaignSpec) {
  return [...objectives.slice(1), ...outcomes];
}

function design(
  record: CampaignRecord,
  { proposal, observation }: TrialRecord,
  depictions: Depictions,
  steps: readonly ToldStep[],
): Markup {
  const cause = observation?.cause ?? null;
  return html`<details><summary>${designCell(record, proposal, null)}</summary><p class="why">${purposesOf(record.campaign.spec, record.trials).get(proposal.id)}: ${proposal.reason.text}</p>${depictions.of(
    proposal.design,
  )}${observation?.achieved === undefined ? null : html`<p>achieved: ${achievedText(observation.achieved)}</p>`}${cause === null ? null : html`<pre>${cause.class}, ${cause.code}: ${cause.message}</pre>`}${stepsList(record, steps)}</details>`;
}

function valueText(record: CampaignRecord, { observation }: TrialRecord): string {
  const { name } = primaryObjective(record.campaign.spec);
  const value = observation?.values[name];
  if (value === undefined) return '';
  const noise = observation?.noise[name];
  const shown = wordingOf(record.campaign, record.trials).number(value);
  return noise === undefined || noise === 0 ? shown : `${shown} ± ${formatSd(noise)}`;
}

function rulingLines({ rulings = [] }: TrialRecord): readonly Markup[] {
  return rulings.map((ruling) => html`<br><small>${rulingLine(ruling)}</small>`);
}

function outcomeCell({ state, observation, earlier = [] }: TrialRecord): string {
  if (observation === null) return state;
  const { outcome, cause } = observation;
  const times = timesRun({ earlier });
  const again = times === 1 ? '' : `, ${times} times run`;
  return `${cause === null ? outcome : `${outcome}: ${cause.class}, ${failureLine(cause)}`}${again}`;
}
