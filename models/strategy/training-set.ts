import { areValidated, type Campaign, fidelityNumbers } from '../domain/campaign.js';
import type { TrainingSet } from '../surrogate/contract.js';
import { encodedAt, type PreparedSpace } from './candidates.js';
import type { Visit } from './history.js';

/**
 * Measured trials as surrogates learn from them.
 *
 * @param visits - with a loss each, at levels below `levelCount`
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
    losses: Float64Array.from(visits, (visit) => visit.loss!),
    noise: Float64Array.from(visits, (visit) => visit.noise ?? Number.NaN),
    levelCount,
    finite: prepared.listed !== null,
    ...(levelNumbers !== undefined && { levelNumbers }),
    validated: areValidated(spec),
  };
}
