import type { FidelityRun } from './fidelity-run.js';

/**
 * The run with ranks for values: -1 the best row of its pool, -2 the second. So marks that a run sets on one pool can be
 * reached on another one; on the same pool, they are reached at the same cost as the values.
 *
 * @param values - of all rows of the pool at the target; larger is better
 */
export function inRanks(run: FidelityRun, values: readonly number[]): FidelityRun {
  const falling = byValue(values);
  return { ...run, steps: run.steps.map(([cost, best]) => [cost, -(falling.findIndex((one) => one <= best) + 1)]) };
}

/** The value of that rank, as `inRanks` has it. */
export function valueOfRank(values: readonly number[], rank: number): number {
  return byValue(values)[-rank - 1]!;
}

function byValue(values: readonly number[]): number[] {
  return [...values].sort((a, b) => b - a);
}
