import type { FullInbox } from '../durable/control-contract.js';
import { html } from '../report/html.js';
import { formatNumber } from '../wording.js';
import type { CampaignOverview } from './overview.js';

/** Campaigns that are told of. */
const mostTold = 50;

/** What needs of a person are called. */
const needWords: Readonly<Record<string, string>> = {
  approval: 'approve or reject',
  result: 'enter the result of',
  resolution: 'decide what became of',
  ruling: 'decide what counts of',
};

/** How things stand, for browsers without a script, and until the script has come: HTML. */
export function firstView(
  campaigns: readonly CampaignOverview[],
  { trials, problems }: FullInbox,
  now: number,
): string {
  const shown = campaigns.slice(0, mostTold);
  return html`<h1>Athanor</h1>
<p>As it was at <time datetime="${new Date(now).toISOString()}">${new Date(now).toISOString()}</time>. Without a script this page does not follow what happens: load it anew.</p>
<h2>Waits for a person (${trials.length + problems.length})</h2>
<ul>${trials.map(
    ({ needs, trialId, fidelity, since }) =>
      html`<li>${needWords[needs]} ${trialId} at ${fidelity}, since ${new Date(since).toISOString()}</li>`,
  )}${problems.map(({ campaignId, text }) => html`<li>${campaignId} stands still: ${text}</li>`)}</ul>
<h2>Campaigns</h2>
<table><thead><tr><th scope="col">campaign</th><th scope="col">state</th><th scope="col">in flight</th><th scope="col">measured</th><th scope="col">best</th><th scope="col">cost</th></tr></thead>
<tbody>${shown.map((one) => html`<tr><th scope="row">${one.id}</th><td>${one.phase}</td><td>${one.running}</td><td>${one.measured}</td><td>${bestText(one)}</td><td>${formatNumber(one.spent)}${one.budget?.cost == null ? '' : ` of ${formatNumber(one.budget.cost)}`}</td></tr>`)}</tbody></table>
${campaigns.length > shown.length ? html`<p>${campaigns.length - shown.length} older ones are not shown.</p>` : ''}`
    .text;
}

function bestText({ best, objective: { unit } }: CampaignOverview): string {
  return best === null ? 'none yet' : `${formatNumber(best.value)}${unit === null ? '' : ` ${unit}`}`;
}
