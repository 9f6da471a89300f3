import type { z } from 'zod';
import type { Design } from '../models/domain/design.js';
import type { Fault } from '../models/domain/fault.js';
import type { Parameter } from '../models/domain/parameters/parameter.js';
import type { Pool } from '../models/domain/space.js';
import type { Cause } from '../models/domain/trial.js';

/** States of a job. `unknown` is a state of its own: nobody can tell what became of the job; it is never mapped to failed. */
export const jobStates = [
  'accepted',
  'queued',
  'running',
  'paused',
  'awaiting_operator',
  'succeeded',
  'failed',
  'cancelled',
  'unknown',
] as const;
/** One of the states above. */
export type JobState = (typeof jobStates)[number];

/** States after which a job no longer changes. */
export const finalStates: ReadonlySet<JobState> = new Set(['succeeded', 'failed', 'cancelled', 'unknown']);

/** What an adapter can do; the caller asks nothing beyond it. */
export interface Capabilities {
  /** `find(key)` tells for certain whether a job with that key was ever accepted. */
  readonly lookupByKey: boolean;
  readonly cancel: boolean;
  readonly pause: boolean;
  /** How long a finished job's result can be fetched: for ever, or only by the process that ran it. */
  readonly resultRetention: 'permanent' | 'process';
  /** One job at a time. */
  readonly exclusive: boolean;
  /** Same request, same result, bit for bit. */
  readonly deterministic: boolean;
  /**
   * Jobs are known to the device alone, which any machine can ask for them: nothing of them is kept in the adapter's
   * folder. Then any worker may follow a job that another started; without it only workers of the same home.
   */
  readonly anyHome?: boolean;
  /** All waiting is done on the injected clock, so a simulated campaign may let virtual time pass. */
  readonly virtualTime: boolean;
}

/** What is to be run. The same key with another request is refused. */
export interface JobRequest {
  readonly design: Design;
  /** Row of the pool, null outside pools. */
  readonly rowId: string | null;
  /** SMILES of each substance (or category with known structure) in the design, by parameter name. */
  readonly substances: Readonly<Record<string, string>>;
  /** Name of the fidelity. */
  readonly fidelity: string;
  /** Names of the outcomes wanted as values, those of the objectives first; some may be missing from the answer. */
  readonly objectives: readonly string[];
}

/** Where a job stands at the moment. */
export interface JobStatus {
  readonly state: JobState;
  /** Share done, 0 to 1, where the device tells. */
  readonly progress?: number;
  readonly message?: string;
  /** Nothing changes before this many milliseconds have passed; the poll interval where absent. */
  readonly pollAfterMs?: number;
}

/** What a job in a final state gave. */
export interface JobResult {
  /** By name of the outcome, one at least where the state is `succeeded`; one that is missing was not measured. */
  readonly values: Readonly<Record<string, number>>;
  /** Standard deviations by name of the outcome, where known. */
  readonly noise?: Readonly<Record<string, number>>;
  /** In the unit of the campaign's costs; what was spent also when the job failed. */
  readonly cost: number;
  readonly durationMs: number;
  /** Present exactly when the state is `failed` or `unknown`. */
  readonly cause?: Cause;
  /** Raw outputs worth keeping, by name. */
  readonly artefacts?: Readonly<Record<string, Uint8Array>>;
  /** Plain JSON with finite numbers. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Whether the device can take jobs. */
export interface Health {
  readonly ok: boolean;
  readonly message: string;
  /** What to do when not ok. */
  readonly remedy?: string;
}

/**
 * One simulator, instrument, robot or person, with the settings of one fidelity.
 *
 * `submit` is idempotent by key: called again with the same key and request it returns the same job, whatever crashed
 * in between; with the same key and another request it throws ContractError. `cancel` is idempotent. Verbs on a job that
 * was never accepted throw ContractError. Trouble in reaching the device throws AdapterError; a failed experiment does
 * not throw: it is a job in state `failed` with a cause.
 */
export interface Adapter {
  readonly capabilities: Capabilities;
  /** Milliseconds between two looks at a running job. */
  readonly pollMs: number;
  /** Faults of a request that can be told without running it; empty if none. */
  validate(request: JobRequest): Promise<readonly Fault[]>;
  /** Expected cost and duration, null where the adapter cannot tell. */
  estimate(request: JobRequest): Promise<{ cost: number; durationMs: number } | null>;
  submit(key: string, request: JobRequest): Promise<string>;
  /** The job accepted under this key, or null. */
  find(key: string): Promise<string | null>;
  status(job: string): Promise<JobStatus>;
  /** @throws {ContractError} unless the job is in a final state */
  result(job: string): Promise<JobResult>;
  cancel(job: string): Promise<void>;
  /** @throws {ContractError} if the capability is not declared */
  pause(job: string): Promise<void>;
  resume(job: string): Promise<void>;
  /** Brings the device to a safe state at once; running jobs end as `cancelled` or `unknown`. */
  safeStop(): Promise<void>;
  health(): Promise<Health>;
  /** Releases connections and processes of this object; jobs that can live on do. */
  close(): Promise<void>;
}

/** Time, injected so that tests and simulations can let it pass at will. */
export interface Clock {
  /** Milliseconds since an arbitrary start; never goes back. */
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What an adapter gets from its host. */
export interface AdapterContext {
  readonly clock: Clock;
  /**
   * Folder of its own that survives restarts; made on first use. Empty where nothing has to survive this process: an
   * adapter that can then keeps its jobs in memory, as in-process simulations of thousands of trials want.
   */
  readonly folder: string;
  readonly log: (message: string) => void;
}

/** What an adapter type may look at when a campaign file is checked. */
export interface CheckScope {
  readonly parameters: readonly Parameter[];
  /** Rows of a finite space; absent or null where any combination of values is a design. */
  readonly pool?: Pool | null;
  /** Names of the outcomes, those of the objectives first. */
  readonly objectives: readonly string[];
}

/** How an adapter type is made known: its name in the campaign file, its settings, and how to make one. */
export interface AdapterType<Settings = unknown> {
  readonly name: string;
  readonly description: string;
  /** Strict schema of `settings` in the campaign file. */
  readonly settings: z.ZodType<Settings>;
  /** Keys of the settings that hold paths; relative ones are resolved against the campaign file. */
  readonly paths?: readonly string[];
  /** Keys of the settings that name programs which `check` starts. */
  readonly programs?: readonly string[];
  /** Keys of the settings that name programs which only trials start; a list is a program with its arguments. */
  readonly trialPrograms?: readonly string[];
  /** Key of the settings that takes the fidelity's cost where the campaign file gives the key no value. */
  readonly costSetting?: string;
  /**
   * Faults that need more than the schema: files that are missing, programs not installed, parameters that do not fit.
   * Paths are relative to the settings. Changes nothing.
   *
   * @param mayRun - whether programs that the settings name may be started to look at them; true where absent
   */
  check?(settings: Settings, scope?: CheckScope, mayRun?: boolean): Promise<readonly Fault[]>;
  /**
   * What the environment of a worker lacks for jobs to be started: trials wait until there is a worker that has it. Paths
   * are relative to the settings; values are not repeated.
   */
  lacks?(settings: Settings, environment: Readonly<Record<string, string | undefined>>): readonly Fault[];
  /** Lowest and highest value that can ever come, where known for certain; null on a side where not. */
  range?(settings: Settings): { readonly low: number | null; readonly high: number | null };
  create(settings: Settings, context: AdapterContext): Adapter;
}
