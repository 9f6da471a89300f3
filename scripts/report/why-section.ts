import type { Reason } from '../../models/domain/proposal.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { primaryObjective } from '../../models/domain/standing.js';
import type { Alternative, Why } from '../../models/strategy/explain/why.js';
import { formatExpected, formatSd } from '../wording.js';
import type { Depictions } from './depictions.js';
import { designCell } from './design-cell.js';
import { html, type Markup } from './html.js';

/** Why a trial was proposed, and the candidates that it was preferred to, with their molecules drawn. */
export function whySection(
  record: CampaignRecord,
  { proposal, purpose, alternatives, none }: Why,
  depictions: Depictions,
): Markup {
  const chosen: Pick<Alternative, 'design' | 'rowId' | 'fidelity' | 'reason' | 'promise'> = { ...proposal, promise: 1 };
  const table =
    none === null
      ? html`<div class="wide" id="alternatives"><table><thead><tr><th scope="col">place</th><th scope="col">design</th><th scope="col">fidelity</th>${heads(record, proposal.reason)}<th scope="col" class="number">${proposal.reason.acquisition}</th><th scope="col" class="number">of what it promised</th></tr></thead>
<tbody>${[chosen, ...alternatives].map((one, i) => row(record, one, i, depictions))}</tbody></table></div>
<p class="note">The next best candidates at its time, computed again from its record; in spaces without a list, each at least a twentieth of a range
from the others, and one above 100 % is what the search for the proposal missed.</p>`
      : html`<p class="note">No alternatives: ${none}.</p>`;
  return html`<h2>Why it was asked</h2>
<p class="why" id="why">${proposal.id}, to ${purpose}: ${proposal.reason.text}.</p>
${table}`;
}

function row(
  record: CampaignRecord,
  { design, rowId, fidelity, reason, promise }: Alternative,
  at: number,
  depictions: Depictions,
): Markup {
  const { value } = reason;
  return html`<tr class="${at === 0 ? 'best-row' : ''}"><th scope="row">${at === 0 ? 'chosen' : at}</th><td>${designCell(record, { design, rowId }, depictions)}</td><td>${fidelity}</td>${cells(record, reason)}<td class="number">${value === null ? '' : formatSd(value)}</td><td class="number">${promise === null ? '' : `${formatSd(100 * promise)} %`}</td></tr>
`;
}

/** Outcomes beside the first that are objectives, in the order of the reason. */
function furtherOf({ campaign: { spec } }: CampaignRecord, { outcomes = [] }: Reason) {
  return outcomes.filter(({ name }) => spec.objectives.some((one) => one.name === name));
}

/** Heads of what was expected at the target: one of a single objective, else one for each, and of bounds and what all comes to. */
function heads(record: CampaignRecord, reason: Reason): Markup[] {
  const further = furtherOf(record, reason);
  const { within, gain } = reason;
  const first = primaryObjective(record.campaign.spec).name;
  const names =
    further.length === 0
      ? ['expected at the target']
      : [first, ...further.map(({ name }) => name)].map((name) => `${name} expected at the target`);
  const all = [
    ...names,
    ...(within === undefined ? [] : ['bounds kept']),
    ...(gain === undefined ? [] : [`${gain.of} added on average`]),
  ];
  return all.map((name) => html`<th scope="col" class="number">${name}</th>`);
}

function cells(record: CampaignRecord, reason: Reason): Markup[] {
  const { targetMean, targetSd, within, gain } = reason;
  const expected = (mean: number | null, sd: number | null) =>
    mean === null || sd === null ? '' : formatExpected(mean, sd);
  const all = [
    expected(targetMean, targetSd),
    ...furtherOf(record, reason).map(({ mean, sd }) => expected(mean, sd)),
    ...(within === undefined ? [] : [within.toFixed(2)]),
    ...(gain === undefined ? [] : [formatSd(gain.expected)]),
  ];
  return all.map((text) => html`<td class="number">${text}</td>`);
}
