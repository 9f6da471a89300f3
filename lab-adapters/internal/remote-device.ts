import type { ParameterValue } from '../../models/domain/design.js';
import { AdapterError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import type { Cause } from '../../models/domain/trial.js';
import type { Health, JobRequest, JobStatus, MeasuredContext, RawOutput, Traits } from '../contract.js';

/** The device says no, and why: nothing was begun, and asking again would not help. */
export class RefusedByDevice extends AdapterError {
  /** @param reason - why the trial failed */
  constructor(readonly reason: Cause) {
    super(reason.message);
  }
}

/** Nothing was begun, for certain, and asking again later may help: nobody listens, the device is busy. */
export class NotBegunError extends AdapterError {}

/** What is to be begun on a device. */
export interface Asked {
  readonly key: string;
  /** A name of 32 hexadecimal digits for the key, for places that take no other signs. */
  readonly name: string;
  readonly request: JobRequest;
  /** To be asked before each command that moves the device but the first. @throws {ContractError} if a later call was made */
  latest(): Promise<void>;
  /** To be said before a call that may take longer than `beginLimitMs` has for it: so many milliseconds from now on, however it ends. */
  lasts(ms: number): Promise<void>;
}

/** A job that the device has. */
export interface Begun {
  readonly key: string;
  readonly name: string;
  /** What the device calls it. */
  readonly handle: string;
  /** Null where it was found on the device by its key alone. */
  readonly request: JobRequest | null;
  /** When it was begun, milliseconds since 1970. */
  readonly at: number;
}

/** Where a job stands, and what the device said with it, which `collect` may want. */
export interface Seen extends JobStatus {
  readonly answer?: unknown;
}

/** What a job that ended gave. */
export interface Collected {
  readonly values: Readonly<Record<string, number>>;
  readonly noise?: Readonly<Record<string, number>>;
  /** What the device says it cost, where it does. */
  readonly cost?: number | undefined;
  /** Wanted where the state is `failed` or `unknown`. */
  readonly cause?: Cause | undefined;
  /** What was reached of what was asked for, as in the contract; NaN where that was told and cannot be taken. */
  readonly achieved?: Readonly<Record<string, ParameterValue>> | undefined;
  readonly contexts?: Readonly<Record<string, MeasuredContext>> | undefined;
  readonly artefacts?: Readonly<Record<string, RawOutput>> | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * What is special to a device at the other end of a line: the calls themselves. `remoteAdapter` makes an adapter of it, which
 * writes down each call before and after, asks the device again where a reply was lost, and keeps the result.
 */
export interface RemoteDevice {
  readonly traits: Traits;
  readonly pollMs: number;
  /** After so many milliseconds a call of `begin` is over for certain, whatever became of it, unless it said that one lasts longer. */
  readonly beginLimitMs: number;
  /**
   * So many milliseconds after that limit a call may still reach the device and begin the job, where it crosses queues that
   * nobody sees: only from then on is it believed that the device has none. 0 where absent.
   */
  readonly lateMs?: number;
  /** So long at least a call counts as under way whose reply was lost, milliseconds; `beginLimitMs` where absent. */
  readonly lostLimitMs?: number;
  /** Jobs are known by their key alone: one that was begun past the adapter cannot be told, and none is adopted. */
  readonly byKeyAlone?: boolean;
  /** Whether it tells of the last job that it began, whatever that is called. */
  readonly lastJobOnly?: boolean;
  /**
   * Present where nobody can tell after a safe stop whether a job had ended before: the device is asked right before it, and gives
   * up what it waits for, so that the stop comes through, once it is told to.
   */
  readonly forgetsBefore?: true;
  /** Cost of a job for which the device names none; the seconds it took where absent. */
  readonly cost?: number | undefined;
  /** Faults of a request that can be told without running it, among them whatever would keep it from being sent. */
  validate(request: JobRequest): Promise<readonly Fault[]>;
  /**
   * Gives the job to the device. Called once a key, and again only where it is certain that the calls before began nothing.
   * @returns what the device calls it
   * @throws {RefusedByDevice} the job has failed
   * @throws {NotBegunError} nothing was begun; every other error leaves open whether something was
   */
  begin(asked: Asked): Promise<string>;
  /** The device's name of the job of a key; null tells for certain that it has none. Absent where a device cannot be asked. */
  find?(key: string, name: string): Promise<string | null>;
  /** Where a job stands; `unknown` where the device has never heard of it. @throws {AdapterError} if it does not answer */
  look(begun: Begun, giveUp?: AbortSignal): Promise<Seen>;
  /** What a job gave that was seen in a final state. @throws {AdapterError} if that cannot be had now; it is asked again */
  collect(begun: Begun, seen: Seen, giveUp?: AbortSignal): Promise<Collected>;
  cancel?(begun: Begun): Promise<void>;
  pause?(begun: Begun): Promise<void>;
  resume?(begun: Begun): Promise<void>;
  /**
   * @param open - jobs that have not ended, as far as is known
   * @returns those of them that have ended by it
   */
  safeStop?(open: readonly Begun[]): Promise<readonly Begun[]>;
  health?(): Promise<Health>;
  close?(): Promise<void>;
}
