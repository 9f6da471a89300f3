import { median as middle } from 'simple-statistics';
import { type MeanAndError, meanAndError } from './mean-and-error.js';

/** Regret below which nothing counts: the precision of the reference curves. */
const leastRegret = 1e-6;

/** Regret of ours against that of a reference, run by run from the same starts. */
export interface RegretGain {
  /** Paired difference of log10 regret; negative where ours is better. */
  readonly difference: MeanAndError;
  /** The same with every regret below 1 % of the function's range counted as 1 %. */
  readonly aboveOnePercent: MeanAndError;
  /** Second mean over the first: the share of the gain that is above 1 % of the range; null where there is no gain. */
  readonly share: number | null;
}

/**
 * How much lower the regret of ours is than that of the reference, and how much of it would be seen where 1 % of the
 * range is as good as the optimum.
 *
 * @param ours - regret (best − optimum) by run, [runs]
 * @param reference - the same of the reference, [runs]
 * @param range - of the function, same unit
 */
export function regretGain(ours: readonly number[], reference: readonly number[], range: number): RegretGain {
  const paired = (least: number) =>
    meanAndError(ours.map((regret, i) => log10(regret, least) - log10(reference[i]!, least)));
  const difference = paired(leastRegret);
  const aboveOnePercent = paired(Math.max(leastRegret, range / 100));
  const share = difference.mean < 0 ? aboveOnePercent.mean / difference.mean : null;
  return { difference, aboveOnePercent, share };
}

function log10(regret: number, least: number): number {
  return Math.log10(Math.max(regret, least));
}

/** Regret of several runs. */
export interface PlainRegret {
  readonly median: number;
  readonly mean: number;
  /** Share of the runs with a regret of at most 1 % of the function's range. */
  readonly solved: number;
}

/** Median and mean of some regrets, none below 0, and how many of them are as good as none. */
export function plainRegret(regrets: readonly number[], range: number): PlainRegret {
  const floored = regrets.map((regret) => Math.max(0, regret));
  const solved = floored.filter((regret) => regret <= range / 100).length / floored.length;
  return { median: middle(floored), mean: meanAndError(floored).mean, solved };
}
