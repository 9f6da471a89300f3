import { median, quantile } from 'simple-statistics';
import { Generator } from '../../models/random/generator.js';
import { costTo, type FidelityRun } from './fidelity-run.js';

/** Cost at which the single-fidelity campaigns set the marks, in target trials. */
export const marked = 40;
/** Cost up to which all may try to reach them. */
export const budget = 60;

/** What a mark costs that is never reached, in shares of the cost that set it. */
const most = budget / marked;

/** How soon campaigns reach the marks: costs as shares of the cost that set them. */
export interface Reached {
  /** Over all pairs of a run and a mark; a mark not reached counts as the whole budget. */
  readonly median: number;
  readonly q75: number;
  /** Share of the pairs in which the mark was not reached at all. */
  readonly never: number;
}

/** A ratio of medians, with the 90 % interval that other seeds would give. */
export interface Ratio {
  readonly ratio: number;
  readonly interval: readonly [low: number, high: number];
  /** The ratio over each of `seedDraws`; null where these are one seed alone. */
  readonly draws: readonly (number | null)[];
}

/** Costs of every run to every mark, infinite where it was never reached, [run][mark], in shares of `marked`. */
export function costsTo(runs: readonly Pick<FidelityRun, 'steps'>[], marks: readonly number[]): number[][] {
  return runs.map((run) => marks.map((mark) => costTo(run, mark) / marked));
}

/**
 * How soon the runs reach the marks.
 *
 * @param others - whether a run is compared with the marks of other runs only
 */
export function reached(
  runs: readonly Pick<FidelityRun, 'steps'>[],
  marks: readonly number[],
  others = false,
): Reached {
  const costs = pairs(costsTo(runs, marks), [...runs.keys()], [...marks.keys()], others);
  const capped = costs.map((cost) => Math.min(cost, most));
  return {
    median: median(capped),
    q75: quantile(capped, 0.75),
    never: costs.filter((cost) => cost > most).length / costs.length,
  };
}

/**
 * Seeds drawn with replacement, the same for every set, so that means over sets have intervals too.
 *
 * @returns [draw][seeds]
 */
export function seedDraws(seeds: number, draws = 1000): number[][] {
  const random = new Generator(0, 'bootstrap');
  return Array.from({ length: draws }, () => Array.from({ length: seeds }, () => Math.floor(seeds * random.uniform())));
}

/**
 * Median cost of the runs to the marks over that of the runs that set them, to the marks of their other seeds.
 *
 * A run, the single-fidelity run of its seed and the mark of that seed are drawn together.
 *
 * @param own - costs of the runs to the marks, [seed][mark], as `costsTo` gives them
 * @param single - costs of those that set the marks, [seed][mark]
 */
export function ratioOf(
  own: readonly (readonly number[])[],
  single: readonly (readonly number[])[],
  draws: readonly (readonly number[])[],
): Ratio {
  const over = (seeds: readonly number[]): number | null => {
    const zero = pairs(single, seeds, seeds, true);
    if (zero.length === 0) return null;
    return cappedMedian(pairs(own, seeds, seeds, false)) / cappedMedian(zero);
  };
  const drawn = draws.map(over);
  return { ratio: over([...own.keys()])!, interval: interval90(drawn), draws: drawn };
}

/** Geometric mean of the ratios of several sets, with its interval over the draws that they share. */
export function geometricMean(ratios: readonly Ratio[]): Pick<Ratio, 'ratio' | 'interval'> {
  const mean = (values: readonly number[]) =>
    Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
  const drawn = ratios[0]!.draws.map((_, draw) => {
    const values = ratios.map(({ draws }) => draws[draw]!);
    return values.includes(null as never) ? null : mean(values);
  });
  return { ratio: mean(ratios.map(({ ratio }) => ratio)), interval: interval90(drawn) };
}

function pairs(
  costs: readonly (readonly number[])[],
  runs: readonly number[],
  marks: readonly number[],
  others: boolean,
): number[] {
  return runs.flatMap((run) => marks.flatMap((mark) => (others && run === mark ? [] : [costs[run]![mark]!])));
}

function cappedMedian(costs: readonly number[]): number {
  return median(costs.map((cost) => Math.min(cost, most)));
}

function interval90(values: readonly (number | null)[]): [number, number] {
  const known = values.filter((value) => value !== null);
  return [quantile(known, 0.05), quantile(known, 0.95)];
}
