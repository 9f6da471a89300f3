import { orientationOf, ownValue } from '../../models/domain/standing.js';
import { formatNumber } from '../wording.js';
import type { Beside, Compared, Comparison, Reached } from './compare.js';
import type { Judging } from './judging.js';
import { type Middle, middleOf } from './spread.js';

/** A number with four digits. */
export function four(value: number): string {
  return formatNumber(Number(value.toPrecision(4)));
}

/** `12 (90 %: 9 to 20)`; where it is infinite, that it was never reached. */
export function middleText({ median, low, high, coverage }: Middle): string {
  const shown = (value: number) => (Number.isFinite(value) ? four(value) : 'never');
  if (coverage === 0 || low === high) return shown(median);
  const kind = coverage >= 0.9 ? `${Math.floor(100 * coverage)} %` : 'all seeds';
  return `${shown(median)} (${kind}: ${shown(low)} to ${shown(high)})`;
}

/** What a group has at its end: the middle of the seeds with its interval, in the objective's own direction. */
export function endText({ ends }: Compared, objective: Judging['objective']): string {
  const { median, low, high, coverage } = middleOf(ends);
  const [from, to] = orientationOf(objective) === 1 ? [low, high] : [high, low];
  if (!Number.isFinite(median)) return 'nothing measured in half of the seeds';
  return middleText({
    median: ownValue(objective, median),
    low: ownValue(objective, from),
    high: ownValue(objective, to),
    coverage,
  });
}

/** What it took to reach a threshold, in a few words. */
export function reachedText({ seeds }: Reached, { group }: Compared): string {
  return `${seeds} of ${group.records.length}`;
}

/** Whether a difference may be chance: its interval has both signs, or is of too few seeds. */
export function isUnsure({ gain }: Beside): boolean {
  return gain === null || gain.coverage < 0.9 || (gain.low <= 0 && gain.high >= 0);
}

/** How a group fares beside the baseline at the end, in one sentence; null for the baseline itself. */
export function besideSentence(compared: Compared, { objective, baseline }: Comparison): string | null {
  const last = compared.beside?.at(-1);
  if (last === undefined || baseline === null) return null;
  const { gain, pairs, ahead, behind, spent } = last;
  const unit = objective.unit === undefined ? '' : ` ${objective.unit}`;
  const seeds = `ahead in ${ahead}, behind in ${behind} of ${pairs} seeds`;
  const start = `${compared.group.label}, at a cost of ${four(spent)}`;
  if (gain === null) return `${start}: ${seeds}; some runs had no value yet.`;
  const { median } = gain;
  const better =
    median === 0 ? 'as good as' : `${four(Math.abs(median))}${unit} ${median > 0 ? 'better' : 'worse'} than`;
  const bounds =
    gain.coverage > 0
      ? ` (${gain.coverage >= 0.9 ? `${Math.floor(100 * gain.coverage)} %` : 'all seeds'}: ${four(gain.low)} to ${four(gain.high)})`
      : '';
  const chance = isUnsure(last) ? '; with so few seeds, or so little between them, that may be chance' : '';
  return `${start}: ${better} ${baseline.label} in the middle of the seeds${bounds}, ${seeds}${chance}.`;
}

/** Which runs were cut short and what that means for the figures, in a sentence; none where all have ended. */
export function cutShortLine({ leftOut, unfinished }: Pick<Comparison, 'leftOut' | 'unfinished'>): readonly string[] {
  if (unfinished) return ['All runs were cut short before their end: these are the figures of unfinished runs.'];
  if (leftOut.length === 0) return [];
  const named = leftOut.map(({ label, records }) => {
    const seeds = records.map(({ campaign }) => campaign.spec.seed);
    return `${label} seed${seeds.length === 1 ? '' : 's'} ${seeds.join(', ')}`;
  });
  return [`Cut short before their end, and in none of these figures: ${named.join('; ')}.`];
}

/** The comparison as lines for a terminal. */
export function comparisonLines(comparison: Comparison): readonly string[] {
  const { compared, thresholds, objective, baseline } = comparison;
  const unit = objective.unit === undefined ? '' : ` ${objective.unit}`;
  const lines = compared.map(
    (one) =>
      `${one.group.label}: best at the end ${endText(one, objective)}${unit}, over ${one.group.records.length} seeds`,
  );
  for (const [i, threshold] of thresholds.entries())
    for (const one of compared)
      lines.push(
        `to reach ${objective.name} ${four(threshold)}${unit}, ${one.group.label}: ${reachedText(one.reached[i]!, one)} seeds, cost ${middleText(one.reached[i]!.cost)}`,
      );
  lines.push(...compared.flatMap((one) => besideSentence(one, comparison) ?? []));
  lines.push(...cutShortLine(comparison));
  if (baseline === null) lines.push('no baseline: add random to --strategy to see what choosing by a model is worth');
  return lines;
}
