import { InfeasibleError } from '../../domain/errors.js';
import { selectDesigns } from '../../encode/encoded-designs.js';
import type { Hyperparameter } from '../../kernel/contract.js';
import type { Objective } from '../../optimiser/lbfgs.js';
import type { FitOptions, FittedSurrogate, TrainingSet } from '../contract.js';
import { Replicates } from '../noise/replicates.js';
import { RowNoise } from '../noise/row-noise.js';
import { refuseNotFinite } from '../outputs/loss-unit.js';
import { type IcmLayout, turned } from '../process/icm-hyperparameters.js';
import { icmObjective } from '../process/icm-likelihood.js';
import { IcmPosterior } from '../process/icm-posterior.js';
import { type MapOptions, mapEstimate } from '../process/map-estimate.js';
import { rowSubset } from '../row-subset.js';
import { type LevelScale, levelScale, standardLoss } from './level-scale.js';

/** Rows that hyperparameters are fitted to, at most, by `rowSubset`; conditioning uses all. */
export const fitRows = 200;

/**
 * A process over designs and fidelities, fitted to all rows.
 *
 * Hyperparameters are the mode of the posterior density found by bounded L-BFGS with analytic gradients, from the
 * earlier fit or the default start, and once more with all signs turned that no gradient step could cross.
 *
 * @param scales - what standardises the losses of each level, [L]
 */
export function fitLevels(
  training: TrainingSet,
  options: FitOptions,
  layout: IcmLayout,
  scales: readonly LevelScale[],
): FittedSurrogate {
  const { designs, levels, losses } = training;
  const y = losses.map((loss, i) => standardLoss(loss, scales[levels[i]!]!));
  const noise = standardisedNoise(training, y, scales);
  const previous = options.previous !== null && options.previous.length === layout.size ? options.previous : null;
  const theta =
    !options.optimise && previous !== null
      ? Float64Array.from(previous)
      : optimum(layout, { training, noise, y }, { previous, seed: options.seed });
  return new IcmPosterior({ layout, theta, designs, levels, noise, y, scales });
}

/**
 * @throws {InfeasibleError} if there is no target-level row
 * @throws {NumericalError} if a loss is not finite
 */
export function checkTraining({ levels, losses, levelCount }: TrainingSet): void {
  if (!levels.includes(levelCount - 1))
    throw new InfeasibleError('no measured trial at the target fidelity to learn from');
  refuseNotFinite(losses);
}

/** Mean and sd of the losses of each level, by that level's own rows. */
export function scalesByLevel({ losses, levels, levelCount }: TrainingSet): LevelScale[] {
  return Array.from({ length: levelCount }, (_, level) => levelScale(losses.filter((__, i) => levels[i] === level)));
}

/** What is known of the noise of rows, and what replicates tell, in units of losses standardised per level. */
export function standardisedNoise(
  { designs, levels, noise }: TrainingSet,
  y: Float64Array,
  scales: readonly LevelScale[],
): RowNoise | null {
  const replicates = Replicates.of(designs, levels, noise);
  const known = Float64Array.from(levels, (level, i) => {
    const { sd, unit } = scales[level]!;
    return (Math.sqrt(noise?.[i] ?? Number.NaN) / unit / sd) ** 2;
  });
  if (replicates === null && known.every(Number.isNaN)) return null;
  return new RowNoise(known, replicates?.ratios(y).ratios ?? new Float64Array(designs.n).fill(1));
}

function optimum(
  layout: IcmLayout,
  { training, noise, y }: { training: TrainingSet; noise: RowNoise | null; y: Float64Array },
  { previous, seed }: { previous: readonly number[] | null; seed: number },
): Float64Array {
  const rows = rowSubset(training, fitRows);
  const objective = icmObjective(
    layout,
    {
      designs: selectDesigns(training.designs, rows),
      levels: Int32Array.from(rows, (row) => training.levels[row]!),
      noise: noise?.select(rows) ?? null,
    },
    Float64Array.from(rows, (row) => y[row]!),
  );
  return estimateOfBothSigns(layout, objective, layout.all, { previous, thorough: true, seed });
}

/**
 * Hyperparameters of the highest density by `mapEstimate`, and once more from the best found with the sign of all that
 * carry one turned, which no gradient step could cross; the second is taken where it is better by 1e-3.
 *
 * @param objective - minus the log posterior density, of the layout's hyperparameters and any that follow them
 */
export function estimateOfBothSigns(
  layout: IcmLayout,
  objective: Objective,
  hyperparameters: readonly Hyperparameter[],
  options: MapOptions,
): Float64Array {
  const best = mapEstimate(objective, hyperparameters, options);
  const opposite = turned(layout, best.x);
  if (opposite === null) return best.x;
  const other = mapEstimate(objective, hyperparameters, { ...options, previous: opposite, thorough: false });
  return (other.value < best.value - 1e-3 ? other : best).x;
}
