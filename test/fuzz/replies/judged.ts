import type { Adapter, JobRequest } from '../../../lab-adapters/contract.js';
import { createRegistry } from '../../../lab-adapters/registry.js';
import { observe } from '../../../models/domain/observe.js';
import type { Parameter } from '../../../models/domain/parameters/parameter.js';
import type { Observation } from '../../../models/domain/trial.js';
import { systemClock } from '../../../scripts/simulate/clock.js';
import { Find, sameOrFind } from '../find.js';
import { checkClean, checkWords, refused } from '../refusal.js';

/** What every device of the fuzz is asked for. */
export const request: JobRequest = {
  design: { temperature: 300 },
  rowId: null,
  substances: {},
  units: { temperature: 'K' },
  fidelity: 'device',
  objectives: ['yield', 'mass', 'maybe'],
};
export const key = 'c/r1/p1/g1/run';
const parameter: Parameter = { name: 'temperature', type: 'continuous', bounds: [1, 1000], unit: 'K' };

/** An adapter of a device of the fuzz, which keeps its jobs in a folder of its own. */
export function adapterOf(name: string, settings: object, folder: string): Adapter {
  return createRegistry().create(name, settings, { clock: systemClock, folder, log: () => {} });
}

/**
 * Follows a job until it has ended.
 * @returns what is kept of it; null where the adapter says in words that the device cannot be understood now
 * @throws {Find} for anything else
 */
export async function followed(adapter: Adapter): Promise<Observation | null> {
  let state = 'running';
  let given: Awaited<ReturnType<Adapter['result']>>;
  try {
    const job = await adapter.submit(key, request, { fence: 1 });
    for (let looks = 0; !['succeeded', 'failed', 'cancelled', 'unknown'].includes(state); looks++) {
      if (looks === 20) return null;
      const status = await adapter.status(job);
      if (status.message !== undefined) checkWords(status.message, false);
      ({ state } = status);
    }
    given = await adapter.result(job);
  } catch (error) {
    // What a device says may stand in the words, whatever that is.
    refused(error, ['ADAPTER'], false);
    return null;
  }
  const terms = {
    outcomes: request.objectives,
    statedCost: null,
    asked: { parameters: [parameter], design: request.design },
  };
  const observation = observe('some/r1/p1', terms, state, given);
  sameOrFind('an observation that changes when kept', observation, JSON.parse(JSON.stringify(observation)));
  if (observation.cause === null) return observation;
  for (const text of [observation.cause.message, observation.cause.code]) checkClean(text);
  if (observation.cause.message.trim() === '') throw new Find('set aside without a word', observation.cause.code);
  return observation;
}

/** @throws {Find} unless a value that was taken is one of those that stand in the reply, to the precision of a conversion */
export function amongOrFind(name: string, taken: number | undefined, said: readonly (number | undefined)[]): void {
  if (taken === undefined) return;
  if (!Number.isFinite(taken)) throw new Find('a value that is not finite', `${name} = ${taken}`);
  const isSame = (one: number | undefined) => one !== undefined && Math.abs(one - taken) <= 1e-9 * Math.abs(one);
  if (!said.some(isSame)) throw new Find(`a value of ${name} that was not said`, `${taken}; said: ${said.join(', ')}`);
}
