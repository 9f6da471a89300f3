import { gammaPrior } from '../../kernel/lengthscale-prior.js';
import { RadialBlock } from '../../kernel/radial-block.js';
import type { FittedSurrogate, SurrogateType } from '../contract.js';
import { checkTraining, fitLevels } from '../levels/level-fit.js';
import { levelScale } from '../levels/level-scale.js';
import { evenNumbers, truncatedStructure } from '../levels/truncated-structure.js';
import { termsLayout } from '../process/icm-hyperparameters.js';

/** Lengthscales of what all levels have in common, and of what vanishes at the target: Gamma(3, 6) and Gamma(6, 2). */
const [common, vanishing] = [gammaPrior(3, 6), gammaPrior(6, 2)];

/**
 * Gaussian process over designs and fidelities that are settings of one number, such as a mesh or a number of steps: the
 * nearer to the target, the less a level differs from it. See `truncatedStructure`.
 *
 * Levels are taken to give the same quantity in the same unit, so losses are standardised together, beside a
 * constant for each level. Fidelity numbers are those of the training set.
 *
 * @see BoTorch 0.18.1, `SingleTaskMultiFidelityGP`
 */
export const linearTruncatedGp: SurrogateType<FittedSurrogate> = {
  name: 'linear-truncated',
  description:
    'Gaussian process over designs and fidelities that are numbers, with differences that vanish at the target',
  sees: 'levels',
  fit: (training, options) => {
    checkTraining(training);
    const { designs, levelCount, losses } = training;
    const kernels = [common, vanishing].map(
      (prior) => new RadialBlock(designs.encoding, 'matern52', { lengthscales: () => prior }),
    );
    const structure = truncatedStructure(training.levelNumbers ?? evenNumbers(levelCount));
    const scale = levelScale(losses);
    const scales = Array.from({ length: levelCount }, () => scale);
    return fitLevels(training, options, termsLayout({ kernels, structure, levels: levelCount }), scales);
  },
};
