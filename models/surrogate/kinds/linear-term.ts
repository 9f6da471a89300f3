import { type Encoding, selectDesigns } from '../../encode/encoded-designs.js';
import { allColumns } from '../../kernel/columns.js';
import { linearColumn } from '../../kernel/linear-column.js';
import { RadialBlock } from '../../kernel/radial-block.js';
import type { FitOptions, FittedSurrogate, SurrogateType, TrainingSet } from '../contract.js';
import { addFeatures, type LevelFeature, withFeatures } from '../levels/level-feature.js';
import { checkTraining, fitLevels, standardisedNoise } from '../levels/level-fit.js';
import { levelScale, standardLoss } from '../levels/level-scale.js';
import { weightedStructure } from '../levels/weighted-structure.js';
import { type IcmLayout, icmLayout, termsLayout } from '../process/icm-hyperparameters.js';
import { LinearTermPosterior } from '../process/linear-term-posterior.js';

/** Rows of a lower level from which it has a process of its own. */
const leastRows = 2;

/** Mean and sd of the normal prior on log noise. */
const noisePrior = [-4, 1] as const;

/**
 * Gaussian process of the target with what lower levels say as linear terms: k(x, x') + Σ_l w_l·φ_l(x)·φ_l(x'), φ_l the
 * posterior mean of a process of level l alone, which is about the value itself where that was measured.
 *
 * For cheap levels known over much of the space. Matérn 5/2 kernels; log s² ~ N(0, 1), log w_l ~ N(−1, 1.5), log noise
 * ~ N(−4, 1). Levels with fewer than two trials tell nothing. See `LinearTermPosterior` for the prior of a lower
 * level and the target together.
 */
export const linearTerm: SurrogateType<FittedSurrogate> = {
  name: 'linear-term',
  description: 'Gaussian process of the target with the means of single lower levels as linear terms',
  sees: 'levels',
  fit: (training, options) => {
    checkTraining(training);
    const { levels, levelCount } = training;
    const count = (level: number) => levels.reduce((sum, own) => sum + (own === level ? 1 : 0), 0);
    const lower = [...Array(levelCount - 1).keys()].filter((level) => count(level) >= leastRows);
    const kernel = new RadialBlock(training.designs.encoding, 'matern52');
    const single = icmLayout({ kernel, levels: 1, noisePrior });
    const layout = targetLayout(training.designs.encoding, lower.length);
    const { previous } = options;
    const size = lower.length * single.size + layout.size;
    const part = (from: number, length: number) =>
      previous?.length === size ? previous.slice(from, from + length) : null;
    const features = lower.map((level, f): LevelFeature => {
      const rows = rowsAt(training, level);
      const own = { ...options, previous: part(f * single.size, single.size) };
      const scale = levelScale(rows.losses);
      return { level, scale, surrogate: fitLevels(rows, own, single, [scale]) };
    });
    const target = rowsAt(training, levelCount - 1);
    const { designs, losses } = target;
    const scale = levelScale(losses);
    const rows = { ...target, designs: addFeatures(designs, features) };
    const own: FitOptions = { ...options, previous: part(lower.length * single.size, layout.size) };
    const theta = Float64Array.from(fitLevels(rows, own, layout, [scale]).hyperparameters);
    const y = losses.map((loss) => standardLoss(loss, scale));
    const noise = standardisedNoise(target, y, [scale]);
    return new LinearTermPosterior({ features, designs, losses, scale, noise, layout, theta, levels, levelCount });
  },
};

/** The kernel of the designs, and a line in each feature. */
function targetLayout(encoding: Encoding, features: number): IcmLayout {
  const wide = withFeatures(encoding, features);
  const { numeric } = allColumns(encoding);
  const lines = Array.from({ length: features }, (_, f) => linearColumn(wide, encoding.numeric + f));
  const kernels = [new RadialBlock(wide, 'matern52', { numeric }), ...lines];
  return termsLayout({ kernels, structure: weightedStructure(kernels.length), levels: 1, noisePrior });
}

/** The rows of one level, as a training set of that level alone. */
function rowsAt({ designs, levels, losses, noise, finite }: TrainingSet, level: number): TrainingSet {
  const rows = [...levels.keys()].filter((row) => levels[row] === level);
  return {
    designs: selectDesigns(designs, rows),
    levels: new Int32Array(rows.length),
    losses: Float64Array.from(rows, (row) => losses[row]!),
    levelCount: 1,
    finite,
    ...(noise !== undefined && { noise: Float64Array.from(rows, (row) => noise[row]!) }),
  };
}
