import { SumKernel } from '../kernel/combined.js';
import { RadialBlock } from '../kernel/radial-block.js';
import { sameDesign } from '../kernel/same-design.js';
import type { FitOptions, FittedSurrogate, SurrogateType, TrainingSet } from './contract.js';
import { icmLayout } from './icm-hyperparameters.js';
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
export const icm: SurrogateType = {
  name: 'icm',
  description: 'Gaussian process over designs and fidelities (index kernel, Matérn 5/2 and Tanimoto)',
  fit: fitIcm,
};

/** @throws {InfeasibleError} if there is no target-level row */
export function fitIcm(training: TrainingSet, options: FitOptions): FittedSurrogate {
  checkTraining(training);
  const { designs, levelCount } = training;
  const block = new RadialBlock(designs.encoding, 'matern52');
  const kernel = training.finite && levelCount > 1 ? new SumKernel(block, sameDesign, ownShare) : block;
  return fitLevels(training, options, icmLayout({ kernel, levels: levelCount }), scalesByLevel(training));
}
