import { NumericalError } from '../../domain/errors.js';
import type { Hyperparameter } from '../../kernel/contract.js';
import { type LbfgsResult, minimise, type Objective } from '../../optimiser/lbfgs.js';
import type { Curvature } from '../../optimiser/quasi-newton.js';
import { Generator } from '../../random/generator.js';
import { type DensityCurvature, densityCurvature, firstCurvature, forMoreRows } from './density-curvature.js';

/** Draws from the priors that are tried when no start gives a finite density. */
const redraws = 5;

/** Slope of the log density below which a search ends. */
const gradientTolerance = 1e-3;

/** Change of a hyperparameter in one step at most. */
const longestStep = 2;

/** Where to search from, and for how long. */
export interface MapOptions {
  /** Optimum of an earlier fit, or null. */
  readonly previous: readonly number[] | null;
  /** Whether to search from the usual starts also where there is an earlier optimum, and from both of them. */
  readonly thorough: boolean;
  readonly seed: number;
  /** Steps of each search at most; 100 where absent. */
  readonly maxIterations?: number;
  /** A search ends where a step gains less than this share of the log density; 1e-6 where absent. */
  readonly valueTolerance?: number;
  /** What is known of the second derivatives beforehand. */
  readonly curvature?: Curvature;
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
  { previous, thorough, seed, maxIterations = 100, valueTolerance = 1e-6, curvature }: MapOptions,
): LbfgsResult {
  const column = (of: (one: Hyperparameter) => number) => Float64Array.from(hyperparameters, of);
  const bounds = [column((one) => one.lower), column((one) => one.upper)] as const;
  const usual = [column((one) => one.start), column((one) => one.mean)];
  const starts = previous === null ? [] : [Float64Array.from(previous)];
  if (thorough) starts.push(...usual);
  else if (previous === null) starts.push(usual[0]!);
  const search = (start: Float64Array) =>
    minimise(objective, start, bounds, {
      maxIterations,
      valueTolerance,
      gradientTolerance,
      longestStep,
      curvature: curvature ?? null,
    });
  const isBetter = (b: number, a: number) => !Number.isFinite(a) || (Number.isFinite(b) && b < a - 1e-6);
  let best = starts.map(search).reduce((a, b) => (isBetter(b.value, a.value) ? b : a));
  const random = new Generator(seed, 'hyperparameters');
  for (let draw = 0; draw < redraws && !Number.isFinite(best.value); draw++)
    best = search(column(({ mean, sd }) => mean + sd * random.normal()));
  if (!Number.isFinite(best.value))
    throw new NumericalError('no hyperparameters were found at which the losses have a finite density');
  return best;
}

/** Rows from which a search without an earlier optimum begins on half of them. */
const halvedFrom = 80;

/** Rows that are left of them at least. */
const fewestRows = 50;

/** Where a search on fewer rows ends, as `valueTolerance`. */
const coarseTolerance = 1e-4;

/**
 * The same over the rows of a training set. Of many rows, and without an earlier optimum, it begins on half of them,
 * drawn at random, and there in the same way, down to 50 to 79 rows, from all starts; with what is known of the second
 * derivatives it then goes on, at each size from the optimum of the one before, until on all rows it ends as any other.
 *
 * A density takes O(n³): the many steps that lead near the optimum, from more starts than one, cost next to nothing, and
 * on all rows a handful is left.
 *
 * @param objectiveOf - minus the log posterior density given these rows
 */
export function mapEstimateOfRows(
  n: number,
  objectiveOf: (rows: readonly number[]) => Objective,
  hyperparameters: readonly Hyperparameter[],
  options: MapOptions,
): LbfgsResult {
  const search = (rows: readonly number[], own: MapOptions): Searched => {
    const objective = objectiveOf(rows);
    if (rows.length < halvedFrom) {
      const found = mapEstimate(objective, hyperparameters, {
        curvature: firstCurvature(hyperparameters, rows.length),
        ...own,
      });
      return { n: rows.length, found, curvature: () => densityCurvature(objective, found, hyperparameters) };
    }
    const order = new Generator(options.seed, 'coarse').permutation(rows.length);
    const some = order.slice(0, Math.max(fewestRows, Math.ceil(rows.length / 2))).sort((a, b) => a - b);
    const coarse = search(
      some.map((at) => rows[at]!),
      { ...options, thorough: true, valueTolerance: coarseTolerance },
    );
    const curvature = forMoreRows(coarse.curvature(), hyperparameters, rows.length / coarse.n);
    const found = mapEstimate(objective, hyperparameters, {
      ...own,
      previous: [...coarse.found.x],
      thorough: false,
      curvature,
    });
    return { n: rows.length, found, curvature: () => ({ ...curvature, pairs: found.pairs }) };
  };
  const all = Array.from({ length: n }, (_, row) => row);
  if (options.previous === null) return search(all, options).found;
  return mapEstimate(objectiveOf(all), hyperparameters, options);
}

/** A search that has ended: on so many rows, and what it tells of the second derivatives at its end. */
interface Searched {
  readonly n: number;
  readonly found: LbfgsResult;
  readonly curvature: () => DensityCurvature;
}
