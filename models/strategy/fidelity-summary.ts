import { sampleCorrelation } from 'simple-statistics';
import type { Campaign } from '../domain/campaign.js';
import type { CorrelationInterval } from '../domain/fit-record.js';
import type { CampaignRecord } from '../domain/record.js';
import { placeKey } from './candidates.js';
import { primaryTurned, type Visit, visitsOf } from './history.js';

/** Pairs from which it is judged whether a lower fidelity pays. */
const enoughPairs = 8;

/** Standard normal quantile of the ends of a central 90 % interval. */
const ninety = 1.6448536269514722;

/** How the values of a lower fidelity hang together with those at the target, over designs measured at both. */
export interface FidelityCorrelation {
  readonly level: number;
  readonly name: string;
  readonly pairs: number;
  /** Pearson's correlation with its 90 % interval; null with fewer than four pairs, or where values do not differ. */
  readonly correlation: CorrelationInterval | null;
  /** Least |correlation| at which a trial tells more per cost than one at the target does: √(c_l/c_T). */
  readonly needed: number;
  /** False: the whole interval of |correlation| is below `needed`. Null: with fewer than eight pairs nobody can tell. */
  readonly pays: boolean | null;
}

/** What a fidelity was asked for and what came of it. */
export interface FidelitySummary {
  readonly name: string;
  /** Trials measured. */
  readonly trials: number;
  /** Cost of all trials that ended, and its share of that of all fidelities. */
  readonly cost: number;
  readonly share: number;
  /** Null for the target. */
  readonly toTarget: Omit<FidelityCorrelation, 'level' | 'name'> | null;
  /** What became of it, in words. */
  readonly verdict: string;
  /** The first proposal made without it, as it was found not to pay; null where it pays, or none can tell. */
  readonly droppedAt: string | null;
}

/**
 * Correlation of each lower fidelity with the target.
 *
 * tanh(atanh r ± 1.645/√(n − 3)) is the interval. The pairs are those a search made, so their range is narrower than
 * that of all designs, and the correlation of all designs as a rule higher.
 *
 * @param costs - of a trial, by level
 * @see Fisher 1921, Metron 1, 3 (the interval)
 */
export function correlations(
  visits: readonly Visit[],
  fidelities: Campaign['spec']['fidelities'],
  costs: readonly number[],
): FidelityCorrelation[] {
  const target = fidelities.length - 1;
  const lossesAt = (level: number) =>
    new Map(
      visits.flatMap((visit) => {
        const loss = primaryTurned(visit);
        return visit.level === level && loss !== null ? [[placeKey(visit), loss] as const] : [];
      }),
    );
  const best = lossesAt(target);
  return fidelities.slice(0, target).map(({ name }, level) => {
    const pairs = [...lossesAt(level)].flatMap(([key, loss]) =>
      best.has(key) ? [[loss, best.get(key)!] as const] : [],
    );
    const correlation = correlationOf(pairs);
    const needed = Math.sqrt(costs[level]! / costs[target]!);
    const pays =
      correlation === null || pairs.length < enoughPairs
        ? null
        : Math.max(Math.abs(correlation.low), Math.abs(correlation.high)) >= needed;
    return { level, name, pairs: pairs.length, correlation, needed, pays };
  });
}

/** Pearson's correlation with its 90 % interval; null with fewer than four pairs, or where values do not differ. */
export function correlationOf(pairs: readonly (readonly [number, number])[]): CorrelationInterval | null {
  const columns = [0, 1].map((side) => pairs.map((pair) => pair[side]!));
  if (pairs.length < 4) return null;
  // In units of the largest: squares of huge or tiny losses leave the range of numbers.
  const scaled = columns.map((column) => {
    const largest = column.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return column.map((value) => (largest === 0 ? 0 : value / largest));
  });
  const value = sampleCorrelation(scaled[0]!, scaled[1]!);
  if (!Number.isFinite(value)) return null;
  const z = Math.atanh(Math.max(-1 + 1e-12, Math.min(1 - 1e-12, value)));
  const half = ninety / Math.sqrt(pairs.length - 3);
  return { value, low: Math.tanh(z - half), high: Math.tanh(z + half) };
}

const unasked = 'is no longer asked';

/** Why a fidelity is no longer asked, for people. */
export function inWords(found: FidelityCorrelation): string {
  return `${found.name} ${unasked}: its correlation with the target is ${interval(found)}, less than the ±${two(found.needed)} that its cost needs`;
}

/** Whether the reason of a proposal says that a fidelity is no longer asked. */
function saysUnasked(reason: string, name: string): boolean {
  return reason.split('; ').some((part) => part.startsWith(`${name} ${unasked}`));
}

/** What is known of a lower fidelity, for people. */
function verdictOf(found: FidelityCorrelation): string {
  const { pairs, correlation, needed, pays } = found;
  if (pays === false) return inWords(found);
  const needs = `a trial tells more for its cost than one at the target where the correlation is beyond ±${two(needed)}`;
  if (correlation === null) return `${needs}; what it is, ${pairs} designs measured at both do not tell`;
  if (pays === null) return `${needs}; it is ${interval(found)}, and is judged from ${enoughPairs} pairs on`;
  return `not dropped: ${needs}, and it is ${interval(found)}`;
}

function interval({ correlation, pairs }: FidelityCorrelation): string {
  const { value, low, high } = correlation!;
  return `${two(value)} (90 %: ${two(low)} to ${two(high)}, ${pairs} pairs)`;
}

/** A number with two digits. */
function two(value: number): number {
  return Number(value.toPrecision(2));
}

/** What came of each fidelity of a campaign, cheapest first; whether it pays by what its trials cost on average. */
export function fidelitySummary({ campaign, trials }: CampaignRecord): FidelitySummary[] {
  const visits = visitsOf(campaign, trials, []);
  const costs = campaign.spec.fidelities.map(({ name }) =>
    trials.reduce(
      (sum, { proposal, observation }) => sum + (proposal.fidelity === name ? (observation?.cost ?? 0) : 0),
      0,
    ),
  );
  const each = campaign.spec.fidelities.map(({ name, cost }, level) => {
    const ended = trials.filter(
      ({ proposal, observation }) => proposal.fidelity === name && observation !== null,
    ).length;
    return costs[level]! > 0 ? costs[level]! / ended : cost;
  });
  const told = correlations(visits, campaign.spec.fidelities, each);
  const total = costs.reduce((a, b) => a + b, 0);
  return campaign.spec.fidelities.map(({ name }, level) => {
    const found = told.find((one) => one.level === level);
    return {
      name,
      trials: visits.filter((visit) => visit.level === level && primaryTurned(visit) !== null).length,
      cost: costs[level]!,
      share: total === 0 ? 0 : costs[level]! / total,
      toTarget:
        found === undefined
          ? null
          : { pairs: found.pairs, correlation: found.correlation, needed: found.needed, pays: found.pays },
      verdict: found === undefined ? 'the target, at which the campaign is judged' : verdictOf(found),
      droppedAt:
        found?.pays !== false
          ? null
          : (trials.find(({ proposal }) => saysUnasked(proposal.reason.text, name))?.proposal.id ?? null),
    };
  });
}
