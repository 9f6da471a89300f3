import type { Adapter, Instrument } from '../lab-adapters/contract.js';
import { AdapterError } from '../models/domain/errors.js';
import type { TrialDeps } from './placed-trial.js';
import type { Query } from './store/client.js';
import { stopOn } from './store/standstill.js';
import { otherTrialOn } from './store/submission.js';
import type { StepRef } from './store/trial.js';

/**
 * @throws {AdapterError} between a safe stop and its clearing, and while its jobs are paused: the server waits, as for a device
 *   that is away
 */
export async function mustNotBeLatched({ store, latchedBy }: TrialDeps, { id }: Instrument): Promise<void> {
  // A stop that was made elsewhere is in the store first.
  const stop = await stopOn(store.query, id);
  const why = latchedBy?.(id) ?? null;
  if (why !== null) throw new AdapterError(why);
  if (stop?.kind === 'paused')
    throw new AdapterError(`${id} was paused by ${stop.who}: ${stop.why}; 'athanor lab resume'`);
  if (stop !== null)
    throw new AdapterError(`${id} was stopped safely by ${stop.who}: ${stop.why}; 'athanor lab clear'`);
}

/**
 * The campaign keeps to one trial at a time where its file says that the device is exclusive; the adapter's own word may only
 * be had here, where it can be made.
 *
 * @throws {AdapterError} while another trial of the campaign is on the device: the server waits, as for one that is away
 */
export async function mustBeFree(query: Query, ref: StepRef, device: Instrument): Promise<void> {
  const other = isAlone(ref, device.adapter) ? await otherTrialOn(query, ref.trialId, device) : null;
  if (other !== null) throw new AdapterError(`${device.id} takes one trial at a time, and '${other}' is on it`);
}

/** Whether no other trial may be on the device; where a slot of it is leased, that is seen to already. */
export function isAlone({ slot }: StepRef, { traits }: Adapter): boolean {
  return traits.exclusive && slot === undefined;
}
