import { type EncodedDesigns, type Encoding, selectDesigns } from '../encode/encoded-designs.js';
import { logWithin } from '../stats/log-within.js';
import { fitGp, type GpKind, standardGp } from './kinds/gp.js';
import { standardise } from './outputs/standardise.js';

/** How likely it is that a design gives a value at all. */
export interface Feasibility {
  /** Log probability at each design, [n]; at most 0, and never −∞. */
  log(designs: EncodedDesigns): Float64Array;
  /** Log probability at the one design in `candidate`, with its gradient by numeric coordinate. */
  local(candidate: EncodedDesigns): { readonly value: number; readonly gradient: Float64Array };
}

/** Trials that failed, and the others, that it learns from at most: the last ones of each. */
const mostRows = 500;

/** Width of the step from success to failure, in the unit of the labels 0 and 1: nothing fails for sure. */
const width = 0.1;

/**
 * Power of the probability in what a design is worth. Improvements that are hoped for differ by orders of magnitude, those
 * across a border the most; the probability alone, never far below a twentieth, would be outvoted by them.
 */
export const feasibilityPower = 4;

/** Labels repeat less well than measurements: log noise ~ N(−3, 1) in units of their spread. */
function labelGp(encoding: Encoding): GpKind {
  return { ...standardGp(encoding), transform: standardise, noisePrior: [-3, 1] };
}

/**
 * Probability of success by least squares: a Gaussian process on labels, 1 where a design failed and 0 where it gave a value,
 * at any fidelity, with the blocks and distances of `gp`.
 *
 * log P(x) = log Φ((½ − m(x))/√(s²(x) + 0.1²)),  m and s² mean and variance of the label
 *
 * Far from all trials m goes to the share of failures and s to their spread, so that unknown regions stay between: they are
 * not avoided as a region is that was seen to fail.
 *
 * @param failed - whether each design failed, [n]; there are both kinds
 * @see Rasmussen and Williams 2006, section 6.5 (least-squares classification); Gelbart et al. 2014, arXiv:1403.5607
 *   (improvement weighted by the probability of a constraint)
 */
export function fitFeasibility(designs: EncodedDesigns, failed: readonly boolean[], seed: number): Feasibility {
  const rows = [true, false]
    .flatMap((wanted) => [...failed.keys()].filter((row) => failed[row] === wanted).slice(-mostRows))
    .sort((a, b) => a - b);
  const training = {
    designs: selectDesigns(designs, rows),
    levels: new Int32Array(rows.length),
    losses: Float64Array.from(rows, (row) => (failed[row] ? 1 : 0)),
    levelCount: 1,
    finite: false,
  };
  const kind = labelGp(designs.encoding);
  const process = fitGp(training, { seed, previous: null, optimise: true }, kind);
  const bound = process.scale.toLatent(0.5);
  const blur = (width * process.scale.slope(0.5)) ** 2;
  const at = (mean: number, variance: number) => logWithin({ mean, variance: variance + blur, bound });
  return {
    log: (candidates) => {
      const { mean, variance } = process.posterior(candidates);
      return mean[0]!.map((value, i) => at(value, variance[0]![i]!).value);
    },
    local: (candidate) => {
      const { mean, variance, meanGradient, varianceGradient } = process.local(candidate);
      const { value, byMean, byVariance } = at(mean[0]!, variance[0]!);
      const [byM, byV] = [meanGradient[0]!, varianceGradient[0]!];
      return { value, gradient: byM.map((slope, j) => byMean * slope + byVariance * byV[j]!) };
    },
  };
}
