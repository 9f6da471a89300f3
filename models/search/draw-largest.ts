import type { DrawnAcquisition } from '../acquisition/contract.js';
import { correlationPerCost } from '../acquisition/per-cost.js';
import { type EncodedDesigns, selectDesigns } from '../encode/encoded-designs.js';
import { Generator } from '../random/generator.js';
import type { FittedSurrogate, LevelPosterior } from '../surrogate/contract.js';
import type { Feasibility } from '../surrogate/feasibility.js';
import type { CostsAt } from './acquisition-surface.js';

/** What values of candidates are drawn from. */
export interface DrawnSurface {
  readonly acquisition: DrawnAcquisition;
  readonly surrogate: FittedSurrogate;
  /** Cost by level; and of candidates at a level, where they differ. */
  readonly costs: readonly number[];
  readonly costsAt?: CostsAt;
  /** How likely it is that a candidate gives a value, where some did not. */
  readonly feasibility?: Feasibility | null;
}

/**
 * The candidate with the largest drawn value, and its level with the largest squared correlation with the target per
 * cost.
 *
 * Where there are more candidates than can be drawn together, half of those drawn are the ones whose losses may be
 * lowest (mean less two standard deviations), and half are taken at random.
 *
 * @param levelsOf - levels at which a candidate may be proposed; none leaves it out
 * @param most - candidates drawn together at most
 * @returns its row, level and drawn value, or null if no candidate may be proposed
 */
export function drawLargest(
  { acquisition, surrogate, costs, costsAt, feasibility }: DrawnSurface,
  candidates: EncodedDesigns,
  levelsOf: (row: number) => readonly number[],
  { most, seed }: { readonly most: number; readonly seed: number },
): { row: number; level: number; value: number } | null {
  const open = [...Array(candidates.n).keys()].filter((row) => levelsOf(row).length > 0);
  if (open.length === 0) return null;
  const posterior = surrogate.posterior(candidates);
  const rows = mostLikely(open, posterior, most, seed);
  const values = acquisition.draw(surrogate.joint(selectDesigns(candidates, rows)), seed);
  const able = drawnAble(feasibility, selectDesigns(candidates, rows), seed);
  const at = able.reduce((best, i) => (values[i]! > values[best]! ? i : best), able[0]!);
  const row = rows[at]!;
  const point = selectDesigns(candidates, [row]);
  const own = costs.map((cost, level) => costsAt?.(level, point)?.[0] ?? cost);
  const worth = (level: number) => correlationPerCost(surrogate, posterior, { row, level }, own);
  const level = levelsOf(row).reduce((best, one) => (worth(one) > worth(best) ? one : best));
  return { row, level, value: values[at]! };
}

/** The candidates that give a value in one draw of whether they do; all of them where none does. */
function drawnAble(feasibility: DrawnSurface['feasibility'], candidates: EncodedDesigns, seed: number): number[] {
  const all = [...Array(candidates.n).keys()];
  if (!feasibility) return all;
  const logs = feasibility.log(candidates);
  const random = new Generator(seed, 'feasible');
  const able = all.filter((i) => random.uniform() < Math.exp(logs[i]!));
  return able.length > 0 ? able : all;
}

function mostLikely(open: readonly number[], posterior: LevelPosterior, most: number, seed: number): readonly number[] {
  if (open.length <= most) return open;
  const mean = posterior.mean.at(-1)!;
  const variance = posterior.variance.at(-1)!;
  const bound = (row: number) => mean[row]! - 2 * Math.sqrt(variance[row]!);
  const order = [...open].sort((a, b) => bound(a) - bound(b) || a - b);
  const likely = Math.ceil(most / 2);
  const rest = order.slice(likely);
  const random = new Generator(seed, 'candidates').permutation(rest.length).slice(0, most - likely);
  return [...order.slice(0, likely), ...random.map((i) => rest[i]!)];
}
