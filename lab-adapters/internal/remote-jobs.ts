import { AdapterError, ContractError } from '../../models/domain/errors.js';
import type { Cause } from '../../models/domain/trial.js';
import {
  type Caller,
  finalStates,
  type JobRequest,
  type JobResult,
  type JobStatus,
  type MeasuredContext,
} from '../contract.js';
import { asked, refuseAnothers } from './adoption.js';
import type { Fences } from './fences.js';
import type { JobLedger, Remembered, RememberedEnd } from './job-ledger.js';
import { nameOfJob } from './job-record.js';
import type { EndedJob } from './last-look.js';
import { type Begun, type Collected, NotBegunError, RefusedByDevice, type RemoteDevice } from './remote-device.js';

/** Who was held up for longer between writing down that the device is called, and calling it, does not call it; milliseconds. */
const longestHoldUpMs = 5_000;

/** Jobs of a device at the other end of a line, each as its ledger and the device say. */
export class RemoteJobs {
  constructor(
    private readonly ledger: JobLedger,
    private readonly fences: Fences,
    private readonly device: RemoteDevice,
    /** Bytes of one raw output that are kept. */
    private readonly rawFileBytes: number,
  ) {}

  async submit(key: string, request: JobRequest, caller: Caller): Promise<string> {
    const job = nameOfJob(key);
    await this.fences.heed(job, caller);
    const before = await this.ledger.get(job);
    if (before?.request != null && asked(before.request) !== asked(request))
      throw new ContractError(`key '${key}' was used with another request before; use a new key for a new request`);
    // That of a folder from before fences were kept by themselves.
    if (before !== null && caller.slot === undefined && caller.fence < before.fence)
      throw new ContractError(
        `a later call than that with fence ${caller.fence} was made for '${key}': ${before.fence}`,
      );
    if (before !== null && (await this.isTaken(job, before))) return job;
    const attempt = (before?.attempt ?? 0) + 1;
    const record: Remembered = {
      key,
      request,
      fence: caller.fence,
      phase: 'sending',
      attempt,
      at: Date.now(),
      limitMs: this.device.beginLimitMs + longestHoldUpMs,
      handle: null,
      end: null,
    };
    if (!(await this.ledger.claim(job, attempt))) throw this.busy(key);
    await this.ledger.put(job, record);
    await this.begin(job, record, request, caller);
    return job;
  }

  private async begin(job: string, record: Remembered, request: JobRequest, caller: Caller): Promise<void> {
    const latest = () => this.fences.heed(job, caller);
    try {
      await latest();
      // Others take the call for over once its limit is.
      if (Date.now() - record.at > longestHoldUpMs)
        throw new NotBegunError(`'${record.key}' was held up before it was sent`);
    } catch (error) {
      await this.put(job, record, { phase: 'free' });
      throw error;
    }
    const lasts = async (ms: number) => {
      await this.put(job, record, { limitMs: Date.now() - record.at + ms + longestHoldUpMs });
      await latest();
    };
    try {
      const handle = await this.device.begin({ key: record.key, name: job, request, latest, lasts });
      await this.put(job, record, { phase: 'sent', handle });
    } catch (error) {
      if (error instanceof RefusedByDevice) {
        await this.end(job, record, 'failed', { values: {}, cost: 0, cause: error.reason });
        return;
      }
      const { lostLimitMs = this.device.beginLimitMs } = this.device;
      const limitMs = Math.max(lostLimitMs + longestHoldUpMs, Date.now() - record.at);
      await this.put(job, record, error instanceof NotBegunError ? { phase: 'free' } : { phase: 'unsure', limitMs });
      throw error;
    }
  }

  /** Changes a record, unless a later call than the one it is about was made meanwhile. */
  private async put(job: string, record: Remembered, change: Partial<Remembered>): Promise<Remembered> {
    const now = (await this.ledger.get(job)) ?? record;
    if (now.attempt > record.attempt) return now;
    // A name that came after all is kept for a person; the end stays.
    const next = now.phase === 'ended' ? { ...now, handle: change.handle ?? now.handle } : { ...record, ...change };
    await this.ledger.put(job, next);
    return next;
  }

  async find(key: string, caller: Caller): Promise<string | null> {
    const job = nameOfJob(key);
    await this.fences.heed(job, caller);
    const known = await this.ledger.get(job);
    if (known !== null && known.phase !== 'free') return (await this.isTaken(job, known)) ? job : null;
    const handle = (await this.device.find?.(key, job)) ?? null;
    if (handle === null) return null;
    const found = { key, request: null, fence: 0, attempt: 0, at: Date.now(), limitMs: 0, end: null };
    await this.ledger.put(job, { ...(known ?? found), phase: 'sent', handle });
    return job;
  }

  /** Follows a job that only the device knows as that of a key. */
  async adopt(key: string, request: JobRequest, handle: string, caller: Caller): Promise<string> {
    const job = nameOfJob(key);
    await this.fences.heed(job, caller);
    const before = await this.ledger.get(job);
    if (before !== null && before.handle === handle && before.phase !== 'free') return job;
    if (before !== null && before.phase !== 'free')
      throw new ContractError(`key '${key}' has a job already, and it is not '${handle}'`);
    const records = await Promise.all((await this.ledger.jobs()).map((other) => this.ledger.get(other)));
    const isThere = (one: Remembered | null): one is Remembered => one !== null;
    refuseAnothers({ key, request, handle }, records.filter(isThere), this.device.lastJobOnly === true);
    const [attempt, at] = [before?.attempt ?? 0, Date.now()];
    const { state, message } = await this.device.look({ key, name: job, handle, request, at });
    if (state === 'unknown')
      throw new ContractError(`the device has no job '${handle}'${message === undefined ? '' : `: ${message}`}`);
    const { fence } = caller;
    await this.ledger.put(job, { key, request, fence, phase: 'sent', attempt, at, limitMs: 0, handle, end: null });
    return job;
  }

  /** Whether the device has the job, or had it; where nobody can tell, it is one that ended as unknown. */
  private async isTaken(job: string, record: Remembered): Promise<boolean> {
    const { phase, key, at, limitMs } = record;
    if (phase === 'sent' || phase === 'ended') return true;
    if (phase === 'free') return false;
    // Calls of this process are made one after the other: another one's may be on its way still.
    if (phase === 'sending' && Date.now() < at + limitMs) throw this.busy(key);
    if (this.device.find === undefined) {
      const message = `whether the device took '${key}' cannot be told: ${phase === 'sending' ? 'the worker ended' : 'the reply was lost'} while it was sent, and the device cannot be asked`;
      await this.end(job, record, 'unknown', { values: {}, cause: { class: 'unknown', code: 'lostReply', message } });
      return true;
    }
    const handle = await this.device.find(key, job);
    const { lateMs = 0 } = this.device;
    if (handle === null && lateMs > 0 && Date.now() < at + limitMs + lateMs)
      throw new AdapterError(`the device has no job of '${key}' yet, but the call that was lost may still reach it`);
    if (handle !== null) await this.put(job, record, { phase: 'sent', handle });
    return handle !== null;
  }

  private busy(key: string): AdapterError {
    return new AdapterError(`'${key}' is being sent by another process, or was when that ended; it is looked up later`);
  }

  async status(job: string): Promise<JobStatus> {
    const record = await this.record(job);
    if (record.end !== null) {
      const { state, cause } = record.end;
      return { state, ...(cause === undefined ? {} : { message: cause.message }) };
    }
    if (record.phase !== 'sent') {
      if (!(await this.isTaken(job, record))) return { state: 'accepted', message: 'not sent yet' };
      return this.status(job);
    }
    const begun = begunOf(job, record);
    const { answer: _, ...seen } = await this.device.look(begun).then(async (told) => {
      if (finalStates.has(told.state)) {
        const { state } = told as { state: RememberedEnd['state'] };
        await this.end(job, record, state, await this.device.collect(begun, told), told.message);
      }
      return told;
    });
    return seen;
  }

  /** @throws {ContractError} unless the job has ended */
  async result(job: string): Promise<JobResult> {
    await this.status(job);
    const { end } = await this.record(job);
    if (end === null) throw new ContractError(`job ${job} has not ended; ask for its status until it has`);
    const { state: _, artefacts, values, noise, cause, details, achieved, contexts, ...rest } = end;
    return {
      ...rest,
      values: thawed(values),
      ...(noise === undefined ? {} : { noise: thawed(noise) }),
      ...(cause === undefined ? {} : { cause }),
      ...(details === undefined ? {} : { details }),
      ...(achieved === undefined ? {} : { achieved: thawed(achieved) }),
      ...(contexts === undefined ? {} : { contexts: contexts as Readonly<Record<string, MeasuredContext>> }),
      ...(artefacts.length === 0 ? {} : { artefacts: await this.ledger.kept(job, artefacts) }),
    };
  }

  /** A job that the device has and that has not ended; null where it has. */
  async open(job: string): Promise<Begun | null> {
    const { state } = await this.status(job);
    const record = await this.record(job);
    return finalStates.has(state) || record.phase !== 'sent' ? null : begunOf(job, record);
  }

  async allOpen(): Promise<readonly Begun[]> {
    const all = await Promise.all(
      (await this.ledger.jobs()).map(async (job) => ({ job, record: await this.ledger.get(job) })),
    );
    return all.flatMap(({ job, record }) => (record?.phase === 'sent' ? [begunOf(job, record)] : []));
  }

  /** Notes how a job had ended, unless that is known by now. */
  async note({ job, seen: { state, message }, given }: EndedJob): Promise<void> {
    await this.end(job, await this.record(job), state as RememberedEnd['state'], given, message);
  }

  /** Notes that a job was ended before its time. */
  async cancelled(job: string): Promise<void> {
    await this.end(job, await this.record(job), 'cancelled', { values: {} });
  }

  private async record(job: string): Promise<Remembered> {
    const record = await this.ledger.get(job);
    if (record === null) throw new ContractError(`no job '${job}' was ever accepted here`);
    return record;
  }

  private async end(
    job: string,
    record: Remembered,
    state: RememberedEnd['state'],
    given: Collected,
    message?: string,
  ) {
    const durationMs = Math.max(0, Date.now() - record.at);
    const measured = state === 'succeeded';
    const raw =
      given.artefacts === undefined
        ? { kept: [], left: [] }
        : await this.ledger.keep(job, given.artefacts, this.rawFileBytes);
    const details = raw.left.length === 0 ? given.details : { ...given.details, artefactsLeft: raw.left };
    const needsCause = state === 'failed' || state === 'unknown';
    const end: RememberedEnd = {
      state,
      values: measured ? frozen(given.values) : {},
      ...(measured && given.noise !== undefined ? { noise: frozen(given.noise) as Record<string, number | null> } : {}),
      cost: given.cost ?? this.device.cost ?? durationMs / 1000,
      durationMs,
      ...(needsCause ? { cause: given.cause ?? silent(state, message) } : {}),
      ...(details === undefined ? {} : { details }),
      ...(given.achieved === undefined ? {} : { achieved: frozen(given.achieved) }),
      ...(given.contexts === undefined ? {} : { contexts: given.contexts }),
      artefacts: raw.kept,
    };
    await this.put(job, record, { phase: 'ended', end });
  }
}

function begunOf(job: string, { key, handle, request, at }: Remembered): Begun {
  return { key, name: job, handle: handle!, request, at };
}

function silent(state: string, message?: string): Cause {
  return {
    class: 'unknown',
    code: state,
    message: message ?? `the device says no more than that the job is '${state}'`,
  };
}

/** NaN is null in JSON. */
function frozen(values: Readonly<Record<string, number | string>>): Record<string, number | string | null> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' || Number.isFinite(value) ? value : null,
    ]),
  );
}

function thawed(values: Readonly<Record<string, number | string | null>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, (value ?? Number.NaN) as number]));
}
