import type { Design } from '../domain/design.js';
import type { EncodedDesigns } from '../encode/encoded-designs.js';
import { minimiseWithin } from '../optimiser/constrained-climb.js';
import { minimise, type Objective } from '../optimiser/lbfgs.js';
import type { Pair } from '../optimiser/quasi-newton.js';
import { type AcquisitionSurface, acquisitionAt, type Surface } from './acquisition-surface.js';
import type { SearchDomain } from './domain.js';

/** The best design and level found, and the acquisition there. */
export interface Maximum {
  readonly design: Design;
  readonly level: number;
  readonly value: number;
}

/** What is climbed, at which level. */
export interface Climb {
  readonly surface: Surface;
  readonly domain: SearchDomain;
  readonly level: number;
}

/** What a climb has learned of the curvature: its last steps, or within rows an approximate matrix. */
interface Learned {
  readonly pairs: readonly Pair[];
  readonly hessian: Float64Array | null;
}

/** Nothing yet. */
export const unlearned: Learned = { pairs: [], hessian: null };

/** Where a climb has come to. */
export interface Climbed extends Maximum {
  readonly learned: Learned;
}

/**
 * Part of a range that a step goes at most, and the gain by a step below which a climb ends. On 81 sets of nine functions
 * (15 to 90 trials, d = 2 to 12) 47 evaluations a proposal, where climbs without a bound, begun anew for the last steps
 * and ended at 2e-9 took 68, and nowhere a lower acquisition by more than 3e-6.
 */
const [longestStep, valueTolerance] = [0.1, 1e-7];

/**
 * The acquisition followed upwards from a design over its free columns, all else staying as it is: by L-BFGS where they are free of
 * each other, else by sequential quadratic programming.
 *
 * @returns nothing where there is no free column, or nowhere to go
 */
export function refine(
  { surface, domain, level }: Climb,
  { design, learned }: Pick<Climbed, 'design' | 'learned'>,
  maxIterations: number,
): Climbed[] {
  const { encoder, free } = domain;
  if (free.length === 0) return [];
  const point = encoder.encode([design]);
  // The tolerances of the search are absolute; logarithms need no scale.
  const unit = 'values' in surface || surface.lossPower !== null ? 1 : lossUnit(surface, point);
  const slopes = new Float64Array(encoder.encoding.numeric);
  const evaluate: Objective = (x, gradient) => {
    free.forEach((at, i) => {
      point.numeric[at] = x[i]!;
    });
    const value = acquisitionAt(surface, point, level, slopes);
    free.forEach((at, i) => {
      gradient[i] = -slopes[at]! / unit;
    });
    return -value / unit;
  };
  const start = Float64Array.from(free, (at) => point.numeric[at]!);
  const found = climbed(evaluate, start, domain.reach(design), { learned, maxIterations });
  if (found === null || !Number.isFinite(found.value * unit)) return [];
  const there = domain.project(design, found.x);
  return there === null ? [] : [{ design: there, level, value: -found.value * unit, learned: found.learned }];
}

function climbed(
  evaluate: Objective,
  start: Float64Array,
  reach: ReturnType<SearchDomain['reach']>,
  { learned, maxIterations }: { readonly learned: Learned; readonly maxIterations: number },
): { x: Float64Array; value: number; learned: Learned } | null {
  const options = { maxIterations, longestStep, valueTolerance };
  if (reach !== null && !(reach.polytope.isBox && reach.excess === null)) {
    const { hessian } = learned;
    const found = minimiseWithin(evaluate, start, reach.polytope, { ...options, hessian, excess: reach.excess });
    return found === null ? null : { ...found, learned: { pairs: [], hessian: found.hessian } };
  }
  const { lower = new Float64Array(start.length), upper = new Float64Array(start.length).fill(1) } =
    reach?.polytope ?? {};
  const curvature = { hessian: null, pairs: learned.pairs, measured: false };
  const { x, value, pairs } = minimise(evaluate, start, [lower, upper], { ...options, curvature });
  return { x, value, learned: { pairs, hessian: null } };
}

/** A standard deviation of the target loss at a point: of the surrogate's scale where there is one, else of losses. */
function lossUnit({ parts, costs }: AcquisitionSurface, point: EncodedDesigns): number {
  const target = costs.length - 1;
  const { acquisition, scale } = parts[0]!;
  const { mean, variance } = acquisition.surrogate.posterior(point);
  const sd = Math.sqrt(variance[target]![0]!);
  if (parts.length === 1) return sd;
  // Of losses near the largest number it may be beyond it.
  return Math.min(Number.MAX_VALUE, sd / scale.slope(scale.toLoss(mean[target]![0]!)));
}
