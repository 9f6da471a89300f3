import type { Encoding } from '../encode/encoded-designs.js';
import { SumKernel } from '../kernel/combined.js';
import type { DesignKernel } from '../kernel/contract.js';
import { RadialBlock } from '../kernel/radial-block.js';
import { sameDesign } from '../kernel/same-design.js';
import type { FitOptions, FittedSurrogate, SurrogateType, TrainingSet } from './contract.js';
import { type IcmShape, icmLayout } from './icm-hyperparameters.js';
import { checkTraining, fitLevels, scalesByLevel } from './level-fit.js';

/**
 * Prior of the share of the variance that is a design's own, about 0.1: what no other design tells of it, yet what its
 * values at all levels have in common. With it a cheap measurement of an outlier counts for the outlier's target value.
 */
const ownShare = { mean: -2.2, sd: 0.5 } as const;

/**
 * Gaussian process over (design, fidelity) by the intrinsic coregionalisation model: one design kernel, a free
 * (signed) correlation between levels, and a constant, a scale and a noise of its own for each level.
 *
 * Losses are standardised per level by that level's own rows. How it is fitted: see `fitLevels`.
 *
 * @see Bonilla, Chai and Williams 2007 (ICM)
 */
export const icm = icmType(
  'icm',
  'Gaussian process over designs and fidelities (index kernel, Matérn 5/2 and Tanimoto)',
  (encoding) => ({ kernel: new RadialBlock(encoding, 'matern52') }),
);

/** What kind of process: the kernel of the designs, and priors other than the usual ones of `icmLayout`. */
export interface IcmKind extends Pick<IcmShape, 'noisePrior' | 'scalePrior'> {
  readonly kernel: DesignKernel;
}

/** A kind of process over (design, fidelity) as a surrogate. */
export function icmType(name: string, description: string, kind: (encoding: Encoding) => IcmKind): SurrogateType {
  return { name, description, fit: (training, options) => fitIcm(training, options, kind(training.designs.encoding)) };
}

/** @throws {InfeasibleError} if there is no target-level row */
function fitIcm(training: TrainingSet, options: FitOptions, kind: IcmKind): FittedSurrogate {
  checkTraining(training);
  const { levelCount, finite } = training;
  const kernel = finite && levelCount > 1 ? new SumKernel(kind.kernel, sameDesign, ownShare) : kind.kernel;
  return fitLevels(training, options, icmLayout({ ...kind, kernel, levels: levelCount }), scalesByLevel(training));
}
