import type { Adapter, Caller, Clock, JobRequest, JobResult, JobState, JobStatus } from '../contract.js';
import { finalStates, jobStates } from '../contract.js';
import { type EarlierAdapter, presentForm } from '../internal/earlier-form.js';
import type { Level } from './levels.js';

/** An adapter in a certain situation, and what is asked of it there. */
export interface Scenario {
  /**
   * Makes an adapter that keeps its jobs in `folder`. Called a second time with the same folder it stands for a process
   * that was started again.
   */
  open(folder: string): Adapter | EarlierAdapter | Promise<Adapter | EarlierAdapter>;
  readonly request: JobRequest;
}

/** What a conformance run needs to know of the adapter under test; scenarios left out skip the laws that need them. */
export interface ConformanceFixture {
  /** Makes an empty folder; the caller removes it afterwards. */
  newFolder(): Promise<string>;
  /** The clock that the adapters were given; laws wait on it between two looks. */
  readonly clock: Clock;
  /** A request that ends well, within `limitMs`. */
  readonly succeeds: Scenario;
  /** Another request that ends well on the same adapter. */
  readonly another: JobRequest;
  /** A request whose experiment fails. */
  readonly fails?: Scenario;
  /** A request that `validate` refuses. */
  readonly refused?: Scenario;
  /** A request that is still running when the laws look at it several times, and for as long as `limitMs`. */
  readonly runsLong?: Scenario;
  /** A device that takes the job, but whose reply to the first `submit` gets lost: `submit` throws once. */
  readonly losesReply?: Scenario;
  /** Begins the job of `succeeds` on the device of this folder, past the adapter; what the device calls it. */
  beginByHand?(folder: string): Promise<string>;
  /** The device's own ledger: the key of every job that physically began in this folder, once for each beginning. */
  starts?(folder: string): Promise<readonly string[]>;
  /** How long a job may take, milliseconds on `clock`; 60 s where absent. */
  readonly limitMs?: number;
}

/** One thing that every adapter must do. */
export interface Law {
  readonly name: string;
  /** What an adapter that keeps the law can do. */
  readonly level: Level;
  /** The section of the contract (`lab-adapters/README.md`) that asks for it, by the name in its address. */
  readonly section: string;
  /**
   * What the law goes as far as: only the `adapter` and what it says, what it says of a `request`, or the `device`, which
   * begins, holds or ends jobs.
   */
  readonly uses: 'adapter' | 'request' | 'device';
  /** Null if the law can be tried on this fixture, else why not. */
  skipped(fixture: ConformanceFixture, adapter: Adapter): string | null;
  /**
   * @param key - of the jobs that the law begins; on a device that remembers them no other law may have used it
   * @throws {Error} if the adapter breaks the law; says what it did and what it should have done
   */
  run(fixture: ConformanceFixture, key: string): Promise<void>;
}

/** Whoever begins a job in these laws. */
export const caller: Caller = { fence: 1 };

/** Throws unless the condition holds. */
export function must(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Throws unless the call is refused with an error whose code is CONTRACT. */
export async function mustRefuse(what: string, call: () => Promise<unknown>): Promise<void> {
  let answer: unknown;
  try {
    answer = await call();
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    must(
      code === 'CONTRACT',
      `${what}: wanted a ContractError (code CONTRACT), got ${String(code)}: ${String(message)}`,
    );
    return;
  }
  throw new Error(`${what}: wanted a ContractError, got ${JSON.stringify(answer) ?? 'no error'}`);
}

/** Opens an adapter on a folder, uses it and closes it. */
export async function withAdapter<T>(
  scenario: Scenario,
  folder: string,
  use: (adapter: Adapter) => Promise<T>,
): Promise<T> {
  const adapter = presentForm(await scenario.open(folder));
  try {
    return await use(adapter);
  } finally {
    await adapter.close();
  }
}

/** Looks at a job until it is in one of the wanted states. @throws {Error} after the fixture's limit */
export async function waitFor(
  fixture: ConformanceFixture,
  adapter: Adapter,
  job: string,
  wanted: (state: JobState) => boolean = (state) => finalStates.has(state),
): Promise<JobStatus> {
  const until = fixture.clock.now() + (fixture.limitMs ?? 60_000);
  for (;;) {
    const status = await adapter.status(job);
    mustBeStatus(status);
    if (wanted(status.state)) return status;
    must(!finalStates.has(status.state), `the job ended as '${status.state}': ${status.message ?? 'without a word'}`);
    must(fixture.clock.now() < until, `the job is still '${status.state}' after ${fixture.limitMs ?? 60_000} ms`);
    await fixture.clock.sleep(Math.max(1, status.pollAfterMs ?? adapter.pollMs));
  }
}

/** Runs a request to its end. */
export async function runToEnd(
  fixture: ConformanceFixture,
  adapter: Adapter,
  key: string,
  request: JobRequest,
): Promise<{ job: string; status: JobStatus; result: JobResult }> {
  const job = await adapter.submit(key, request, caller);
  const status = await waitFor(fixture, adapter, job);
  return { job, status, result: await adapter.result(job) };
}

/** Throws unless a status is well formed. */
export function mustBeStatus({ state, progress, pollAfterMs }: JobStatus): void {
  must(
    (jobStates as readonly string[]).includes(state),
    `'${state}' is no job state; there are ${jobStates.join(', ')}`,
  );
  must(progress === undefined || (progress >= 0 && progress <= 1), `progress ${progress} is not from 0 to 1`);
  must(
    pollAfterMs === undefined || (Number.isFinite(pollAfterMs) && pollAfterMs >= 0),
    `pollAfterMs is ${pollAfterMs}`,
  );
}

/** How often the device began the job of this key; 1 where the fixture has no ledger. */
export async function startsOf(fixture: ConformanceFixture, folder: string, key: string): Promise<number> {
  if (fixture.starts === undefined) return 1;
  return (await fixture.starts(folder)).filter((started) => started === key).length;
}
