import type { EncodedDesigns } from '../encode/encoded-designs.js';
import { logsumexp } from '../stats/logsumexp.js';
import { cdf, logDensity } from '../stats/normal.js';
import { normalQuantile } from '../stats/normal-quantile.js';
import type { FitOptions, FittedSurrogate, LevelPosterior, SurrogateType, TrainingSet } from './contract.js';
import { lossUnit } from './loss-unit.js';

/** One surrogate of an ensemble. */
export interface Member {
  readonly name: string;
  /** How far it is believed; the weights of an ensemble add up to 1. */
  readonly weight: number;
  /** Log score: Σ log density of each target-level loss given all others, in standard deviations of these losses. */
  readonly score: number;
  /** What standard deviations are multiplied by in intervals of designs in general: see `calibrationOf`; 1 where absent. */
  readonly calibration?: number;
  readonly surrogate: FittedSurrogate;
}

/** A surrogate that is to take part, and how far it is believed beforehand. */
export interface Contender {
  readonly type: SurrogateType;
  /** Added to its score. */
  readonly logOdds: (training: TrainingSet) => number;
}

/** Part of the belief that is shared out evenly, whatever the scores. */
const evenShare = 0.1;

/**
 * Log densities of a single row, in standard deviations of the losses, beyond which it counts no further: against a member,
 * lest one outlier decides; and for it, as to know losses ever more closely where others were measured is no better idea
 * of where to search.
 */
const terms = { least: -6, most: 1 } as const;

/** Rows up to which a surrogate alone is calibrated: what it takes grows with their cube. */
const calibratedUpTo = 1000;

/**
 * Surrogates of different kinds, believed by how well each foretells every measured loss from the others.
 *
 * w_m = 0.1/M + 0.9·softmax_m(b_m + Σ_i clip(log p_m(loss_i | all other losses), −6, 1)), b_m the log odds beforehand
 *
 * Losses are compared on one scale, that of the standardised losses, whatever the scale a member works on.
 *
 * @see Yao et al. 2018, Bayesian Analysis 13, 917 (stacking by leave-one-out densities; pseudo-Bayesian weights)
 */
export class Ensemble {
  constructor(readonly members: readonly Member[]) {}

  /** The surrogates fitted to the same rows. */
  static fit(
    contenders: readonly Contender[],
    training: TrainingSet,
    { previous, ...options }: Omit<FitOptions, 'previous'> & { readonly previous: readonly EarlierFit[] },
  ): Ensemble {
    const earlier = (name: string) => previous.find((fit) => fit.name === name)?.hyperparameters ?? null;
    const fitted = contenders.map(({ type }) => type.fit(training, { ...options, previous: earlier(type.name) }));
    const isAlone = contenders.length === 1;
    const ofOneKind = new Set(fitted.map(seesMore)).size === 1;
    const foretold = fitted.map((surrogate) =>
      isAlone && training.levels.length > calibratedUpTo ? null : foretell(surrogate, training, ofOneKind),
    );
    const scores = foretold.map((rows) => (isAlone || rows === null ? 0 : logScore(rows.target)));
    const odds = contenders.map(({ logOdds }, m) => scores[m]! + logOdds(training));
    const total = logsumexp(odds);
    const share = (m: number) => evenShare / contenders.length + (1 - evenShare) * Math.exp(odds[m]! - total);
    return new Ensemble(
      fitted.map((surrogate, m) => ({
        name: contenders[m]!.type.name,
        weight: isAlone ? 1 : share(m),
        score: scores[m]!,
        calibration: foretold[m] === null ? 1 : calibrationOf(foretold[m]!),
        surrogate,
      })),
    );
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

/** Hyperparameters that a member had in an earlier fit. */
export interface EarlierFit {
  readonly name: string;
  readonly hyperparameters: readonly number[];
}

/** Which loss: of a candidate, at a level. */
export interface Which {
  readonly level: number;
  readonly candidate: number;
  /** As a measurement would give it, and not without noise. */
  readonly noisy?: boolean;
  /** As wide as what was measured bears out for designs in general; the search takes the surrogates at their word. */
  readonly calibrated?: boolean;
  /** What every standard deviation is multiplied by besides; 1 where absent. */
  readonly widened?: number;
}

function momentsOf(
  posterior: LevelPosterior,
  { surrogate: { noise }, calibration = 1 }: Member,
  { level, candidate, noisy, calibrated, widened = 1 }: Which,
) {
  const variance = posterior.variance[level]![candidate]! + (noisy === true ? noise[level]! : 0);
  const sd = Math.sqrt(variance) * (calibrated === true ? calibration : 1) * widened;
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
export function leaveOneOutScore(surrogate: FittedSurrogate, training: TrainingSet): number {
  return logScore(foretell(surrogate, training).target);
}

/** A target row as a surrogate foretells it from all others. */
interface Foretold {
  /** Whether this surrogate had a say in its choice. */
  readonly chosen: boolean;
  /** How far the loss is from its mean, in standard deviations on the surrogate's scale. */
  readonly z: number;
  /** Log density of the loss, in standard deviations of all target losses. */
  readonly logDensity: number;
}

/** What a surrogate foretells of the rows that it learned from. */
interface ForetoldRows {
  readonly target: readonly Foretold[];
  /** z of the rows of other levels in whose choice this surrogate had no say, as far as it knows of them. */
  readonly below: readonly number[];
  /** Rows of all levels. */
  readonly n: number;
}

/** Whether a surrogate learns from more than the target: from other fidelities or earlier campaigns. */
function seesMore({ levelCorrelations }: FittedSurrogate): boolean {
  return levelCorrelations !== undefined;
}

/** @param ofOneKind - whether all surrogates that choose see the same: each of them has a say in every choice */
function foretell(
  surrogate: FittedSurrogate,
  { levels, losses, levelCount, chosen }: TrainingSet,
  ofOneKind = true,
): ForetoldRows {
  const { mean, variance } = surrogate.leaveOneOut();
  const rows = [...levels.keys()];
  const atTarget = rows.filter((row) => levels[row] === levelCount - 1);
  const spread = standardDeviation(Float64Array.from(atTarget, (row) => losses[row]!));
  const others = seesMore(surrogate) ? 2 : 3;
  const isOwn = (row: number) => {
    const by = chosen?.[row] ?? 0;
    return by !== 0 && (ofOneKind || by !== others);
  };
  const zOf = (row: number) =>
    (surrogate.scale.toLatent(losses[row]!, levels[row]) - mean[row]!) / Math.sqrt(variance[row]!);
  return {
    target: atTarget.map((row) => {
      const z = zOf(row);
      const slope = surrogate.scale.slope(losses[row]!) * spread;
      const density = logDensity(z) - Math.log(Math.sqrt(variance[row]!)) + Math.log(slope);
      return { chosen: isOwn(row), z, logDensity: density };
    }),
    below: rows
      .filter((row) => levels[row] !== levelCount - 1 && !isOwn(row))
      .map(zOf)
      .filter((z) => !Number.isNaN(z)),
    n: rows.length,
  };
}

/** Clipped log score over the target rows. */
function logScore(rows: readonly Foretold[]): number {
  return rows.reduce((sum, row) => sum + Math.max(terms.least, Math.min(terms.most, row.logDensity)), 0);
}

/** Rows erring as much as is said that a calibration starts from. */
const saidRows = 0.5;

/** Rows by which hyperparameters fitted to n of them make errors at these very rows too small: squares by n/(n + 40). */
const fittedRows = 40;

/** Errors beyond so many standard deviations count as so many, lest one outlier decides. */
const largestError = 4;

/** E √|z| of a standard normal z: 2^¼·Γ(¾)/√π. */
const rootOfNormal = 0.8221789586624588;

/** What a target row that the surrogate chose counts for, and one below the target that it did not; all of these at most. */
const worth = { chosen: 0.05, below: 0.3, allBelow: 5 } as const;

/** The least and the most that standard deviations are multiplied by. */
const calibrationRange = [0.3, 3] as const;

/**
 * By how much a surrogate errs more or less than it says, at designs in general: from how far losses are from what is
 * foretold of each by all others, in standard deviations z_i.
 *
 * √f = (½ + Σ_i w_i·(1 + 40/n_i)^¼·√min(|z_i|, 4)/E√|N(0, 1)|)/(½ + Σ_i w_i), f within [0.3, 3]
 *
 * w = 1 for target rows in whose choice the surrogate had no say, 0.05 for the others, and 0.3 for such rows of other levels,
 * of which the surrogate must know; n_i rows of the target, for other levels rows of all. Rows that were
 * chosen lie where losses are hoped to be low, and tell little of how far off the surrogate is anywhere else; the initial
 * sample is one of all designs. Intervals are to hold nine of ten errors, so the few largest are not to decide: roots and
 * not squares are averaged. That the hyperparameters were fitted to the rows that judge them is made up for by 40/n, as
 * large as measured on pools and test functions. 1 of fewer than two target rows.
 */
function calibrationOf({ target, below, n }: ForetoldRows): number {
  if (target.length < 2) return 1;
  const each = Math.min(worth.below, worth.allBelow / Math.max(1, below.length));
  const parts = [
    ...target.map(({ chosen, z }) => ({ w: chosen ? worth.chosen : 1, n: target.length, z })),
    ...below.map((z) => ({ w: each, n, z })),
  ];
  const rootOf = ({ n, z }: (typeof parts)[number]) =>
    (1 + fittedRows / n) ** 0.25 * Math.sqrt(Math.min(Math.abs(z), largestError));
  const sum = parts.reduce((total, part) => total + (part.w * rootOf(part)) / rootOfNormal, saidRows);
  const f = (sum / parts.reduce((total, { w }) => total + w, saidRows)) ** 2;
  return Math.max(calibrationRange[0], Math.min(calibrationRange[1], f));
}

/** Standard deviation of the whole set; 1 where the losses do not differ. */
function standardDeviation(losses: Float64Array): number {
  const unit = lossUnit(losses);
  const values = losses.map((loss) => loss / unit);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return variance > 0 ? Math.sqrt(variance) * unit : 1;
}
