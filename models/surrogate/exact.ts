import type { EncodedDesigns } from '../encode/encoded-designs.js';
import { type FittedSurrogate, type LevelPosterior, lossScale } from './contract.js';

/** What is known of an outcome without learning. */
export interface Known {
  /** Its value at a row, turned; lower being better of an objective. */
  valueAt(designs: EncodedDesigns, row: number): number;
  /** Typical difference of two values; positive. */
  readonly spread: number;
  /** What stands for it at a design where it has no value: worse than any that is known. */
  readonly worst: number;
  readonly levelCount: number;
  /** Numeric columns that may be any number, along which there are slopes. */
  readonly free: readonly number[];
}

/** Part of the spread that a value is taken to be known to: as good as exact, and no division by 0. */
const rounding = 1e-6;

/** Step in a coordinate of [0, 1] by which a slope is found. */
const step = 1e-6;

/**
 * An outcome that is known of every design, as a surrogate: the same at all levels, without anything to learn, and known to a millionth
 * of its spread. A design where it is no number is as bad as `worst`; no slope crosses from there to where it is one.
 */
export function exactSurrogate({ valueAt, spread, worst, levelCount, free }: Known): FittedSurrogate {
  const sd = rounding * spread;
  const levels = Array.from({ length: levelCount });
  const at = (designs: EncodedDesigns, row: number) => {
    const value = valueAt(designs, row);
    return Number.isFinite(value) ? value : worst;
  };
  const valuesOf = (designs: EncodedDesigns) => Float64Array.from({ length: designs.n }, (_, row) => at(designs, row));
  const known = (length: number) => new Float64Array(length).fill(sd ** 2);
  const posterior = (designs: EncodedDesigns): LevelPosterior => {
    const [mean, variance] = [valuesOf(designs), known(designs.n)];
    return {
      mean: levels.map(() => mean),
      variance: levels.map(() => variance),
      covariance: levels.map(() => variance),
    };
  };
  const joint = (designs: EncodedDesigns) => {
    const covariance = new Float64Array(designs.n ** 2);
    for (let i = 0; i < designs.n; i++) covariance[i * designs.n + i] = sd ** 2;
    return { mean: valuesOf(designs), covariance };
  };
  const slopes = (designs: EncodedDesigns) => {
    const numeric = designs.numeric.slice();
    const moved = { ...designs, numeric };
    const found = new Float64Array(numeric.length);
    for (const j of free) {
      const own = numeric[j]!;
      const known = [step, 0, -step].flatMap((by) => {
        numeric[j] = own + by;
        const value = valueAt(moved, 0);
        return Number.isFinite(value) ? [{ by, value }] : [];
      });
      numeric[j] = own;
      const [first, last] = [known[0], known.at(-1)];
      if (first !== last) found[j] = (first!.value - last!.value) / (first!.by - last!.by);
    }
    return found;
  };
  const surrogate: FittedSurrogate = {
    exact: true,
    hyperparameters: [],
    logPosterior: 0,
    jitter: 0,
    noise: levels.map(() => 0),
    scale: lossScale,
    screen: null,
    posterior,
    joint,
    anchored: (anchors) => ({
      ...joint(anchors),
      with: (designs) => new Float64Array(designs.n * anchors.n),
      local: (designs) => ({
        covariance: new Float64Array(anchors.n),
        gradient: new Float64Array(anchors.n * designs.numeric.length),
      }),
    }),
    local: (designs) => {
      const flat = new Float64Array(designs.numeric.length);
      const gradient = slopes(designs);
      const mean = new Float64Array(levelCount).fill(at(designs, 0));
      return {
        ...{ mean, variance: known(levelCount), covariance: known(levelCount) },
        meanGradient: levels.map(() => gradient),
        varianceGradient: levels.map(() => flat),
        covarianceGradient: levels.map(() => flat),
      };
    },
    condition: () => surrogate,
    leaveOneOut: () => ({ mean: new Float64Array(), variance: new Float64Array() }),
  };
  return surrogate;
}
