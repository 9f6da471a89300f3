import { type Encoding, selectDesigns } from '../../encode/encoded-designs.js';
import { SumKernel } from '../../kernel/combined.js';
import type { DesignKernel } from '../../kernel/contract.js';
import { RadialBlock } from '../../kernel/radial-block.js';
import { sameDesign } from '../../kernel/same-design.js';
import type { FitOptions, FittedSurrogate, SurrogateType, TrainingSet } from '../contract.js';
import { checkTraining, estimateOfBothSigns, fitRows } from '../levels/level-fit.js';
import { standardUnits } from '../levels/level-scale.js';
import { LevelTransforms } from '../levels/level-transforms.js';
import { TransformedLevels } from '../levels/transformed-levels.js';
import { logWarp } from '../outputs/log-warp.js';
import type { OutputTransform } from '../outputs/output-transform.js';
import { type IcmLayout, type IcmShape, icmLayout } from '../process/icm-hyperparameters.js';
import { IcmPosterior } from '../process/icm-posterior.js';
import { mapEstimate } from '../process/map-estimate.js';
import { rowSubset } from '../row-subset.js';
import { thoroughUpTo } from './gp.js';
import { withContexts } from './with-contexts.js';

/**
 * Prior of the share of the variance that is a molecule's own, about 0.1 and learned: what no other molecule tells of it,
 * yet what its values at all levels have in common. With it a cheap measurement of an outlier counts for the outlier's
 * target value.
 */
const ownShare = { mean: -2.2, sd: 1.5 } as const;

/**
 * Gaussian process over (design, fidelity) by the intrinsic coregionalisation model: one design kernel, a free
 * (signed) correlation between levels, and a constant, a scale and a noise of its own for each level.
 *
 * Losses of each level are warped by a learned logarithm of their own, as those of `gp` are.
 *
 * @see Bonilla, Chai and Williams 2007 (ICM)
 */
export const icm = icmType(
  'icm',
  'Gaussian process over designs and fidelities (index kernel, Matérn 5/2, learned log warps)',
  (encoding) => ({
    kernel: withContexts(encoding, 'matern52', new RadialBlock(encoding, 'matern52')),
    transform: logWarp,
    noisePrior: [-6, 2],
    ownShare: true,
  }),
);

/** What kind of process: the kernel of the designs, the scale of the losses, and priors other than those of `icmLayout`. */
export interface IcmKind extends Pick<IcmShape, 'noisePrior' | 'scalePrior'> {
  readonly kernel: DesignKernel;
  readonly transform: OutputTransform;
}

/** A kind of process over (design, fidelity) as a surrogate. */
export function icmType(
  name: string,
  description: string,
  kind: (encoding: Encoding) => IcmKind,
): SurrogateType<FittedSurrogate> {
  return {
    name,
    description,
    sees: 'levels',
    joinsSources: true,
    fit: (training, options) => fitIcm(training, options, kind(training.designs.encoding)),
  };
}

/**
 * Hyperparameters are the mode of the posterior density found by bounded L-BFGS with analytic gradients, from the
 * earlier fit or the default start, and once more with all signs turned that no gradient step could cross.
 *
 * @throws {InfeasibleError} if there is no target-level row
 */
function fitIcm(training: TrainingSet, options: FitOptions, kind: IcmKind): FittedSurrogate {
  checkTraining(training);
  const { designs, levels, levelCount, sourceCount: sources = 0 } = training;
  const hasOwn = training.finite && levelCount > 1 && designs.encoding.substances > 0;
  const kernel = hasOwn ? new SumKernel(kind.kernel, sameDesign, ownShare) : kind.kernel;
  const layout = icmLayout({ ...kind, kernel, levels: levelCount, sources });
  const transforms = new LevelTransforms(training, levelCount, kind.transform);
  const size = layout.size + levelCount;
  const previous = options.previous?.length === size ? options.previous : null;
  const theta =
    !options.optimise && previous !== null
      ? Float64Array.from(previous)
      : optimum(training, layout, kind.transform, { previous, seed: options.seed });
  const parameters = theta.subarray(layout.size);
  const scales = transforms.at(parameters);
  const inner = new IcmPosterior({
    designs,
    levels,
    noise: transforms.noise(scales),
    layout,
    theta: theta.subarray(0, layout.size),
    y: transforms.values(scales),
    scales: scales.map(() => standardUnits),
  });
  const logDensity = transforms.logDensity(parameters, scales);
  return new TransformedLevels(inner, scales, { parameters: [...parameters], logDensity });
}

/** Rows that a search without an earlier optimum begins on where there are at least twice as many. */
const coarseRows = 60;

/** @param most - rows that the density is that of, at most, by `rowSubset` */
function optimum(
  training: TrainingSet,
  layout: IcmLayout,
  transform: OutputTransform,
  { previous, seed }: { readonly previous: readonly number[] | null; readonly seed: number },
  most = fitRows,
): Float64Array {
  const some = rowSubset(training, most);
  const isCoarseFirst = previous === null && some.length >= 2 * coarseRows;
  const start = isCoarseFirst ? [...optimum(training, layout, transform, { previous, seed }, coarseRows)] : previous;
  const pick = (values: Float64Array) => Float64Array.from(some, (row) => values[row]!);
  const rows = {
    designs: selectDesigns(training.designs, some),
    levels: Int32Array.from(some, (row) => training.levels[row]!),
    losses: pick(training.losses),
    noise: training.noise && pick(training.noise),
  };
  const transforms = new LevelTransforms(rows, training.levelCount, transform);
  const objective = transforms.objective(layout);
  const all = [...layout.all, ...transforms.parameters];
  const options = { previous: start, thorough: some.length <= thoroughUpTo, seed };
  // The coarse search has tried both signs.
  if (isCoarseFirst) return mapEstimate(objective, all, options).x;
  return estimateOfBothSigns(layout, objective, all, options);
}
