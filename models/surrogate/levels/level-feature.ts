import { blankDesigns, type EncodedDesigns, type Encoding } from '../../encode/encoded-designs.js';
import type { AnchoredPosterior, FittedSurrogate, LocalPosterior } from '../contract.js';
import type { LevelScale } from './level-scale.js';

/** What a process of one lower level tells of designs: its posterior mean, in standardised losses of that level. */
export interface LevelFeature {
  readonly level: number;
  readonly surrogate: FittedSurrogate;
  readonly scale: LevelScale;
}

/** Encoding with a numeric column more for each feature, after the others. */
export function withFeatures(encoding: Encoding, features: number): Encoding {
  return { ...encoding, numeric: encoding.numeric + features };
}

/** Designs with the features as further numeric columns. */
export function addFeatures(designs: EncodedDesigns, features: readonly LevelFeature[]): EncodedDesigns {
  const { numeric } = designs.encoding;
  const wide = numeric + features.length;
  const result = {
    ...blankDesigns(designs.n, withFeatures(designs.encoding, features.length)),
    categories: designs.categories,
    substances: designs.substances,
    coded: designs.coded,
    vectors: designs.vectors,
  };
  const columns = features.map(({ surrogate, scale }) =>
    surrogate.posterior(designs).mean[0]!.map((mean) => (mean - scale.mean) / scale.sd),
  );
  for (let i = 0; i < designs.n; i++) {
    result.numeric.set(designs.numeric.subarray(i * numeric, (i + 1) * numeric), i * wide);
    columns.forEach((column, f) => {
      result.numeric[i * wide + numeric + f] = column[i]!;
    });
  }
  return result;
}

/** Turns gradients by all columns of one candidate, [rows × wide], into those by its own, through the features. */
export function throughFeatures(
  gradient: Float64Array,
  features: readonly LevelFeature[],
  locals: readonly LocalPosterior[],
  numeric: number,
): Float64Array {
  const wide = numeric + features.length;
  const rows = wide === 0 ? 0 : gradient.length / wide;
  const result = new Float64Array(rows * numeric);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < numeric; j++) {
      let slope = gradient[i * wide + j]!;
      features.forEach(({ scale }, f) => {
        slope += (gradient[i * wide + numeric + f]! * locals[f]!.meanGradient[0]![j]!) / scale.sd;
      });
      result[i * numeric + j] = slope;
    }
  return result;
}

/** Target values that are those of a process plus slope_f times what is not known of each feature. */
export function plusUnknown(
  known: AnchoredPosterior,
  unknown: readonly { readonly anchored: AnchoredPosterior; readonly slope: number }[],
): Pick<AnchoredPosterior, 'mean' | 'covariance'> {
  const covariance = known.covariance.map((value, at) =>
    unknown.reduce((sum, { anchored, slope }) => sum + slope * slope * anchored.covariance[at]!, value),
  );
  return { mean: known.mean, covariance };
}
