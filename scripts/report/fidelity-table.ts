import type { Correlation, LearnedFidelity } from '../../models/strategy/explain/learned.js';
import { formatNumber } from '../wording.js';
import { html, type Markup } from './html.js';

const columns = [
  'fidelity',
  'measured',
  'cost, share',
  'cost of a trial',
  'correlation with the target (90 %)',
  'of pairs (90 %)',
  'predicted',
] as const;

/**
 * What was learned of each fidelity: its trials and their cost, how far it follows the target, how well it was predicted,
 * and what became of it in words. Null with a single one.
 */
export function fidelityTable(learned: readonly LearnedFidelity[]): Markup | null {
  if (learned.length === 1) return null;
  return html`<h2>What was learned of each fidelity</h2>
<div class="wide" id="fidelities"><table><thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${learned.map((one) => html`<tr>${cells(one).map((cell, i) => (i === 0 ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`))}</tr>`)}</tbody></table></div>
<p class="note">The correlation is that of all designs, as the surrogates that see every fidelity estimate it after the last
trial; that of pairs is of the designs measured at both, which the search chose. Predicted are trials that lay in the 90 %
interval said of them when they were chosen.</p>
<ul id="verdicts">${learned.map(({ name, verdict, droppedAt }) => html`<li><b>${name}</b>: ${verdict}${droppedAt === null ? null : ` (from ${droppedAt} on)`}.</li>`)}</ul>`;
}

function cells({ name, trials, cost, share, toTarget, correlation, costs, predicted }: LearnedFidelity): string[] {
  return [
    name,
    `${trials}`,
    `${formatNumber(cost)}, ${(100 * share).toFixed(0)} %`,
    costText(costs),
    toTarget === null ? 'the target' : correlationText(correlation),
    toTarget === null ? '' : `${correlationText(toTarget.correlation)}, ${toTarget.pairs} pairs`,
    predicted.trials === 0 ? 'none' : `${predicted.within90} of ${predicted.trials}`,
  ];
}

function costText({ stated, expected, sd }: LearnedFidelity['costs']): string {
  const rounded = (value: number) => formatNumber(Number(value.toPrecision(3)));
  const plain = `${rounded(stated)} as stated`;
  // Costs as stated are exact, but for the rounding of sums.
  if (sd === null || (sd < 1e-9 * stated && Math.abs(expected - stated) < 1e-9 * stated)) return plain;
  return `${rounded(expected)} expected, sd ${rounded(sd)}; ${plain}`;
}

function correlationText(correlation: Correlation | null): string {
  if (correlation === null) return 'not known';
  const [value, low, high] = [correlation.value, correlation.low, correlation.high].map((one) => one.toFixed(2));
  return `${value} (${low} to ${high})`;
}
