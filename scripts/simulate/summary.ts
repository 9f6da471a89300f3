import { mean, sampleStandardDeviation } from 'simple-statistics';
import type { Campaign } from '../../models/domain/campaign.js';
import { goalsOf, hasSeveralGoals } from '../../models/domain/standing.js';
import { isCutShort } from '../outcome.js';
import { passedOverLines } from '../passed-over.js';
import { tradeOffLines } from '../trade-offs.js';
import { formatNumber, stopWords, wantedText, wordingOf } from '../wording.js';
import type { SimulationDocument } from './document.js';

type SeedEntry = SimulationDocument['seeds'][number];

/** A table for people: best so far at a quarter, half and all of what was spent, and what ended each seed. */
export function summaryText(campaign: Campaign, document: SimulationDocument): string {
  const { objective, seeds } = document;
  const unit = objective.unit === null ? '' : ` [${objective.unit}]`;
  const told = seeds.flatMap(({ best, trials }) => [
    ...(best === null ? [] : [{ proposal: best, observation: null }]),
    ...trials.flatMap(({ design, best: value }) =>
      value === null ? [] : [{ proposal: { design }, observation: { values: { [objective.name]: value } } }],
    ),
  ]);
  const wording = wordingOf(campaign, told);
  const shown = (value: number | null) => (value === null ? '-' : wording.number(value));
  const shares = [0.25, 0.5, 1];
  const lines = [
    `${document.campaign}: ${hasSeveralGoals(goalsOf(campaign.spec)) ? wantedText(campaign.spec) : `${objective.direction} ${objective.name}${unit}`} at fidelity '${document.target}', ${seeds.length} seed${seeds.length === 1 ? '' : 's'}`,
    ...(document.start === undefined ? [] : [`start: ${document.start}`]),
    '',
    row(['seed', ...shares.map((share) => `best at ${share * 100} %`), 'trials', 'cost', 'best design', 'stopped by']),
  ];
  for (const seed of seeds) {
    const bests = shares.map((share) => shown(bestAt(seed, share)));
    const design = seed.best === null ? '-' : wording.design(seed.best.design, seed.best.rowId);
    const { trials, cost } = seed.total;
    const stopped = seed.stop === null ? 'nothing' : stopWords[seed.stop.reason];
    lines.push(row([String(seed.seed), ...bests, String(trials), formatNumber(cost), design, stopped]));
  }
  for (const { seed, tradeOffs } of seeds)
    lines.push(
      ...tradeOffLines(campaign.spec, tradeOffs ?? null, wording).map((line, i) =>
        i === 0 ? `front, seed ${seed}: ${line}` : `  ${line}`,
      ),
    );
  for (const { seed, passedOver = [] } of seeds)
    lines.push(
      ...passedOverLines(campaign.spec, passedOver, wording).map((line) => `passed over, seed ${seed}: ${line}`),
    );
  const whole = seeds.filter((seed) => !isCutShort(seed));
  if (seeds.length > 1 && whole.length > 0)
    lines.push(row(['mean', ...shares.map((share) => meanText(whole.map((seed) => bestAt(seed, share))))]));
  if (whole.length < seeds.length) {
    const cut = seeds.filter(isCutShort).map(({ seed }) => seed);
    lines.push(`cut short before their end, and in no mean: seed${cut.length === 1 ? '' : 's'} ${cut.join(', ')}`);
  }
  for (const { seed, failures } of seeds) lines.push(...failures.map((line) => `failed, seed ${seed}: ${line}`));
  return lines.join('\n');
}

/** Best at the target fidelity after the given share of the seed's total cost. */
function bestAt(seed: SeedEntry, share: number): number | null {
  const limit = share * seed.total.cost * (1 + 1e-12);
  return seed.trials.filter((trial) => trial.cumulativeCost <= limit).at(-1)?.best ?? null;
}

/** Mean and standard error, with the number of seeds where some have no value yet. */
function meanText(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return '-';
  if (known.length === 1) return formatNumber(known[0]!);
  const error = sampleStandardDeviation(known) / Math.sqrt(known.length);
  const text = `${formatNumber(mean(known))} ± ${error.toPrecision(2)}`;
  return known.length === values.length ? text : `${text} (${known.length} of ${values.length})`;
}

function row(cells: readonly string[]): string {
  const widths = [6, 20, 20, 20, 7, 10, 24];
  return cells
    .map((cell, i) => (i === cells.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
    .join(' ')
    .trimEnd();
}
