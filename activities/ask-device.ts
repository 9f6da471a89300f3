import { type Adapter, finalStates, type JobRequest } from '../lab-adapters/contract.js';
import type { Observation } from '../models/domain/trial.js';
import type { TrialAbilities, TrialCommand, TrialEnding, TrialEvent } from '../workflows/trial-life.js';
import { cancelledByPerson, refused, unrun } from './observe.js';

/** A trial's job as its adapter knows it, and how the host calls adapters. */
export interface DeviceJob {
  readonly adapter: Adapter;
  readonly key: string;
  readonly request: JobRequest;
  /** Takes the number that marks a call which may begin the job. */
  fence(): Promise<number>;
  call<T>(verb: string, ask: () => Promise<T>): Promise<T>;
}

/** The commands that are one call of an adapter, but for `collect`, whose answer the host keeps. */
export type DeviceCommand = Extract<TrialCommand, { type: 'validate' | 'submit' | 'find' | 'look' | 'cancel' }>;

/** What the life of a trial has to know of an adapter. */
export function abilitiesOf({ find, cancel }: Adapter): TrialAbilities {
  return { lookup: find !== undefined, cancel: cancel !== undefined };
}

/**
 * Carries a command out on the device; both hosts do it so.
 * @throws what the adapter throws
 */
export async function askDevice(job: DeviceJob, command: DeviceCommand): Promise<TrialEvent> {
  const { adapter, key, request, fence, call } = job;
  switch (command.type) {
    case 'validate':
      return { type: 'checked', faults: await call('validate', () => adapter.validate(request)) };
    case 'submit': {
      const caller = { fence: await fence() };
      return { type: 'accepted', job: await call('submit', () => adapter.submit(key, request, caller)) };
    }
    case 'find':
      return { type: 'found', job: await call('find', () => adapter.find!(key)) };
    case 'look': {
      const { state, pollAfterMs } = await call('status', () => adapter.status(command.job));
      if (finalStates.has(state)) return { type: 'over', state };
      return { type: 'running', waitMs: pollAfterMs ?? adapter.pollMs };
    }
    case 'cancel':
      await call('cancel', () => adapter.cancel!(command.job));
      return { type: 'cancelAsked' };
  }
}

/** The observation of a trial that ended without an answer of a job. */
export function unanswered(trialId: string, ending: Exclude<TrialEnding, { type: 'result' }>): Observation {
  switch (ending.type) {
    case 'refused':
      return refused(trialId, ending.faults);
    case 'cancelled':
      return unrun(trialId, 'cancelled', cancelledByPerson);
    case 'quarantined':
      return unrun(trialId, 'quarantined', ending.cause);
  }
}
