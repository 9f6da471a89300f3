import { NumericalError } from '../domain/errors.js';
import type { Hyperparameter } from '../kernel/contract.js';
import { minimise, type Objective } from '../optimiser/lbfgs.js';
import { Generator } from '../random/generator.js';

/** Draws from the priors that are tried when no start gives a finite density. */
const redraws = 5;

/** Where to search from, and for how long. */
export interface MapOptions {
  /** Optimum of an earlier fit, or null. */
  readonly previous: readonly number[] | null;
  /** Whether to search from the usual starts also where there is an earlier optimum, and from both of them. */
  readonly thorough: boolean;
  readonly seed: number;
  /** Steps of each search at most; 100 where absent. */
  readonly maxIterations?: number;
}

/**
 * Hyperparameters of the highest posterior density: bounded L-BFGS with analytic gradients from the earlier optimum, the
 * usual start and the prior means, of which the best end is taken; a start is given up for another only if the other is
 * better by 1e-6.
 *
 * Where no start gives a finite density, up to 5 draws from the priors are tried, as in BoTorch.
 *
 * @param objective - minus the log posterior density
 * @throws {NumericalError} if no draw gives a finite density either
 */
export function mapEstimate(
  objective: Objective,
  hyperparameters: readonly Hyperparameter[],
  { previous, thorough, seed, maxIterations = 100 }: MapOptions,
): { readonly x: Float64Array; readonly value: number } {
  const column = (of: (one: Hyperparameter) => number) => Float64Array.from(hyperparameters, of);
  const bounds = [column((one) => one.lower), column((one) => one.upper)] as const;
  const usual = [column((one) => one.start), column((one) => one.mean)];
  const starts = previous === null ? [] : [Float64Array.from(previous)];
  if (thorough) starts.push(...usual);
  else if (previous === null) starts.push(usual[0]!);
  const search = (start: Float64Array) => minimise(objective, start, bounds, { maxIterations });
  let best = starts.map(search).reduce((a, b) => (b.value < a.value - 1e-6 || Number.isNaN(a.value) ? b : a));
  const random = new Generator(seed, 'hyperparameters');
  for (let draw = 0; draw < redraws && !Number.isFinite(best.value); draw++)
    best = search(column(({ mean, sd }) => mean + sd * random.normal()));
  if (!Number.isFinite(best.value))
    throw new NumericalError('no hyperparameters were found at which the losses have a finite density');
  return best;
}
