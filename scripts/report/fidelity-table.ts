import type { CampaignRecord } from '../../models/domain/record.js';
import { type FidelitySummary, fidelitySummary } from '../../models/strategy/fidelity-summary.js';
import { formatNumber } from '../outcome.js';
import { html, type Markup } from './html.js';

/** What came of each fidelity, and how far the lower ones followed the target; null with a single one. */
export function fidelityTable(record: CampaignRecord): Markup | null {
  if (record.campaign.spec.fidelities.length === 1) return null;
  const columns = ['fidelity', 'measured', 'cost', 'share', 'pairs', 'correlation with the target (90 %)', 'pays'];
  return html`<div class="wide" id="fidelities"><table><thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${fidelitySummary(record).map(
    (one) => html`<tr>${cells(one).map((cell) => html`<td>${cell}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}

function cells({ name, trials, cost, share, toTarget }: FidelitySummary): string[] {
  const spent = [name, `${trials}`, formatNumber(cost), `${(100 * share).toFixed(0)} %`];
  if (toTarget === null) return [...spent, '', '', 'the target'];
  const { pairs, correlation, needed, pays } = toTarget;
  const two = (value: number) => value.toFixed(2);
  const found =
    correlation === null
      ? 'not known'
      : `${two(correlation.value)} (${two(correlation.low)} to ${two(correlation.high)}), needed ±${two(needed)}`;
  return [...spent, `${pairs}`, found, pays === null ? 'not known' : pays ? 'yes' : 'no'];
}
