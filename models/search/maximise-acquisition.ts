import type { Design } from '../domain/design.js';
import type { EncodedDesigns } from '../encode/encoded-designs.js';
import { minimise } from '../optimiser/lbfgs.js';
import type { Pair } from '../optimiser/quasi-newton.js';
import { type AcquisitionSurface, acquisitionAt, acquisitionValues, type Surface } from './acquisition-surface.js';
import type { SearchDomain } from './domain.js';
import { rawDesigns } from './raw-designs.js';

/** The best design and level found, and the acquisition there. */
export interface Maximum {
  readonly design: Design;
  readonly level: number;
  readonly value: number;
}

/** Points that are scored before climbing. */
export const rawPoints = 512;

/** Points that are scored where a cheaper acquisition tells which, of each fidelity. */
const promisingPoints = 128;

/** Points of each fidelity that are climbed from. */
export const starts = 4;

/** Starts that go on to the end, and the steps of L-BFGS of all and of these. */
const finalists = 2;
const steps = { first: 6, last: 40 } as const;

/**
 * Part of a range that a step goes at most, and the gain by a step below which a climb ends. On 81 sets of nine functions
 * (15 to 90 trials, d = 2 to 12) 47 evaluations a proposal, where climbs without a bound, begun anew for the last steps
 * and ended at 2e-9 took 68, and nowhere a lower acquisition by more than 3e-6.
 */
const [longestStep, valueTolerance] = [0.1, 1e-7];

/**
 * Best design and fidelity over a domain that cannot be listed.
 *
 * 512 scrambled Sobol points and perturbations of the best designs so far (`rawDesigns`) are scored; from the best four
 * of each fidelity, continuous coordinates are refined by L-BFGS with analytic gradients while the others stay as they
 * are; after six steps the better two go on.
 *
 * @param best - the best designs so far
 * @param like - a surface that costs less and is high where this one is: of the points, its best 128 of each fidelity are
 *   scored; null: all are
 * @returns the best maximum that is allowed, or null if there is none
 */
export function maximiseAcquisition(
  surface: Surface,
  domain: SearchDomain,
  best: readonly Design[],
  seed: number,
  like: Surface | null = null,
): Maximum | null {
  const { encoder, crowded } = domain;
  const raw = rawDesigns(domain, best, rawPoints, seed);
  const designs = like === null ? raw : promising(like, domain, raw);
  const encoded = encoder.encode(designs);
  const values = acquisitionValues(surface, encoded);
  const found: Maximum[] = [];
  surface.levels.forEach((level, l) => {
    const climb = { surface, domain, level };
    const isCrowded = (design: Design) => crowded?.(encoder.encode([design]), 0, level) ?? false;
    const climbing = highest(values[l]!, starts, (i) => !crowded?.(encoded, i, level)).flatMap((i) =>
      refine(climb, { design: designs[i]!, pairs: [] }, steps.first),
    );
    climbing.sort((a, b) => b.value - a.value);
    const climbed = climbing.flatMap((one, place) => (place < finalists ? refine(climb, one, steps.last) : one));
    found.push(...climbed.filter(({ design }) => domain.allow(design, level) && !isCrowded(design)));
    const [first] = highest(values[l]!, 1, (i) => domain.allow(designs[i]!, level) && !crowded?.(encoded, i, level));
    if (first !== undefined) found.push({ design: designs[first]!, level, value: values[l]![first]! });
  });
  return found.reduce<Maximum | null>((a, b) => (a === null || b.value > a.value ? b : a), null);
}

/** The designs at which the surface is highest, at any level, in their order. */
function promising(surface: Surface, { encoder }: SearchDomain, designs: readonly Design[]): Design[] {
  const values = acquisitionValues(surface, encoder.encode([...designs]));
  const places = new Set(values.flatMap((own) => highest(own, promisingPoints)));
  return designs.filter((_, place) => places.has(place));
}

/** Places of the highest values that are accepted, from the highest on, the first of equal ones first. */
function highest(values: Float64Array, count: number, accept: (place: number) => boolean = () => true): number[] {
  const seen = new Uint8Array(values.length);
  const found: number[] = [];
  for (let tried = 0; tried < values.length && found.length < count; tried++) {
    let best = -1;
    for (let i = 0; i < values.length; i++) if (!seen[i] && (best < 0 || values[i]! > values[best]!)) best = i;
    seen[best] = 1;
    if (accept(best)) found.push(best);
  }
  return found;
}

/** What is climbed, at which level. */
interface Climb {
  readonly surface: Surface;
  readonly domain: SearchDomain;
  readonly level: number;
}

/** Where a climb has come to, with its last steps. */
interface Climbed extends Maximum {
  readonly pairs: readonly Pair[];
}

/** L-BFGS from a design over its free columns; nothing where there are none. */
function refine(
  { surface, domain, level }: Climb,
  { design, pairs: known }: Pick<Climbed, 'design' | 'pairs'>,
  maxIterations: number,
): Climbed[] {
  const { encoder, free } = domain;
  if (free.length === 0) return [];
  const point = encoder.encode([design]);
  // The tolerances of the search are absolute; logarithms need no scale.
  const unit = 'values' in surface || surface.lossPower !== null ? 1 : lossUnit(surface, point);
  const slopes = new Float64Array(encoder.encoding.numeric);
  const evaluate = (x: Float64Array, gradient: Float64Array): number => {
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
  const bounds = [new Float64Array(free.length), new Float64Array(free.length).fill(1)] as const;
  const curvature = { hessian: null, pairs: known, measured: false };
  const { x, value, pairs } = minimise(evaluate, start, bounds, {
    maxIterations,
    longestStep,
    valueTolerance,
    curvature,
  });
  if (!Number.isFinite(value * unit)) return [];
  return [{ design: domain.project(design, x), level, value: -value * unit, pairs }];
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
