import { InfeasibleError, NumericalError } from '../domain/errors.js';
import { type EncodedDesigns, selectDesigns } from '../encode/encoded-designs.js';
import { DesignKernel } from '../kernel/design-kernel.js';
import { matern32 } from '../kernel/matern32.js';
import { minimise, type Objective } from '../optimiser/lbfgs.js';
import type { FitOptions, FittedSurrogate, SurrogateType, TrainingSet } from './contract.js';
import { type IcmLayout, icmLayout } from './icm-hyperparameters.js';
import { icmObjective } from './icm-likelihood.js';
import { IcmPosterior } from './icm-posterior.js';
import { LogWarp } from './log-warp.js';
import { SingleLevel } from './single-level.js';

/** Normal prior on the log of the warp's scale, and its bounds: near to no warp unless the losses ask for one. */
const warpPrior = { mean: 2.5, sd: 1.5, lower: Math.log(0.03), upper: 3.5, start: 1 } as const;

/**
 * Exact Gaussian process on the trials at the target fidelity alone: Matérn 3/2 with a lengthscale a column, on losses
 * warped by a learned logarithm. Of other levels it knows nothing.
 *
 * The scale s of the warp is fitted together with the kernel, the likelihood being that of the losses themselves:
 * log p(loss) = log N(t(s) | 0, K) + Σ log dt/dz;  log s ~ N(2.5, 1.5). log noise ~ N(−6, 2), of t.
 *
 * What it was measured against is in `models/README.md`.
 */
export const gp: SurrogateType = {
  name: 'gp',
  description: 'exact Gaussian process on the target fidelity alone (Matérn 3/2, learned log warp)',
  fit: (training, options) => {
    const target = training.levelCount - 1;
    const rows = [...training.levels.keys()].filter((row) => training.levels[row] === target);
    if (rows.length === 0) throw new InfeasibleError('no measured trial at the target fidelity to learn from');
    const losses = Float64Array.from(rows, (row) => training.losses[row]!);
    const bad = losses.findIndex((loss) => !Number.isFinite(loss));
    if (bad >= 0) throw new NumericalError(`loss ${bad} is ${losses[bad]}; finite numbers are wanted`);
    return fitWarped(selectDesigns(training.designs, rows), losses, training, options);
  },
};

function fitWarped(
  designs: EncodedDesigns,
  losses: Float64Array,
  training: TrainingSet,
  options: FitOptions,
): FittedSurrogate {
  const kernel = new DesignKernel(designs.encoding, matern32);
  const layout = icmLayout({ lengthscales: kernel.lengthscales, levels: 1, ownShares: false, noisePrior: [-6, 2] });
  const levels = new Int32Array(designs.n);
  const known = options.previous !== null && options.previous.length === layout.size + 1 ? options.previous : null;
  const theta =
    !options.optimise && known !== null
      ? Float64Array.from(known)
      : optimum(warpedObjective(kernel, layout, designs, losses), layout, known);
  const warp = LogWarp.of(losses, theta[layout.size]!);
  const inner = new IcmPosterior({
    kernel,
    layout,
    theta: theta.subarray(0, layout.size),
    designs,
    levels,
    y: warp.values,
    scales: [{ mean: 0, sd: 1 }],
  });
  const logS = theta[layout.size]!;
  const warped = { logS, logPrior: -0.5 * ((logS - warpPrior.mean) / warpPrior.sd) ** 2 };
  return new SingleLevel(inner, training.levels, training.levelCount, warp, warped);
}

/** Minus the log posterior density of kernel and warp, the warp's log s last. */
function warpedObjective(
  kernel: DesignKernel,
  layout: IcmLayout,
  designs: EncodedDesigns,
  losses: Float64Array,
): Objective {
  const y = new Float64Array(designs.n);
  const alpha = new Float64Array(designs.n);
  const inner = icmObjective(kernel, layout, designs, new Int32Array(designs.n), y, alpha);
  return (theta, gradient) => {
    const logS = theta[layout.size]!;
    const warp = LogWarp.of(losses, logS);
    y.set(warp.values);
    const value = inner(theta.subarray(0, layout.size), gradient.subarray(0, layout.size));
    if (!Number.isFinite(value)) return value;
    let byLogS = -warp.byLogS.logJacobian;
    for (let i = 0; i < y.length; i++) byLogS += alpha[i]! * warp.byLogS.values[i]!;
    const z = (logS - warpPrior.mean) / warpPrior.sd;
    gradient[layout.size] = byLogS + z / warpPrior.sd;
    return value - warp.logJacobian + 0.5 * z * z;
  };
}

/** The better of the optima from the default start and from the earlier fit. */
function optimum(objective: Objective, layout: IcmLayout, previous: readonly number[] | null): Float64Array {
  const joined = (values: Float64Array, last: number) => Float64Array.from([...values, last]);
  const bounds = [joined(layout.lower, warpPrior.lower), joined(layout.upper, warpPrior.upper)] as const;
  const starts = [joined(layout.start, warpPrior.start)];
  if (previous !== null) starts.unshift(Float64Array.from(previous));
  return starts
    .map((start) => minimise(objective, start, bounds, { maxIterations: 60 }))
    .reduce((a, b) => (b.value < a.value - 1e-6 ? b : a)).x;
}
