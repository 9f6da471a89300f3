import { selectDesigns } from '../../encode/encoded-designs.js';
import type { FittedSurrogate, SurrogateType } from '../contract.js';
import { checkTraining } from '../levels/level-fit.js';
import { SingleLevel } from '../levels/single-level.js';
import { lossUnit, transformInUnits } from '../outputs/loss-unit.js';
import { standardise } from '../outputs/standardise.js';
import { ViewPosterior } from '../process/view-posterior.js';
import { rowOrder } from '../row-order.js';
import { Forest } from '../trees/forest.js';

/**
 * Bagged regression trees on the trials at the target fidelity alone: for responses with jumps, and for more trials than
 * a Gaussian process takes. See `Forest` for the predictive distribution; its gradients are 0.
 *
 * Rows are put in an order of their own before any is drawn, so that the order of the trials does not matter. The one
 * hyperparameter is the log of the noise variance, found out of bag.
 */
export const baggedTrees: SurrogateType<FittedSurrogate> = {
  name: 'trees',
  description: 'bagged regression trees on the target fidelity alone, for jumps and many trials',
  sees: 'target',
  fit: (training, { previous, optimise, seed }) => {
    checkTraining(training);
    const { levels, levelCount, losses } = training;
    const target = [...levels.keys()].filter((row) => levels[row] === levelCount - 1);
    const all = selectDesigns(training.designs, target);
    const order = rowOrder(
      all,
      target.map((row) => losses[row]!),
    );
    const designs = selectDesigns(all, order);
    const own = Float64Array.from(order, (i) => losses[target[i]!]!);
    const units = new Array<number>(levelCount).fill(lossUnit(own));
    const transformed = transformInUnits(standardise, units).of(own, 0);
    const y = transformed.values;
    const known = !optimise && previous?.length === 2 ? previous[0]! : null;
    const inner = new ViewPosterior(new Forest(designs, y, seed, known), y, order);
    return new SingleLevel(inner, levels, levelCount, transformed, { parameter: 0, logPrior: 0 });
  },
};
