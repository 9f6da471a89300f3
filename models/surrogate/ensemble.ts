import type { EncodedDesigns } from '../encode/encoded-designs.js';
import { logsumexp } from '../stats/logsumexp.js';
import { cdf, logDensity } from '../stats/normal.js';
import { normalQuantile } from '../stats/normal-quantile.js';
import type { FitOptions, FittedSurrogate, LevelPosterior, SurrogateType, TrainingSet } from './contract.js';
import { lossUnit } from './outputs/loss-unit.js';

/** One surrogate of an ensemble. */
export interface Member {
  readonly name: string;
  readonly sees: SurrogateType['sees'];
  /** Its weight; those of an ensemble add up to 1. */
  readonly weight: number;
  /** Log score: Σ log density of each target-level loss given all others, in standard deviations of these losses. */
  readonly score: number;
  /** What standard deviations are multiplied by: see `calibrated`; 1 where absent, as in all that chooses. */
  readonly calibration?: number;
  readonly surrogate: FittedSurrogate;
}

/** A surrogate that is to take part, and its prior odds. */
export interface Contender {
  readonly type: SurrogateType;
  /** Added to its score. */
  readonly logOdds: (training: TrainingSet) => number;
}

/** Part of the weight that is shared out evenly, whatever the scores. */
const evenShare = 0.1;

/**
 * Log densities of a single row, in standard deviations of the losses, beyond which it counts no further: against a member,
 * lest one outlier decides; and for it, as to know losses ever more closely where others were measured is no better idea
 * of where to search.
 */
const terms = { least: -6, most: 1 } as const;

/**
 * Surrogates of different kinds, weighted by the leave-one-out log score of the measured losses.
 *
 * w_m = 0.1/M + 0.9·softmax_m(b_m + Σ_i clip(log p_m(loss_i | all other losses), −6, 1)), b_m the log prior odds
 *
 * Losses are compared on one scale, that of the standardised losses, whatever the scale a member works on.
 *
 * @see Yao et al. 2018, Bayesian Analysis 13, 917 (stacking by leave-one-out densities; pseudo-Bayesian weights)
 */
export class Ensemble {
  constructor(readonly members: readonly Member[]) {}

  /** The surrogates fitted to the same rows. */
  static async fit(
    contenders: readonly Contender[],
    training: TrainingSet,
    { previous, ...options }: Omit<FitOptions, 'previous'> & { readonly previous: readonly EarlierFit[] },
  ): Promise<Ensemble> {
    const fitted: FittedSurrogate[] = [];
    // One after the other: each may take as much memory as there is.
    for (const { type } of contenders) {
      const earlier = previous.find((fit) => fit.name === type.name);
      const state = { previous: earlier?.hyperparameters ?? null, artefact: earlier?.artefact };
      fitted.push(await type.fit(training, { ...options, ...state }));
    }
    const isAlone = contenders.length === 1;
    const scores = fitted.map((surrogate) => (isAlone ? 0 : leaveOneOutScore(surrogate, training)));
    const odds = contenders.map(({ logOdds }, m) => scores[m]! + logOdds(training));
    const total = logsumexp(odds);
    const share = (m: number) => evenShare / contenders.length + (1 - evenShare) * Math.exp(odds[m]! - total);
    return new Ensemble(
      fitted.map((surrogate, m) => ({
        name: contenders[m]!.type.name,
        sees: contenders[m]!.type.sees,
        weight: isAlone ? 1 : share(m),
        score: scores[m]!,
        surrogate,
      })),
    );
  }

  /** Rows of the training set that members of more than half of the weight take for gross errors. */
  get suspects(): readonly number[] {
    const weights = new Map<number, number>();
    for (const { surrogate, weight } of this.members)
      for (const row of surrogate.suspects ?? []) weights.set(row, (weights.get(row) ?? 0) + weight);
    return [...weights].filter(([, weight]) => weight > 0.5).map(([row]) => row);
  }

  /**
   * Probability by the mixture of the members that a loss is below y: Σ_m w_m·Φ((t_m(y) − μ_m)/σ_m).
   *
   * @param posteriors - of each member, at the same candidates
   */
  probabilityBelow(posteriors: readonly LevelPosterior[], which: Which, y: number): number {
    return this.members.reduce((sum, member, m) => {
      const { mean, sd } = momentsOf(posteriors[m]!, member, which);
      return sum + member.weight * cdf((member.surrogate.scale.toLatent(y, which.level) - mean) / sd);
    }, 0);
  }

  /**
   * The loss below which the mixture of the members puts probability p.
   *
   * @returns to 1e-9 of the distance between the members' own quantiles
   */
  quantile(posteriors: readonly LevelPosterior[], which: Which, p: number): number {
    const ends = this.members.map((member, m) => {
      const { mean, sd } = momentsOf(posteriors[m]!, member, which);
      return finite(member.surrogate.scale.toLoss(mean + sd * normalQuantile(p), which.level));
    });
    let [low, high] = [Math.min(...ends), Math.max(...ends)];
    const tolerance = 1e-9 * (high - low);
    while (high - low > tolerance) {
      const middle = low + (high - low) / 2;
      if (middle === low || middle === high) break;
      if (this.probabilityBelow(posteriors, which, middle) < p) low = middle;
      else high = middle;
    }
    return low + (high - low) / 2;
  }

  /** As `condition` of a surrogate; weights stay what they are. */
  condition(designs: EncodedDesigns, levels: Int32Array, losses?: Float64Array): Ensemble {
    return new Ensemble(
      this.members.map((member) => ({ ...member, surrogate: member.surrogate.condition(designs, levels, losses) })),
    );
  }
}

/** The state that a member had in an earlier fit. */
export interface EarlierFit {
  readonly name: string;
  readonly hyperparameters: readonly number[];
  readonly artefact?: Uint8Array;
}

/** Which loss: of a candidate, at a level. */
export interface Which {
  readonly level: number;
  readonly candidate: number;
  /** As a measurement would give it, and not without noise. */
  readonly noisy?: boolean;
  /** What every standard deviation is multiplied by besides; 1 where absent. */
  readonly widened?: number;
}

function momentsOf(
  posterior: LevelPosterior,
  { surrogate: { noise }, calibration = 1 }: Member,
  { level, candidate, noisy, widened = 1 }: Which,
) {
  const variance = posterior.variance[level]![candidate]! + (noisy === true ? noise[level]! : 0);
  const sd = Math.sqrt(variance) * calibration * widened;
  return { mean: posterior.mean[level]![candidate]!, sd };
}

/** The loss, or where it is beyond half of the largest number, that: distances of two such losses are numbers too. */
function finite(loss: number): number {
  return Math.max(-Number.MAX_VALUE / 2, Math.min(Number.MAX_VALUE / 2, loss));
}

/**
 * Clipped log score of a surrogate over the target rows of its training set: Σ_i clip(log p(loss_i | all others), −6, 1), in
 * standard deviations of the losses.
 */
export function leaveOneOutScore(surrogate: FittedSurrogate, { levels, losses, levelCount }: TrainingSet): number {
  const { mean, variance } = surrogate.leaveOneOut();
  const rows = [...levels.keys()].filter((row) => levels[row] === levelCount - 1);
  const spread = standardDeviation(Float64Array.from(rows, (row) => losses[row]!));
  return rows.reduce((sum, row) => {
    const loss = losses[row]!;
    const sd = Math.sqrt(variance[row]!);
    const slope = surrogate.scale.slope(loss) * spread;
    const density = logDensity((surrogate.scale.toLatent(loss) - mean[row]!) / sd) - Math.log(sd) + Math.log(slope);
    return sum + Math.max(terms.least, Math.min(terms.most, density));
  }, 0);
}

/**
 * Standard deviation of the whole set; 1 where the losses do not differ. Not that of simple-statistics: its compensated
 * sums differ in the last bits, and weights would with them.
 */
function standardDeviation(losses: Float64Array): number {
  const unit = lossUnit(losses);
  const values = losses.map((loss) => loss / unit);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return variance > 0 ? Math.sqrt(variance) * unit : 1;
}
