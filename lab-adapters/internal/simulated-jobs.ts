import { ContractError } from '../../models/domain/errors.js';
import type { AdapterContext, JobRequest, JobResult, JobState, JobStatus } from '../contract.js';
import { finalStates } from '../contract.js';
import { nameOfJob } from './job-record.js';
import type { JobRecord, JobShelf } from './job-shelf.js';
import { folderShelf, memoryShelf } from './job-shelf.js';

/** What a simulated device makes of a request. */
export interface SimulatedEnd {
  readonly state: 'succeeded' | 'failed' | 'unknown';
  /** All but the duration, which the clock tells. */
  readonly result: Omit<JobResult, 'durationMs'>;
}

/** What tells one simulated device from another. */
export interface SimulatedDevice {
  /** How long the job takes on the injected clock, milliseconds. */
  durationMs(key: string, request: JobRequest): number;
  /** How the job ends; a pure function of key and request, asked once the duration has passed. */
  end(key: string, request: JobRequest): Promise<SimulatedEnd>;
  /** What a cancelled job has cost. */
  readonly cancelledCost: number;
}

/**
 * Jobs of a device that exists only as a function and a duration: accepted once by key, ended by the passing of the
 * injected clock. There is no timer and no background work: the state follows from the record of the job and the time,
 * so nothing has to be ended, and another process that reads the same folder sees the same job.
 */
export class SimulatedJobs {
  private readonly shelf: JobShelf;

  constructor(
    private readonly context: AdapterContext,
    private readonly device: SimulatedDevice,
  ) {
    this.shelf = context.folder === '' ? memoryShelf() : folderShelf(context.folder);
  }

  /** @throws {ContractError} if the key was used with another request */
  async submit(key: string, request: JobRequest): Promise<string> {
    const job = nameOfJob(key);
    const wanted = canonical(request);
    const record: JobRecord = {
      key,
      request,
      acceptedAt: this.context.clock.now(),
      durationMs: this.device.durationMs(key, request),
      pausedAt: null,
      pausedMs: 0,
      cancelledAt: null,
    };
    const kept = await this.shelf.add(job, record);
    if (canonical(kept.request) !== wanted)
      throw new ContractError(`key '${key}' was used with another request before; use a new key for a new request`);
    return job;
  }

  async find(key: string): Promise<string | null> {
    const job = nameOfJob(key);
    return (await this.shelf.get(job)) === null ? null : job;
  }

  async status(job: string): Promise<JobStatus> {
    const record = await this.record(job);
    const state = await this.stateOf(record);
    if (finalStates.has(state)) return { state, progress: state === 'cancelled' ? this.progress(record) : 1 };
    const status: JobStatus = { state, progress: this.progress(record) };
    return state === 'paused' ? status : { ...status, pollAfterMs: this.remainingMs(record) };
  }

  /** @throws {ContractError} if the job has not ended */
  async result(job: string): Promise<JobResult> {
    const record = await this.record(job);
    if (record.cancelledAt !== null) {
      const durationMs = Math.max(0, record.cancelledAt - record.acceptedAt - record.pausedMs);
      return { values: {}, cost: this.device.cancelledCost, durationMs };
    }
    if (this.remainingMs(record) > 0 || record.pausedAt !== null)
      throw new ContractError(`job ${job} has not ended; ask for its status until it has`);
    return { ...(await this.device.end(record.key, record.request)).result, durationMs: record.durationMs };
  }

  /** Idempotent; a job that has ended stays as it is. */
  async cancel(job: string): Promise<void> {
    await this.change(job, (record, now) => ({ ...record, cancelledAt: now }));
  }

  async pause(job: string): Promise<void> {
    await this.change(job, (record, now) => (record.pausedAt === null ? { ...record, pausedAt: now } : record));
  }

  async resume(job: string): Promise<void> {
    await this.change(job, (record, now) =>
      record.pausedAt === null
        ? record
        : { ...record, pausedAt: null, pausedMs: record.pausedMs + now - record.pausedAt },
    );
  }

  /** Cancels whatever has not ended. */
  async cancelAll(): Promise<void> {
    for (const job of await this.shelf.jobs()) await this.cancel(job);
  }

  private async change(job: string, to: (record: JobRecord, now: number) => JobRecord): Promise<void> {
    const record = await this.record(job);
    if (finalStates.has(await this.stateOf(record))) return;
    const next = to(record, this.context.clock.now());
    if (next !== record) await this.shelf.replace(job, next);
  }

  private async record(job: string): Promise<JobRecord> {
    const record = await this.shelf.get(job);
    if (record === null) throw new ContractError(`no job '${job}' was ever accepted here`);
    return record;
  }

  private async stateOf(record: JobRecord): Promise<JobState> {
    if (record.cancelledAt !== null) return 'cancelled';
    if (record.pausedAt !== null) return 'paused';
    if (this.remainingMs(record) > 0) return 'running';
    return (await this.device.end(record.key, record.request)).state;
  }

  /** A clock that starts anew after a restart lets the job start anew too: never less than its duration is waited. */
  private remainingMs(record: JobRecord): number {
    const until = record.pausedAt ?? this.context.clock.now();
    const elapsed = until - record.acceptedAt - record.pausedMs;
    return Math.max(0, record.durationMs - Math.max(0, elapsed));
  }

  private progress(record: JobRecord): number {
    return record.durationMs === 0 ? 1 : 1 - this.remainingMs(record) / record.durationMs;
  }
}

/** Text that two requests share exactly when they ask for the same. */
function canonical(request: JobRequest): string {
  const sorted = (record: Readonly<Record<string, unknown>>) =>
    Object.keys(record)
      .sort()
      .map((name) => [name, record[name]]);
  return JSON.stringify([
    sorted(request.design),
    request.rowId,
    sorted(request.substances),
    request.fidelity,
    [...request.objectives].sort(),
  ]);
}
