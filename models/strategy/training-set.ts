import { areValidated, type Campaign, fidelityNumbers } from '../domain/campaign.js';
import type { TrainingSet } from '../surrogate/contract.js';
import { rowSubset } from '../surrogate/row-subset.js';
import { encodedAt, type PreparedSpace } from './candidates.js';
import { primaryTurned, type Visit } from './history.js';

/**
 * Observations up to which a surrogate is conditioned on all of them; beyond, on a representative subset of so many (see
 * `rowSubset`), which is an approximation, and is said with every proposal.
 */
export const exactUpTo = 2000;

/** The measured trials, or those of `rowSubset` if they are more. */
export function subsetOf(
  campaign: Campaign,
  prepared: PreparedSpace,
  visits: readonly Visit[],
  most: number,
): readonly Visit[] {
  if (visits.length <= most) return visits;
  return rowSubset(trainingSet(campaign, prepared, visits), most).map((row) => visits[row]!);
}

/**
 * Measured trials as surrogates learn from them.
 *
 * @param visits - with a loss by the first objective each, at levels below `levelCount`
 * @param levelCount - how many of the fidelities there are to be, the cheapest ones, the last of them the target; all where absent
 */
export function trainingSet(
  { spec }: Campaign,
  prepared: PreparedSpace,
  visits: readonly Visit[],
  levelCount = spec.fidelities.length,
): TrainingSet {
  const levelNumbers = levelCount === spec.fidelities.length ? fidelityNumbers(spec) : undefined;
  return {
    designs: encodedAt(prepared, visits),
    levels: Int32Array.from(visits, (visit) => visit.level),
    losses: Float64Array.from(visits, (visit) => primaryTurned(visit)!),
    noise: Float64Array.from(visits, (visit) => visit.noises[0] ?? Number.NaN),
    levelCount,
    finite: prepared.listed !== null,
    ...(levelNumbers !== undefined && { levelNumbers }),
    validated: areValidated(spec),
  };
}
