import type { CampaignRecord, TrialRecord } from '../../models/domain/record.js';
import { substancesOf } from '../../models/domain/space.js';
import { bestOf, objectiveOf } from '../outcome.js';
import { formatExpected, formatNumber, formatSd, wordingOf } from '../wording.js';
import type { Depictions } from './depictions.js';
import { html, type Markup } from './html.js';
import { mark } from './plot.js';

/** All trials in the order of their ids: what, where, measured, predicted, cost, and what became of it. */
export function trialsTable(record: CampaignRecord, depictions: Depictions): Markup {
  const { spec } = record.campaign;
  const { name, unit } = objectiveOf(spec);
  const best = bestOf(spec, record.trials)?.trialId;
  const suffix = unit === undefined ? '' : ` [${unit}]`;
  return html`<div class="wide"><table>
<thead><tr><th scope="col">trial</th><th scope="col">design</th><th scope="col">fidelity</th>
<th scope="col" class="number">${name}${suffix}</th><th scope="col" class="number">predicted ± sd${suffix}</th>
<th scope="col" class="number">cost</th><th scope="col">outcome</th><th scope="col">why</th></tr></thead>
<tbody>${record.trials.map((trial) => row(record, trial, depictions, trial.proposal.id === best))}</tbody>
</table></div>`;
}

function row(record: CampaignRecord, trial: TrialRecord, depictions: Depictions, isBest: boolean): Markup {
  const { proposal, observation, state } = trial;
  const { mean, sd, text } = proposal.reason;
  const predicted = mean === null ? '' : sd === null ? formatNumber(mean) : formatExpected(mean, sd);
  const cost = observation === null ? '' : formatNumber(observation.cost);
  return html`<tr class="${isBest ? 'best-row' : (observation?.outcome ?? state)}">
<th scope="row">${proposal.id.slice(record.campaign.id.length + 1)}${isBest ? html` <strong>best</strong>` : null}</th>
<td>${designCell(record, trial, depictions)}</td><td class="level">${fidelityMark(record, proposal.fidelity)} ${proposal.fidelity}</td>
<td class="number">${valueText(record, trial)}</td><td class="number">${predicted}</td><td class="number">${cost}</td>
<td>${outcomeCell(trial)}</td><td class="why">${text}</td></tr>
`;
}

function designCell(record: CampaignRecord, { proposal }: TrialRecord, depictions: Depictions): Markup {
  const { space } = record.campaign;
  const wording = wordingOf(record.campaign, record.trials);
  const { design, rowId } = proposal;
  const substances = substancesOf(space, design);
  const values = space.parameters
    .filter(({ name }) => design[name] !== undefined && design[name] !== substances[name])
    .map(({ name }) => html`<span class="pair">${name} ${wording.parameter(design, name)}</span> `);
  const drawings = Object.values(substances).map((smiles) => depictions.show(smiles));
  return html`${rowId === null ? null : html`<b>${rowId}</b> `}${values}${drawings}`;
}

function fidelityMark(record: CampaignRecord, fidelity: string): Markup {
  const level = record.campaign.spec.fidelities.findIndex(({ name }) => name === fidelity);
  return html`<svg width="14" height="14" aria-hidden="true">${mark(level, 7, 7, fidelity)}</svg>`;
}

function valueText(record: CampaignRecord, { observation }: TrialRecord): string {
  const { name } = objectiveOf(record.campaign.spec);
  const value = observation?.values[name];
  if (value === undefined) return '';
  const noise = observation?.noise[name];
  const shown = wordingOf(record.campaign, record.trials).number(value);
  return noise === undefined || noise === 0 ? shown : `${shown} ± ${formatSd(noise)}`;
}

function outcomeCell({ state, observation }: TrialRecord): Markup {
  if (observation === null) return html`${state}`;
  const { outcome, cause } = observation;
  if (cause === null) return html`${outcome}`;
  return html`${outcome}: ${cause.class}, ${cause.code}<br><small>${cause.message}</small>`;
}
