import { createHash } from 'node:crypto';
import { jobKey } from '../../activities/job-request.js';
import { cancelledByPerson, observe, refused, type Terms, unrun } from '../../activities/observe.js';
import type { Adapter, Clock, JobRequest, JobResult, JobState, JobStatus } from '../../lab-adapters/contract.js';
import { finalStates } from '../../lab-adapters/contract.js';
import { AdapterError } from '../../models/domain/errors.js';
import type { Cause, Observation } from '../../models/domain/trial.js';
import type { Lane } from './lane.js';

const maxAttempts = 6;
const firstRetryMs = 1_000;

/** What a trial is run with. */
export interface TrialBench {
  readonly adapter: Adapter;
  readonly lane: Lane;
  readonly clock: Clock;
  /** Aborted when a person cancels the trial. */
  readonly cancelled: AbortSignal;
  readonly terms: Terms;
}

/**
 * Runs one trial to its end by direct calls: submit, look at it as often as the adapter asks for, fetch the result.
 *
 * Never rejects: an adapter that stays out of reach or breaks its contract ends the trial as quarantined, with what
 * went wrong as its cause.
 */
export async function driveTrial(bench: TrialBench, trialId: string, request: JobRequest): Promise<Observation> {
  const started = bench.clock.now();
  try {
    const job = await submit(bench, trialId, request);
    if (typeof job !== 'string') return job;
    const state = await track(bench, job);
    const result = await patiently(bench, () => bench.adapter.result(job));
    return observe(trialId, bench.terms, state, result, hashes(result));
  } catch (error) {
    return { ...unrun(trialId, 'quarantined', causeOf(error)), durationMs: bench.clock.now() - started };
  }
}

/**
 * Submits until it is known to be accepted; after a lost answer the job is looked up by its key. Gives the observation
 * instead where nothing was started: refused by the adapter, or taken back before it could be reached.
 */
async function submit(bench: TrialBench, trialId: string, request: JobRequest): Promise<string | Observation> {
  const { adapter, cancelled } = bench;
  const key = jobKey(trialId);
  let called = false;
  return patiently(bench, async () => {
    if (!called) {
      const faults = await adapter.validate(request);
      if (faults.length > 0) return refused(trialId, faults);
    }
    const found = called && adapter.capabilities.lookupByKey ? await adapter.find(key) : null;
    if (found !== null) return found;
    const certain = !called || adapter.capabilities.lookupByKey;
    if (cancelled.aborted && certain) return unrun(trialId, 'cancelled', cancelledByPerson);
    called = true;
    return adapter.submit(key, request);
  });
}

async function track(bench: TrialBench, job: string): Promise<JobState> {
  const { adapter, clock, cancelled } = bench;
  let wantsCancel = adapter.capabilities.cancel;
  for (;;) {
    if (wantsCancel && cancelled.aborted) {
      wantsCancel = false;
      await patiently(bench, () => adapter.cancel(job));
    }
    const status: JobStatus = await patiently(bench, () => adapter.status(job));
    if (finalStates.has(status.state)) return status.state;
    const pause = clock.sleep(status.pollAfterMs ?? adapter.pollMs, wantsCancel ? cancelled : undefined);
    await pause.catch((error: unknown) => {
      if (!cancelled.aborted) throw error;
    });
  }
}

/** Calls an adapter; where it is out of reach, again after a growing pause. */
async function patiently<T>(bench: TrialBench, call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await bench.lane.run(call);
    } catch (error) {
      if (!(error instanceof AdapterError) || attempt === maxAttempts) throw error;
      await bench.clock.sleep(firstRetryMs * 2 ** (attempt - 1));
    }
  }
}

function hashes(result: JobResult): Record<string, string> {
  return Object.fromEntries(
    Object.entries(result.artefacts ?? {}).map(([name, bytes]) => [
      name,
      createHash('sha256').update(bytes).digest('hex'),
    ]),
  );
}

function causeOf(error: unknown): Cause {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof AdapterError) return { class: 'device', code: 'unreachable', message };
  return { class: 'unknown', code: 'adapterFault', message };
}
