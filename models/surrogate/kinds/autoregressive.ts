import { RadialBlock } from '../../kernel/radial-block.js';
import type { FittedSurrogate, SurrogateType } from '../contract.js';
import { chainStructure } from '../levels/chain-structure.js';
import { checkTraining, fitLevels, scalesByLevel } from '../levels/level-fit.js';
import { termsLayout } from '../process/icm-hyperparameters.js';

/**
 * Gaussian process over (design, fidelity) in which each level is a multiple of the one below plus a part of its own:
 * f_l = ρ_l·f_(l−1) + δ_l, every δ with its own Matérn 5/2 kernel, and a constant and a noise for each level.
 *
 * All rows are fitted at once, so that levels need not be measured at the same designs. Losses are standardised per
 * level; log noise ~ N(−4, 1); the other priors are those of `chainStructure`. With one level it is a plain process.
 *
 * @see Kennedy and O'Hagan 2000, Biometrika 87, 1
 */
export const autoregressive: SurrogateType<FittedSurrogate> = {
  name: 'autoregressive',
  description: 'Gaussian process over designs and fidelities, each level a multiple of the one below plus its own part',
  sees: 'levels',
  fit: (training, options) => {
    checkTraining(training);
    const { designs, levelCount: levels } = training;
    const kernels = Array.from({ length: levels }, () => new RadialBlock(designs.encoding, 'matern52'));
    const layout = termsLayout({ kernels, structure: chainStructure(levels), levels, noisePrior: [-4, 1] });
    return fitLevels(training, options, layout, scalesByLevel(training));
  },
};
