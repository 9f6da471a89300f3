import type { Campaign } from '../domain/campaign.js';
import { typeOf } from '../domain/parameters/parameter.js';
import type { TrialRecord } from '../domain/record.js';
import type { EncodedDesigns } from '../encode/encoded-designs.js';
import { columnsOf } from '../encode/plain-columns.js';
import { type LinearTrend, linearTrend } from '../linalg/linear-trend.js';
import { encodedAt, type Place, type PreparedSpace } from './candidates.js';

/** Trials that the cost stated in the campaign file counts for. */
const statedWorth = 2;

/** Measured trials at a fidelity from which on costs may be seen to depend on the design. */
const trendFrom = 10;

/** Share of the error of the mean that a trend must not exceed to be used. */
const trendError = 0.8;

/** The last trials, which a trend is fitted to at most. */
const trendRows = 200;

/** Largest variance of a log cost that is counted: one odd trial among few must not make all others unaffordable. */
const mostVariance = 1;

/** Standard normal quantile of 0.9. */
const ninth = 1.2815515655446004;

/** Log costs, less the log of the cost stated, of one fidelity. */
interface LevelCost {
  readonly stated: number;
  readonly mean: number;
  readonly variance: number;
  /** How costs depend on the design, about `mean`; null where that predicts them no better. */
  readonly trend: (LinearTrend & { readonly variance: number }) | null;
}

/**
 * What trials are expected to cost, learned from what they did.
 *
 * log(cost/stated) of the n measured trials of a fidelity has the mean m = Σ/(n + 2), the cost stated counting as two
 * trials, and their variance s². From 10 trials on a ridge regression on the design takes the place of m if it predicts
 * each cost from the others with at most 0.8 of the square error. Expected is stated·exp(m + s²/2); exactly the cost
 * stated as long as every trial costs that. Trials that gave no value, or cost nothing, teach nothing: they are cut short
 * or were never begun.
 */
export class CostModel {
  /** Expected cost of a trial by level, whatever its design. */
  readonly levels: readonly number[];

  private constructor(
    private readonly prepared: PreparedSpace,
    private readonly costs: readonly LevelCost[],
  ) {
    this.levels = costs.map(({ stated, mean, variance }) => stated * Math.exp(mean + variance / 2));
  }

  /**
   * A pure function of the campaign and its trials.
   *
   * @param pending - ids of trials in flight: what they cost is not known
   */
  static of(
    campaign: Campaign,
    prepared: PreparedSpace,
    trials: readonly TrialRecord[],
    pending: readonly string[],
  ): CostModel {
    const open = new Set(pending);
    const costs = campaign.spec.fidelities.map(({ name, cost }) => {
      const told = trials.filter(
        ({ proposal, observation }) =>
          proposal.fidelity === name &&
          !open.has(proposal.id) &&
          observation?.outcome === 'measured' &&
          observation.cost > 0,
      );
      // A difference, since the quotient of two costs may be no number any more.
      const logs = Float64Array.from(told, ({ observation }) => Math.log(observation!.cost) - Math.log(cost));
      const columns = (from: number) => {
        const places = told.slice(from).map(({ proposal }) => proposal);
        return plainColumns(prepared, encodedAt(prepared, places));
      };
      return levelCost(cost, logs, columns);
    });
    return new CostModel(prepared, costs);
  }

  /** Expected cost of a trial. */
  expected(level: number, place: Place): number {
    return this.ofDesigns(level, encodedAt(this.prepared, [place]))?.[0] ?? this.levels[level]!;
  }

  /**
   * Expected costs of trials of many designs, [n]; null where they are not expected to differ.
   *
   * @param designs - as the campaign's space encodes them
   */
  ofDesigns(level: number, designs: EncodedDesigns): Float64Array | null {
    const { stated, mean, trend } = this.costs[level]!;
    if (trend === null) return null;
    const columns = plainColumns(this.prepared, designs);
    const width = columns.length / designs.n;
    return Float64Array.from({ length: designs.n }, (_, i) => {
      const log = mean + trend.at(columns.subarray(i * width, (i + 1) * width));
      return stated * Math.exp(log + trend.variance / 2);
    });
  }

  /** Cost that nine of ten trials stay within; not below the expected one. */
  cautious(level: number, place: Place): number {
    return this.upper(level, this.moments(level, place));
  }

  /** As `cautious`, of the design with the lowest cost there. */
  least(level: number): number {
    const { mean, variance, trend } = this.costs[level]!;
    return this.upper(
      level,
      trend === null ? { mean, variance } : { mean: mean + trend.low, variance: trend.variance },
    );
  }

  /** Whether designs are expected to differ in cost. */
  dependsOnDesign(level: number): boolean {
    return this.costs[level]!.trend !== null;
  }

  private upper(level: number, { mean, variance }: { mean: number; variance: number }): number {
    return this.costs[level]!.stated * Math.exp(mean + Math.max(variance / 2, ninth * Math.sqrt(variance)));
  }

  private moments(level: number, place: Place): { mean: number; variance: number } {
    const { mean, variance, trend } = this.costs[level]!;
    if (trend === null) return { mean, variance };
    return {
      mean: mean + trend.at(plainColumns(this.prepared, encodedAt(this.prepared, [place]))),
      variance: trend.variance,
    };
  }
}

function plainColumns({ encoder }: PreparedSpace, designs: EncodedDesigns): Float64Array {
  const { columns, space } = encoder;
  const levels = space.parameters
    .filter((_, p) => columns[p]!.kind === 'category')
    .map((parameter) => typeOf(parameter).values(parameter)!.length);
  return columnsOf(designs, levels);
}

function levelCost(stated: number, logs: Float64Array, columns: (from: number) => Float64Array): LevelCost {
  const n = logs.length;
  const sum = logs.reduce((total, log) => total + log, 0);
  const mean = sum / (n + statedWorth);
  const squares = logs.reduce((total, log) => total + (log - sum / n) ** 2, 0);
  const variance = Math.min(mostVariance, squares / Math.max(1, n - 1));
  const plain = { stated, mean, variance, trend: null };
  if (n < trendFrom || variance < 1e-12) return plain;
  const from = Math.max(0, n - trendRows);
  const y = logs.subarray(from).map((log) => log - mean);
  const trend = linearTrend(columns(from), y);
  // What each cost is predicted to be by the mean of the others.
  const errors = logs.subarray(from).map((log) => log - (sum - log) / (n - 1 + statedWorth));
  const error = errors.reduce((total, e) => total + e * e, 0) / errors.length;
  if (trend === null || trend.leaveOneOut > trendError * error) return plain;
  return { ...plain, trend: { ...trend, variance: Math.min(mostVariance, trend.leaveOneOut) } };
}
