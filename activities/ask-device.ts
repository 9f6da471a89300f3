import {
  type Adapter,
  type Caller,
  finalStates,
  type JobRequest,
  type JobResult,
  type JobState,
} from '../lab-adapters/contract.js';
import { cleanText } from '../models/domain/clean-text.js';
import { AthanorError } from '../models/domain/errors.js';
import { cancelledByPerson, observe, refused, type Terms, unknown, unrun } from '../models/domain/observe.js';
import { redacted, redactorOf } from '../models/domain/redaction.js';
import type { Observation } from '../models/domain/trial.js';
import type { FailedCall, TrialAbilities, TrialCommand, TrialEnding, TrialEvent } from '../workflows/trial-life.js';

/** A trial's job as its adapter knows it, and how the host calls adapters. */
export interface DeviceJob {
  readonly adapter: Adapter;
  readonly key: string;
  readonly request: JobRequest;
  /** Who calls, for commands that may move the device. */
  readonly caller: Caller;
  call<T>(verb: string, ask: () => Promise<T>): Promise<T>;
}

/** The commands that are one call of an adapter. */
export type DeviceCommand = Extract<
  TrialCommand,
  { type: 'validate' | 'submit' | 'adopt' | 'find' | 'look' | 'cancel' | 'collect' }
>;

/** What a job gave, for the host to keep. */
export interface Fetched {
  readonly type: 'fetched';
  readonly state: JobState;
  readonly result: JobResult;
}

/** What became of the raw outputs of a job. */
export interface KeptRaw {
  /** Name to sha256. */
  readonly artefacts: Readonly<Record<string, string>>;
  /** By name, where the adapter told it. */
  readonly mediaTypes: Readonly<Record<string, string>>;
  /** In words, those that are not kept. */
  readonly left: readonly string[];
}

const longestMessage = 2_000;

/** What the life of a trial has to know of an adapter. */
export function abilitiesOf({ find, cancel, adopt }: Adapter): TrialAbilities {
  return { lookup: find !== undefined, cancel: cancel !== undefined, adopt: adopt !== undefined };
}

/** Carries a command out on the device; both hosts do it so, and whatever the adapter throws means the same to both. */
export async function askDevice(job: DeviceJob, command: DeviceCommand): Promise<TrialEvent | Fetched> {
  try {
    return await asked(job, command);
  } catch (error) {
    return failedCall(error);
  }
}

/**
 * What an error of a call says of going on. A device that cannot be reached (ADAPTER, a call that was not answered in time
 * included) is worth another call for as long as it lasts; a broken contract would come again; an error of unknown kind may
 * be either, and the life of a trial says for how long.
 */
export function failedCall(error: unknown): FailedCall {
  const text = (given: string) => cleanText(given, longestMessage);
  if (error instanceof AthanorError) {
    const message = text(error.message);
    return error.code === 'ADAPTER' ? { type: 'missed', message } : { type: 'broken', code: error.code, message };
  }
  return { type: 'missed', odd: true, message: text(thrown(error)) };
}

/** Whatever was thrown, in words: it may throw itself when it is looked at. */
function thrown(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return 'an error without words';
  }
}

async function asked(job: DeviceJob, command: DeviceCommand): Promise<TrialEvent | Fetched> {
  const { adapter, key, request, caller, call } = job;
  switch (command.type) {
    case 'validate':
      return { type: 'checked', faults: await call('validate', () => adapter.validate(request)) };
    case 'submit':
      return { type: 'accepted', job: await call('submit', () => adapter.submit(key, request, caller)) };
    case 'adopt': {
      const { handle } = command;
      return { type: 'accepted', job: await call('adopt', () => adapter.adopt!(key, request, handle, caller)) };
    }
    case 'find':
      return { type: 'found', job: await call('find', () => adapter.find!(key, caller)) };
    case 'look': {
      const { state, pollAfterMs } = await call('status', () => adapter.status(command.job));
      if (finalStates.has(state)) return { type: 'over', state };
      return { type: 'running', waitMs: pollAfterMs ?? adapter.pollMs };
    }
    case 'cancel':
      await call('cancel', () => adapter.cancel!(command.job, caller));
      return { type: 'cancelAsked' };
    case 'collect':
      return { type: 'fetched', state: command.state, result: await call('result', () => adapter.result(command.job)) };
  }
}

/**
 * The observation that a job's answer amounts to, as it is kept.
 * @param raw - what became of its raw outputs
 */
export function answered(
  trialId: string,
  terms: Terms,
  { state, result }: Omit<Fetched, 'type'>,
  { artefacts, mediaTypes, left }: KeptRaw = { artefacts: {}, mediaTypes: {}, left: [] },
): Observation {
  const details = left.length === 0 ? result.details : { ...result.details, artefactsLeft: left };
  const answer = details === undefined ? result : { ...result, details };
  const observation = observe(trialId, terms, state, answer, artefacts);
  return shielded(Object.keys(mediaTypes).length === 0 ? observation : { ...observation, mediaTypes });
}

/**
 * The observation of a trial that ended without an answer of a job, as it is kept.
 * @param mayHaveCost - what it is charged where the job may have run, until somebody can tell; its estimate
 */
export function unanswered(
  trialId: string,
  ending: Exclude<TrialEnding, { type: 'result' }>,
  mayHaveCost = 0,
): Observation {
  switch (ending.type) {
    case 'refused':
      return shielded(refused(trialId, ending.faults));
    case 'cancelled':
      return unrun(trialId, 'cancelled', cancelledByPerson);
    case 'quarantined':
      return shielded(unknown(trialId, ending.cause, mayHaveCost));
  }
}

/** An observation without what lets Athanor in to its servers, should a program or an error have repeated it. */
function shielded(observation: Observation): Observation {
  const { cause, details } = observation;
  const redact = redactorOf(process.env);
  return { ...observation, cause: redacted(cause, redact), details: redacted(details, redact) };
}
