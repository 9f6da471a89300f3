import type { Encoding } from '../../encode/encoded-designs.js';
import { RadialBlock } from '../../kernel/radial-block.js';
import type { RadialKernelName } from '../../linalg/radial/radial-kernels.js';
import type { FitOptions, FittedSurrogate, SurrogateType, TrainingSet } from '../contract.js';
import { leaveOneOutScore } from '../ensemble.js';
import { logWarp } from '../outputs/log-warp.js';
import type { OutputTransform } from '../outputs/output-transform.js';
import { standardise } from '../outputs/standardise.js';
import { transformEvidence } from '../outputs/transform-evidence.js';
import { tukeyFence, winsorising } from '../outputs/winsorise.js';
import { yeoJohnson } from '../outputs/yeo-johnson.js';
import { fitGp, type GpKind, someRows, standardGp, targetRows, thoroughUpTo } from './gp.js';

const kernels: readonly RadialKernelName[] = ['matern32', 'matern52', 'rbf'];

/** Those of winsorised losses stand behind the others, in the same order. */
const plain: readonly OutputTransform[] = [logWarp, yeoJohnson, standardise];
const transforms: readonly OutputTransform[] = [...plain, ...plain.map(winsorising)];

/** Rows that a choice is made from, at most, by `rowSubset`. */
const chooseUpTo = 500;

/** Places in the two lists above. */
interface Choice {
  readonly kernel: number;
  readonly transform: number;
}

/**
 * A surrogate that chooses its output transform and its kernel from the losses: first the transform, by its evidence with
 * Matérn 3/2 (see `transformEvidence`), then the kernel, by the leave-one-out log score on that scale. Transforms of
 * winsorised losses take part only where a loss lies beyond Tukey's fence.
 *
 * What was chosen stands behind the hyperparameters, as places in the lists of kernels and transforms, so that a fit
 * without optimisation takes it over. Beyond 60 rows an earlier choice is kept in any case; the first one is made from
 * 500 rows at most.
 */
export const adaptiveGp: SurrogateType<FittedSurrogate> = {
  name: 'adaptive-gp',
  description: 'exact Gaussian process; output transform chosen by evidence, kernel by leave-one-out score',
  sees: 'target',
  fit: fitAdaptive,
};

function fitAdaptive(training: TrainingSet, options: FitOptions): FittedSurrogate {
  const earlier = earlierChoice(options.previous);
  const { encoding } = training.designs;
  const fitted = (choice: Choice) => {
    const isEarlier = earlier?.kernel === choice.kernel && earlier.transform === choice.transform;
    const previous = isEarlier ? options.previous!.slice(0, -2) : null;
    return { choice, surrogate: fitGp(training, { ...options, previous }, kindOf(encoding, choice)) };
  };
  const target = targetRows(training);
  const n = target.losses.length;
  if (earlier !== null && (!options.optimise || n > thoroughUpTo)) return fitted(earlier).surrogate;
  if (n > chooseUpTo) {
    const { noise, ...some } = someRows(target, chooseUpTo);
    const known = noise === undefined ? {} : { noise };
    const set = { ...some, ...known, levels: new Int32Array(chooseUpTo), levelCount: 1, finite: training.finite };
    return fitAdaptive(training, { ...options, previous: fitAdaptive(set, options).hyperparameters });
  }
  const fence = tukeyFence(target.losses);
  const hasTail = target.losses.some((loss) => loss > fence);
  const scaled = (hasTail ? transforms : plain).map((_, transform) => fitted({ kernel: 0, transform }));
  const scale = best(scaled, ({ choice, surrogate }) =>
    transformEvidence(target, kindOf(encoding, choice), surrogate.hyperparameters),
  );
  const others = kernels.slice(1).map((_, at) => fitted({ kernel: at + 1, transform: scale.choice.transform }));
  return best([scale, ...others], ({ surrogate }) => leaveOneOutScore(surrogate, training)).surrogate;
}

function kindOf(encoding: Encoding, { kernel, transform }: Choice): GpKind {
  const [radial, output] = [kernels[kernel]!, transforms[transform]!];
  return {
    ...standardGp(encoding),
    kernel: new RadialBlock(encoding, radial),
    transform: output,
    choice: { code: [kernel, transform], text: `${radial} on ${output.name}` },
  };
}

/** The choice behind the hyperparameters of an earlier fit; null if there is none. */
function earlierChoice(previous: readonly number[] | null): Choice | null {
  const [kernel, transform] = previous?.slice(-2) ?? [];
  if (kernels[kernel!] === undefined || transforms[transform!] === undefined) return null;
  return { kernel: kernel!, transform: transform! };
}

/** The one with the largest value, the first of equal ones. */
function best<T>(some: readonly T[], value: (one: T) => number): T {
  return some
    .map((one) => ({ one, value: value(one) }))
    .reduce((a, b) => (b.value > a.value || Number.isNaN(a.value) ? b : a)).one;
}
