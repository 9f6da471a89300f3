import { type EncodedDesigns, selectDesigns } from '../../encode/encoded-designs.js';
import type { Hyperparameter } from '../../kernel/contract.js';
import type { Objective } from '../../optimiser/lbfgs.js';
import { LatentNoise } from '../noise/latent-noise.js';
import { RowNoise } from '../noise/row-noise.js';
import { lossUnit, transformInUnits } from '../outputs/loss-unit.js';
import type { OutputTransform, TransformedLosses } from '../outputs/output-transform.js';
import type { IcmLayout } from '../process/icm-hyperparameters.js';
import { icmObjective } from '../process/icm-likelihood.js';

/** Rows of several levels. */
export interface LevelRows {
  readonly designs: EncodedDesigns;
  readonly levels: Int32Array;
  readonly losses: Float64Array;
  /** Known noise variances, loss units²; NaN where unknown. */
  readonly noise?: Float64Array | undefined;
}

/**
 * Losses of several levels, each level on a scale of its own: one family of transforms, a learned parameter a level.
 *
 * Levels differ in kind and unit of what they measure, and the rows at the target are the best ones of a search, so no
 * scale is shared.
 */
export class LevelTransforms {
  private readonly rowsOf: readonly (readonly number[])[];
  private readonly lossesOf: readonly Float64Array[];
  private readonly noiseOf: readonly (LatentNoise | null)[];
  private readonly transforms: readonly OutputTransform[];

  constructor(
    private readonly rows: LevelRows,
    levelCount: number,
    transform: OutputTransform,
  ) {
    const { designs, levels, losses, noise } = rows;
    this.rowsOf = Array.from({ length: levelCount }, (_, level) =>
      [...levels.keys()].filter((row) => levels[row] === level),
    );
    this.lossesOf = this.rowsOf.map((some) => Float64Array.from(some, (row) => losses[row]!));
    this.noiseOf = this.rowsOf.map((some) =>
      LatentNoise.of(selectDesigns(designs, [...some]), noise && Float64Array.from(some, (row) => noise[row]!)),
    );
    this.transforms = this.lossesOf.map((own) => transformInUnits(transform, [lossUnit(own)]));
  }

  /** The learned parameters with their priors, [L]. */
  get parameters(): readonly Hyperparameter[] {
    return this.transforms.map(({ parameter }) => parameter);
  }

  /** The losses on the scales of these parameters, by level. */
  at(parameters: ArrayLike<number>): TransformedLosses[] {
    return this.transforms.map((transform, level) => transform.of(this.lossesOf[level]!, parameters[level]!));
  }

  /** Values of all rows on these scales, [n]. */
  values(transformed: readonly TransformedLosses[]): Float64Array {
    const y = new Float64Array(this.rows.losses.length);
    this.rowsOf.forEach((some, level) => {
      for (const [i, row] of some.entries()) y[row] = transformed[level]!.values[i]!;
    });
    return y;
  }

  /** Noise of the rows on these scales; null where nothing is known of it. */
  noise(transformed: readonly TransformedLosses[]): RowNoise | null {
    if (this.noiseOf.every((own) => own === null)) return null;
    const n = this.rows.losses.length;
    const all = new RowNoise(new Float64Array(n).fill(Number.NaN), new Float64Array(n).fill(1));
    this.updateNoise(all, transformed);
    return all;
  }

  private updateNoise(all: RowNoise, transformed: readonly TransformedLosses[]): void {
    this.noiseOf.forEach((own, level) => {
      if (own === null) return;
      own.update(this.lossesOf[level]!, transformed[level]!);
      for (const [i, row] of this.rowsOf[level]!.entries()) {
        all.known[row] = own.rows.known[i]!;
        all.ratios[row] = own.rows.ratios[i]!;
      }
    });
  }

  /** Log of the Jacobian of all rows and of the prior densities of the parameters, up to a constant. */
  logDensity(parameters: ArrayLike<number>, transformed: readonly TransformedLosses[]): number {
    return this.parameters.reduce(
      (sum, { mean, sd }, level) =>
        sum + transformed[level]!.logJacobian - 0.5 * ((parameters[level]! - mean) / sd) ** 2,
      0,
    );
  }

  /**
   * Minus the log posterior density of the hyperparameters and, behind them, of the parameters of all levels, given the
   * losses; with its gradient.
   *
   * −log p = −log p(t(losses) | θ) − Σ_l (Σ log dt_l/dz − ½·((λ_l − mean)/sd)²), the inner sum over the rows of level l
   *
   * @returns a function that is +∞ where the covariance cannot be factorised
   */
  objective(layout: IcmLayout): Objective {
    const { designs, levels } = this.rows;
    const n = designs.n;
    const start = this.at(this.parameters.map((one) => one.start));
    const noise = this.noise(start);
    const y = this.values(start);
    const byData = { values: new Float64Array(n), noise: new Float64Array(n) };
    const inner = icmObjective(layout, { designs, levels, noise }, y, byData);
    return (theta, gradient) => {
      const transformed = this.at(theta.subarray(layout.size));
      y.set(this.values(transformed));
      if (noise !== null) this.updateNoise(noise, transformed);
      const value = inner(theta.subarray(0, layout.size), gradient.subarray(0, layout.size));
      if (!Number.isFinite(value)) return value;
      this.rowsOf.forEach((some, level) => {
        const own = transformed[level]!;
        const { mean, sd } = this.transforms[level]!.parameter;
        const z = (theta[layout.size + level]! - mean) / sd;
        const pick = (values: Float64Array) => Float64Array.from(some, (row) => values[row]!);
        let slope = z / sd - own.byParameter.logJacobian;
        for (const [i, row] of some.entries()) slope += byData.values[row]! * own.byParameter.values[i]!;
        const learned = Math.exp(theta[layout.noiseAt + level]!);
        slope += this.noiseOf[level]?.slope(own, pick(byData.noise), learned) ?? 0;
        gradient[layout.size + level] = slope;
      });
      return value - this.logDensity(theta.subarray(layout.size), transformed);
    };
  }
}
