import { ownValue } from '../../../models/domain/standing.js';
import type { Comparison } from '../../compare/compare.js';
import { besideSentence, endText, four, isUnsure, middleText, reachedText } from '../../compare/words.js';
import { bestOf, totalCost } from '../../outcome.js';
import { passedOver } from '../../passed-over.js';
import { formatNumber, stopWords, wordingOf } from '../../wording.js';
import { html, type Markup } from '../html.js';

/** What it took each strategy to get as far as each threshold. */
export function reachedTable(comparison: Comparison): Markup {
  const { compared, thresholds, objective, baseline, costIsTrials } = comparison;
  const unit = objective.unit === undefined ? '' : ` ${objective.unit}`;
  const sign = objective.direction === 'maximise' ? 'at least' : 'at most';
  const heads = [
    'strategy',
    'seeds that got there',
    'cost',
    ...(costIsTrials ? [] : ['trials']),
    ...(baseline === null ? [] : [`beside ${baseline.label}`]),
  ];
  return html`<div class="wide" id="reached"><table><thead><tr>${heads.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
${thresholds.map(
  (threshold, t) =>
    html`<tbody><tr class="threshold"><th scope="rowgroup" colspan="${heads.length}">${objective.name} of ${sign} ${four(threshold)}${unit}</th></tr>${compared.map(
      (one) => {
        const reached = one.reached[t]!;
        const pairs = one.beside?.[0]?.pairs ?? 0;
        const besides =
          one.group === baseline
            ? 'the baseline'
            : pairs === 0
              ? 'no seed in common'
              : `sooner in ${reached.sooner}, later in ${reached.later} of ${pairs} seeds`;
        return html`<tr><th scope="row">${one.group.label}</th><td>${reachedText(reached, one)}</td><td>${middleText(reached.cost)}</td>${
          costIsTrials ? null : html`<td>${middleText(reached.trials)}</td>`
        }${baseline === null ? null : html`<td>${besides}</td>`}</tr>`;
      },
    )}</tbody>`,
)}</table></div>`;
}

/** How much better than random each strategy was at the same cost, seed by seed; null without a baseline. */
export function besideTable(comparison: Comparison): Markup | null {
  const { compared, baseline, objective } = comparison;
  if (baseline === null) return null;
  const rows = compared.flatMap((one) => (one.beside ?? []).map((beside) => ({ one, beside })));
  if (rows.length === 0) return html`<p class="empty">No strategy has a seed in common with ${baseline.label}.</p>`;
  const unit = objective.unit === undefined ? objective.name : `${objective.name} [${objective.unit}]`;
  return html`<ul id="besides">${compared.map((one) => {
    const sentence = besideSentence(one, comparison);
    return sentence === null ? null : html`<li>${sentence}</li>`;
  })}</ul>
<div class="wide" id="beside"><table><thead><tr><th scope="col">strategy</th><th scope="col">after a cost of</th><th scope="col">better by, ${unit}</th><th scope="col">seeds ahead, behind</th><th scope="col"></th></tr></thead>
<tbody>${rows.map(
    ({ one, beside }) =>
      html`<tr><th scope="row">${one.group.label}</th><td>${four(beside.spent)}</td><td>${beside.gain === null ? 'some have no value yet' : middleText(beside.gain)}</td><td>${beside.ahead}, ${beside.behind} of ${beside.pairs}</td><td>${isUnsure(beside) ? 'may be chance' : null}</td></tr>`,
  )}</tbody></table></div>`;
}

/** A line for each strategy: its seeds and what they have at their end. */
export function endsTable({ compared, objective }: Comparison): Markup {
  const unit = objective.unit === undefined ? objective.name : `${objective.name} [${objective.unit}]`;
  return html`<div class="wide" id="ends"><table><thead><tr><th scope="col">strategy</th><th scope="col">seeds</th><th scope="col">best ${unit} at the end</th><th scope="col">worst to best seed</th></tr></thead>
<tbody>${compared.map((one) => {
    const known = one.ends.filter(Number.isFinite);
    const span =
      known.length === 0
        ? ''
        : `${four(ownValue(objective, Math.max(...known)))} to ${four(ownValue(objective, Math.min(...known)))}`;
    return html`<tr><th scope="row">${one.group.label}</th><td>${one.group.records.length}</td><td>${endText(one, objective)}</td><td>${span}</td></tr>`;
  })}</tbody></table></div>`;
}

/** Every run in a line. */
export function runsTable({ compared, leftOut, objective }: Comparison): Markup {
  const unit = objective.unit === undefined ? objective.name : `${objective.name} [${objective.unit}]`;
  const rows = [
    ...compared.flatMap(({ group }) => group.records.map((record) => ({ group, record, counts: true }))),
    ...leftOut.flatMap((group) => group.records.map((record) => ({ group, record, counts: false }))),
  ];
  const passed = rows.map(({ record: { campaign, trials } }) => passedOver(campaign.spec, trials).length);
  const isAnyPassed = passed.some((n) => n > 0);
  return html`<div class="wide" id="runs"><table class="sortable"><thead><tr><th scope="col">strategy</th><th scope="col" class="number">seed</th><th scope="col" class="number">best ${unit}</th><th scope="col">best design</th>${isAnyPassed ? html`<th scope="col" class="number">passed over</th>` : null}<th scope="col" class="number">trials</th><th scope="col" class="number">cost</th><th scope="col">stopped by</th></tr></thead>
<tbody>${rows.map(({ group, record, counts }, at) => {
    const { campaign, trials, stop, phase } = record;
    const best = bestOf(campaign.spec, trials);
    const wording = wordingOf(campaign, trials);
    const stopped = stop === null ? phase : stopWords[stop.reason];
    const ended = trials.filter(({ observation }) => observation !== null).length;
    return html`<tr data-at="${at}"><th scope="row">${group.label}</th><td class="number">${campaign.spec.seed}</td><td class="number">${best === null ? '' : wording.number(best.value)}</td><td>${best === null ? 'none' : wording.design(best.design, best.rowId)}</td>${isAnyPassed ? html`<td class="number">${passed[at]}</td>` : null}<td class="number">${ended}</td><td class="number">${formatNumber(totalCost(record))}</td><td>${counts ? stopped : `${stopped} (not counted)`}</td></tr>`;
  })}</tbody></table></div>`;
}
