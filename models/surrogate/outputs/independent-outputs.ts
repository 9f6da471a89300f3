import { InfeasibleError, ShapeError } from '../../domain/errors.js';
import { type EncodedDesigns, selectDesigns } from '../../encode/encoded-designs.js';
import { deriveSeed } from '../../random/generator.js';
import { logsumexp } from '../../stats/logsumexp.js';
import { logCdf } from '../../stats/normal.js';
import type { LevelPosterior, TrainingSet } from '../contract.js';
import { type Contender, type EarlierFit, Ensemble } from '../ensemble.js';

/** One of several things that were measured at the same designs. */
export interface OutputData {
  readonly name: string;
  /** Value at each design, lower being better for an objective, [n]; NaN where it was not measured. */
  readonly losses: Float64Array;
  /** Known noise variances, [n]; NaN where unknown. */
  readonly noise?: Float64Array;
  readonly contenders: readonly Contender[];
}

/** How to fit; hyperparameters of earlier fits by name of the output. */
export interface OutputFitOptions {
  readonly seed: number;
  readonly previous: Readonly<Record<string, readonly EarlierFit[]>>;
  readonly optimise: boolean;
  /** As in `FitOptions`. */
  readonly suspects?: boolean;
}

/** Several outputs over the same designs, each with an ensemble of its own: what one is tells nothing of another. */
export class IndependentOutputs {
  private constructor(
    /** By name of the output, in the order given. */
    readonly ensembles: ReadonlyMap<string, Ensemble>,
  ) {}

  /**
   * An ensemble for each output, fitted to the rows where it was measured.
   *
   * @param where - the designs of all rows, with their levels
   * @throws {ShapeError} if an output has another number of rows, or two share a name
   * @throws {InfeasibleError} if an output was never measured at the target; names it
   */
  static async fit(
    outputs: readonly OutputData[],
    where: Pick<TrainingSet, 'designs' | 'levels' | 'levelCount' | 'finite'>,
    { seed, previous, ...how }: OutputFitOptions,
  ): Promise<IndependentOutputs> {
    const ensembles = new Map<string, Ensemble>();
    for (const output of outputs) {
      const { name, contenders } = output;
      if (ensembles.has(name)) throw new ShapeError(`two outputs are called '${name}'`);
      const earlier = Object.hasOwn(previous, name) ? previous[name]! : [];
      const options = { seed: deriveSeed(seed, name), previous: earlier, ...how };
      ensembles.set(name, await Ensemble.fit(contenders, measuredRows(output, where), options));
    }
    return new IndependentOutputs(ensembles);
  }

  /** Posterior of an output by each member of its ensemble, on the member's scale. @throws {ShapeError} if there is none */
  posterior(name: string, candidates: EncodedDesigns): readonly LevelPosterior[] {
    return this.ensemble(name).members.map(({ surrogate }) => surrogate.posterior(candidates));
  }

  /**
   * Log of the probability that every bounded output is within its bound at the target, without noise.
   *
   * Σ_j log Σ_m w_jm·Φ((t_jm(b_j) − μ_jm)/σ_jm)
   *
   * @param bounds - by name of the output, in its own units
   * @returns [q]; add it to a log expected improvement for that of a feasible improvement
   * @throws {ShapeError} if there is no output of that name
   */
  logFeasibility(candidates: EncodedDesigns, bounds: Readonly<Record<string, number>>): Float64Array {
    const total = new Float64Array(candidates.n);
    for (const [name, bound] of Object.entries(bounds)) {
      const { members } = this.ensemble(name);
      const posteriors = this.posterior(name, candidates);
      for (let c = 0; c < candidates.n; c++) {
        const terms = members.map(({ weight, surrogate }, m) => {
          const { mean, variance } = posteriors[m]!;
          const u = (surrogate.scale.toLatent(bound) - mean.at(-1)![c]!) / Math.sqrt(variance.at(-1)![c]!);
          return Math.log(weight) + logCdf(u);
        });
        total[c] = total[c]! + logsumexp(terms);
      }
    }
    return total;
  }

  private ensemble(name: string): Ensemble {
    const found = this.ensembles.get(name);
    if (found === undefined)
      throw new ShapeError(`no output '${name}'; there are ${[...this.ensembles.keys()].join(', ')}`);
    return found;
  }
}

function measuredRows(
  { name, losses, noise }: OutputData,
  { designs, levels, ...rest }: Pick<TrainingSet, 'designs' | 'levels' | 'levelCount' | 'finite'>,
): TrainingSet {
  if (losses.length !== designs.n || (noise !== undefined && noise.length !== designs.n))
    throw new ShapeError(`output '${name}' has ${losses.length} values for ${designs.n} designs`);
  const rows = [...losses.keys()].filter((row) => !Number.isNaN(losses[row]!));
  if (!rows.some((row) => levels[row] === rest.levelCount - 1))
    throw new InfeasibleError(`output '${name}' was never measured at the target fidelity`);
  const pick = (values: Float64Array) => Float64Array.from(rows, (row) => values[row]!);
  return {
    ...rest,
    designs: selectDesigns(designs, rows),
    levels: Int32Array.from(rows, (row) => levels[row]!),
    losses: pick(losses),
    ...(noise === undefined ? {} : { noise: pick(noise) }),
  };
}
