import type { AcquisitionType } from '../acquisition/contract.js';
import type { Design } from '../domain/design.js';
import { typeOf } from '../domain/parameters/parameter.js';
import type { EncodedDesigns } from '../encode/encoded-designs.js';
import type { SpaceEncoder } from '../encode/space-encoder.js';
import { Generator } from '../random/generator.js';
import { sobol } from '../random/sobol.js';
import type { FittedSurrogate } from '../surrogate/contract.js';
import { minimise } from './lbfgs.js';

/** What is maximised: the acquisition of each fidelity over the surrogate's posterior. */
export interface AcquisitionSurface {
  readonly surrogate: FittedSurrogate;
  readonly acquisition: AcquisitionType;
  readonly incumbent: number;
  /** Cost by level; levels that may not be proposed are left out of `levels`. */
  readonly costs: readonly number[];
  readonly levels: readonly number[];
}

/** Values of the acquisition at each allowed level, [levels.length][n]. */
export function acquisitionValues(surface: AcquisitionSurface, candidates: EncodedDesigns): Float64Array[] {
  const { mean, variance, covariance } = surface.surrogate.posterior(candidates);
  const { noise } = surface.surrogate;
  const target = surface.costs.length - 1;
  return surface.levels.map((level) =>
    Float64Array.from({ length: candidates.n }, (_, i) => {
      const { value } = surface.acquisition.evaluate({
        incumbent: surface.incumbent,
        mean: mean[target]![i]!,
        variance: variance[target]![i]!,
        levelVariance: variance[level]![i]!,
        covariance: covariance[level]![i]!,
        noise: noise[level]!,
        isTarget: level === target,
        cost: surface.costs[level]!,
      });
      return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
    }),
  );
}

/** The best design and level found, and the acquisition there. */
export interface Maximum {
  readonly design: Design;
  readonly level: number;
  readonly value: number;
}

const rawPoints = 512;
const starts = 4;
const perturbationScales = [0.3, 0.1, 0.03, 0.01, 0.003];

/**
 * Best design and fidelity over a space that cannot be listed.
 *
 * 512 scrambled Sobol points and 40 Gaussian perturbations of each of the best designs so far (scales 0.3 to 0.003 of
 * the range) are scored; from the best four of each fidelity, continuous coordinates are refined by L-BFGS with
 * analytic gradients while the others stay as they are.
 *
 * @param best - the best designs so far
 * @param refused - whether a design may not be proposed at a level
 * @returns the best maximum that is not refused, or null if there is none
 */
export function maximiseAcquisition(
  surface: AcquisitionSurface,
  encoder: SpaceEncoder,
  best: readonly Design[],
  refused: (design: Design, level: number) => boolean,
  seed: number,
): Maximum | null {
  const designs = rawDesigns(encoder, best, seed);
  const encoded = encoder.encode(designs);
  const values = acquisitionValues(surface, encoded);
  const found: Maximum[] = [];
  surface.levels.forEach((level, l) => {
    const order = [...designs.keys()].sort((a, b) => values[l]![b]! - values[l]![a]! || a - b);
    for (const i of order.slice(0, starts)) {
      const refined = refine(surface, encoder, designs[i]!, level);
      if (refined !== null && !refused(refined.design, level)) found.push(refined);
    }
    const raw = order.find((i) => !refused(designs[i]!, level));
    if (raw !== undefined) found.push({ design: designs[raw]!, level, value: values[l]![raw]! });
  });
  return found.reduce<Maximum | null>((a, b) => (a === null || b.value > a.value ? b : a), null);
}

function rawDesigns({ space }: SpaceEncoder, best: readonly Design[], seed: number): Design[] {
  const { parameters } = space;
  const d = parameters.length;
  const points = sobol(rawPoints, d, seed);
  const at = (unit: (p: number) => number): Design =>
    Object.fromEntries(
      parameters.map((parameter, p) => [parameter.name, typeOf(parameter).fromUnit(parameter, unit(p))]),
    );
  const designs = Array.from({ length: rawPoints }, (_, i) => at((p) => points[i * d + p]!));
  const random = new Generator(seed, 'perturbations');
  for (const design of best)
    for (const scale of perturbationScales)
      for (let copy = 0; copy < 8; copy++) {
        const moved = parameters.map((parameter) => {
          const type = typeOf(parameter);
          const value = design[parameter.name]!;
          const feature = type.feature(parameter, value);
          // Half of the copies move about 40 % of the coordinates only.
          if (copy % 2 === 1 && random.uniform() > 0.4) return value;
          if (feature.kind === 'numeric')
            return type.fromUnit(parameter, reflect(feature.value + scale * random.normal()));
          return random.uniform() < scale ? type.fromUnit(parameter, random.uniform()) : value;
        });
        designs.push(Object.fromEntries(parameters.map((parameter, p) => [parameter.name, moved[p]!])));
      }
  return designs;
}

/** Folds a coordinate back into [0, 1). */
function reflect(u: number): number {
  const folded = Math.abs(u % 2);
  return Math.min(1 - 2 ** -53, folded > 1 ? 2 - folded : folded);
}

/** L-BFGS from a design over its continuous coordinates; null where there are none. */
function refine(surface: AcquisitionSurface, encoder: SpaceEncoder, design: Design, level: number): Maximum | null {
  const { parameters } = encoder.space;
  const free = parameters.flatMap((parameter, p) =>
    parameter.type === 'continuous' ? [{ parameter, at: encoder.columns[p]!.at }] : [],
  );
  if (free.length === 0) return null;
  const point = encoder.encode([design]);
  const target = surface.costs.length - 1;
  // The tolerances of the search are absolute; logarithms need no scale.
  const unit = surface.acquisition.inLossUnits
    ? Math.sqrt(surface.surrogate.posterior(point).variance[target]![0]!)
    : 1;
  const evaluate = (x: Float64Array, gradient: Float64Array): number => {
    free.forEach(({ at }, i) => {
      point.numeric[at] = x[i]!;
    });
    const local = surface.surrogate.local(point);
    const { noise } = surface.surrogate;
    const result = surface.acquisition.evaluate({
      incumbent: surface.incumbent,
      mean: local.mean[target]!,
      variance: local.variance[target]!,
      levelVariance: local.variance[level]!,
      covariance: local.covariance[level]!,
      noise: noise[level]!,
      isTarget: level === target,
      cost: surface.costs[level]!,
    });
    free.forEach(({ at }, i) => {
      gradient[i] = -(
        result.byMean * local.meanGradient[target]![at]! +
        result.byVariance * local.varianceGradient[target]![at]! +
        result.byLevelVariance * local.varianceGradient[level]![at]! +
        result.byCovariance * local.covarianceGradient[level]![at]!
      );
      gradient[i] = gradient[i]! / unit;
    });
    return -result.value / unit;
  };
  const start = Float64Array.from(free, ({ at }) => point.numeric[at]!);
  const bounds = [new Float64Array(free.length), new Float64Array(free.length).fill(1)] as const;
  const { x, value } = minimise(evaluate, start, bounds, { maxIterations: 40 });
  if (!Number.isFinite(value)) return null;
  const refined: Record<string, number | string> = { ...design };
  free.forEach(({ parameter }, i) => {
    refined[parameter.name] = typeOf(parameter).fromUnit(parameter, x[i]!);
  });
  return { design: refined, level, value: -value * unit };
}
