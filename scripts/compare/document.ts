import type { CampaignRecord } from '../../models/domain/record.js';
import { type Goal, orientationOf, ownValue } from '../../models/domain/standing.js';
import type { Comparison } from './compare.js';
import { type Middle, middleOf } from './spread.js';

/** A comparison as plain JSON; null for what was never reached. Values are in the objective's own direction. */
export function comparisonDocument({ compared, leftOut, baseline, thresholds, stated, objective }: Comparison) {
  const { name, direction, unit } = objective;
  return {
    objective: { name, direction, unit: unit ?? null },
    baseline: baseline?.label ?? null,
    thresholds,
    thresholdsStated: stated,
    /** Runs that were cut short, which are in none of the figures. */
    leftOut: leftOut.map(({ label, campaign, strategy, records }) => ({
      label,
      campaign,
      strategy,
      seeds: seedsOf(records),
    })),
    strategies: compared.map(({ group, ends, reached, beside }) => ({
      label: group.label,
      campaign: group.campaign,
      strategy: group.strategy,
      seeds: seedsOf(group.records),
      ends: ends.map((loss) => finite(ownValue(objective, loss))),
      end: valueMiddle(objective, middleOf(ends)),
      reached: reached.map(({ threshold, seeds, cost, trials, sooner, later }) => ({
        threshold,
        seeds,
        cost: plain(cost),
        trials: plain(trials),
        sooner,
        later,
      })),
      beside: beside?.map((one) => ({ ...one, gain: one.gain === null ? null : plain(one.gain) })) ?? null,
    })),
  };
}

function seedsOf(records: readonly CampaignRecord[]): readonly number[] {
  return records.map(({ campaign }) => campaign.spec.seed);
}

/** A middle of losses as one of values. */
function valueMiddle(objective: Pick<Goal, 'direction'>, { median, low, high, coverage }: Middle) {
  const [from, to] = orientationOf(objective) === 1 ? [low, high] : [high, low];
  return plain({
    median: ownValue(objective, median),
    low: ownValue(objective, from),
    high: ownValue(objective, to),
    coverage,
  });
}

function plain({ median, low, high, coverage }: Middle) {
  return { median: finite(median), low: finite(low), high: finite(high), coverage };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
