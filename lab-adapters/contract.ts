import type { z } from 'zod';
import type { Design, ParameterValue } from '../models/domain/design.js';
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

/** What is true of an adapter whatever it is asked; what it can do beyond the verbs of all is told by the verbs it has. */
export interface Traits {
  /** How long a finished job's result can be fetched: for ever, or only by the process that ran it. */
  readonly resultRetention: 'permanent' | 'process';
  /** One job at a time: a campaign has no more than one trial on it. Campaigns do not know of each other. */
  readonly exclusive: boolean;
  /** Same request, same result, bit for bit. */
  readonly deterministic: boolean;
  /**
   * Jobs are known to the device alone, which any machine can ask for them: nothing of them is kept in the adapter's
   * folder. Then any worker may follow a job that another started; without it only workers of the same home.
   */
  readonly anyHome?: boolean;
  /** It remembers the fences that calls come with (`Caller`), and refuses outdated calls. */
  readonly fenced?: boolean;
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
  /** Units of the numbers in the design, by parameter name, where the campaign file tells them; absent where it tells none. */
  readonly units?: Readonly<Record<string, string>> | undefined;
  /** Name of the fidelity. */
  readonly fidelity: string;
  /**
   * Names of the outcomes wanted as values, those of the objectives first; some may be missing from the answer. Empty for a step
   * of a trial that measures nothing, which is done without a value.
   */
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

/** A raw output that nobody holds in memory: its bytes are read when the host keeps it. */
export interface RawFile {
  /**
   * Its bytes, from the first, each time that it is called; after it was read to its end nothing is left open.
   *
   * @throws {AdapterError} while reading, where they cannot be had now: it is read again later. Any other error tells that they
   *   are not to be had; the values are kept all the same, and the error is told beside them
   */
  open(): AsyncIterable<Uint8Array>;
  /** How many bytes it has, where that is known before; a file that then has others was changed while it was read. */
  readonly size?: number;
  /** Such as `text/csv` or `chemical/x-jcamp-dx`, where it is known. */
  readonly mediaType?: string;
  /** Where it lies, in words, for people: it is left there where it is larger than what is kept. */
  readonly at?: string;
}

/** A raw output: bytes where they are few, at most 64 MB of one trial, else a way to read them. */
export type RawOutput = Uint8Array | RawFile;

/** What was measured or noted of the surroundings of a job, such as the humidity or the name of a batch. */
export type MeasuredContext = { readonly value: number | string; readonly unit?: string };

/** What a job in a final state gave. */
export interface JobResult {
  /** By name of the outcome, one at least where the state is `succeeded` and any is asked for; one that is missing was not measured. */
  readonly values: Readonly<Record<string, number>>;
  /** Standard deviations by name of the outcome, where known. */
  readonly noise?: Readonly<Record<string, number>>;
  /** In the unit of the campaign's costs; what was spent also when the job failed. */
  readonly cost: number;
  readonly durationMs: number;
  /** Present exactly when the state is `failed` or `unknown`. */
  readonly cause?: Cause;
  /** Raw outputs worth keeping, by name, in which no `/` stands. */
  readonly artefacts?: Readonly<Record<string, RawOutput>>;
  /**
   * What was reached in place of what was asked for, by name as in the request and in its units, such as 81.7 for 80: it is learned
   * from. One that cannot be true sets the trial aside.
   */
  readonly achieved?: Readonly<Record<string, ParameterValue>>;
  /** What was measured of the surroundings, by name: kept with what was measured. */
  readonly contexts?: Readonly<Record<string, MeasuredContext>>;
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

/** What a host says of itself with a call that may move the device, or that rules out that an earlier one moves it still. */
export interface Caller {
  /**
   * Grows with each such call on a slot of an instrument, or on the instrument where no slot is leased, so that one that was
   * held up can be told from one that came after it. An adapter that keeps a ledger remembers the highest fence that it has
   * seen for the slot, or for the key where there is none, and refuses a call with a lower one (ContractError), looking once
   * more right before it moves anything: such a call comes from a worker that was given up meanwhile.
   */
  readonly fence: number;
  /** Slot of the instrument that was leased for the job; absent where none was. */
  readonly slot?: string;
}

/** What every adapter does: begins a job, tells how it stands, and gives what it gave. */
export interface Runs {
  readonly traits: Traits;
  /** Milliseconds between two looks at a running job. */
  readonly pollMs: number;
  /** Faults of a request that can be told without running it; empty if none. */
  validate(request: JobRequest): Promise<readonly Fault[]>;
  submit(key: string, request: JobRequest, caller: Caller): Promise<string>;
  status(job: string): Promise<JobStatus>;
  /** @throws {ContractError} unless the job is in a final state */
  result(job: string): Promise<JobResult>;
  /** Releases connections and processes of this object; jobs that can live on do. */
  close(): Promise<void>;
}

/** It can look jobs up, after restarts too. Without it a job whose acceptance was lost is held for a person. */
export interface Finds {
  /**
   * The job accepted under this key; null tells for certain that none ever was, and that no call with a lower fence than the
   * caller's begins one from now on.
   */
  find(key: string, caller: Caller): Promise<string | null>;
}

/**
 * It can take over a job that only its device knows: one that a person says is that of the key, whose acceptance was lost. It
 * submits nothing.
 */
export interface Adopts {
  /**
   * Idempotent by key, as `submit`.
   *
   * @param handle - what the device calls the job
   * @returns the job, under the name by which the adapter knows it from then on
   * @throws {ContractError} if the device has no such job, or it is that of another key, or the key has another
   */
  adopt(key: string, request: JobRequest, handle: string, caller: Caller): Promise<string>;
}

/** It can end a running job. */
export interface Cancels {
  cancel(job: string, caller: Caller): Promise<void>;
}

/** It can hold a running job, and let it go on. */
export interface Pauses {
  pause(job: string, caller: Caller): Promise<void>;
  resume(job: string, caller: Caller): Promise<void>;
}

/** It can bring its device to a safe state. */
export interface StopsSafely {
  /** At once; running jobs end as `cancelled` or `unknown`. */
  safeStop(): Promise<void>;
}

/** It can tell whether its device takes jobs. */
export interface TellsHealth {
  health(): Promise<Health>;
}

/**
 * What stands between a host and one instrument: a simulator, device, robot or person, with its settings. It has the verbs of
 * all, and of the others those that it can do; there is none that says that it is not supported.
 *
 * `submit` is idempotent by key: called again with the same key and request it returns the same job, whatever crashed
 * in between; with the same key and another request it throws ContractError. `cancel` is idempotent. Verbs on a job that
 * was never accepted throw ContractError. Trouble in reaching the device throws AdapterError; a failed experiment does
 * not throw: it is a job in state `failed` with a cause.
 */
export interface Adapter
  extends Runs,
    Partial<Finds>,
    Partial<Adopts>,
    Partial<Cancels>,
    Partial<Pauses>,
    Partial<StopsSafely>,
    Partial<TellsHealth> {}

/** What trials run on, under the name by which the ledger knows it. */
export interface Instrument {
  /** The same for all campaigns and levels that use it. */
  readonly id: string;
  /** What a version before called it; absent or null where that is no other name. */
  readonly formerly?: string | null;
  /** Name of the adapter's type. */
  readonly type: string;
  readonly adapter: Adapter;
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
   * Folder of the instrument that survives restarts; made on first use. Adapters of one instrument that differ in costs or time
   * limits have the same, whichever campaigns use them. Empty where nothing has to survive this process: an
   * adapter that can then keeps its jobs in memory, as in-process simulations of thousands of trials want.
   */
  readonly folder: string;
  readonly log: (message: string) => void;
  /** Bytes of one raw output that the host keeps; there is no use in fetching more. No limit is known where absent. */
  readonly rawFileBytes?: number;
}

/** What an adapter type may look at when a campaign file is checked. */
export interface CheckScope {
  readonly parameters: readonly Parameter[];
  /** Rows of a finite space; absent or null where any combination of values is a design. */
  readonly pool?: Pool | null;
  /** Names of the outcomes, those of the objectives first, and the units that the campaign states. */
  readonly objectives: readonly string[];
  readonly outcomeUnits?: Readonly<Record<string, string>>;
}

/** How an adapter type is made known: its name in the campaign file, its settings, and how to make one. */
export interface AdapterType<Settings = unknown, Made extends Adapter = Adapter> {
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
  /** Keys of the settings that do not tell one device from another, beside that of the cost: time limits, for example. */
  readonly incidental?: readonly string[];
  /**
   * Faults that need more than the schema: files that are missing, programs not installed, parameters that do not fit.
   * Paths are relative to the settings. Changes nothing.
   *
   * @param mayRun - whether programs that the settings name may be started to look at them; true where absent
   */
  check?(settings: Settings, scope?: CheckScope, mayRun?: boolean): Promise<readonly Fault[]>;
  /** What a worker's environment lacks for jobs to be started, without values: trials wait for one that has it. Paths as of `check`. */
  lacks?(settings: Settings, environment: Readonly<Record<string, string | undefined>>): readonly Fault[];
  /** Lowest and highest value that can ever come, where known for certain; null on a side where not. */
  range?(settings: Settings): { readonly low: number | null; readonly high: number | null };
  create(settings: Settings, context: AdapterContext): Made;
  /** Loads the libraries that calls load when they first need them: a safe stop has no time for it. Calls no device. */
  load?(): Promise<unknown>;
}
