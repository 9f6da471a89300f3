import { cleanText } from '../models/domain/clean-text.js';
import { ContractError } from '../models/domain/errors.js';
import type { Fault } from '../models/domain/fault.js';
import { plainJson, plainRecord } from '../models/domain/plain-json.js';
import { type Cause, causeClasses } from '../models/domain/trial.js';
import { type Adapter, type Health, type JobResult, type JobStatus, jobStates } from './contract.js';

/** Characters of a message that are kept, and of a code. */
const messageLength = 4_000;
const codeLength = 100;
/** Longer names of jobs are none. */
const jobLength = 1_000;
/** Artefacts of one job: how many, and bytes of all together. */
const artefactCount = 100;
const artefactBytes = 64 * 2 ** 20;
/** Longest wait between two looks, milliseconds. */
const longestWait = 3_600_000;
const faultsKept = 100;
/** What is said where an adapter says no more. */
const noRemedy = 'the adapter says no more; see what was written with it';

/**
 * An adapter whose answers keep to the contract, whoever wrote it: texts are cleaned and cut, what is not plain JSON is
 * made so, artefacts are bytes of a bounded size (others are named in the details), waits are finite. An answer that
 * cannot be made sense of is a ContractError; values, noise and cost are passed on as they are, for they are judged,
 * and kept where they are wrong, by who observes the trial.
 *
 * @param name - of the adapter's type, for messages
 */
export function checkedAdapter(name: string, adapter: Adapter): Adapter {
  const wrong = (verb: string, answer: unknown, wanted: string) =>
    new ContractError(`adapter ${name} answered '${verb}' with ${shown(answer)}; ${wanted} is wanted`);
  const job = (verb: string, answer: unknown): string => {
    if (typeof answer === 'string' && answer !== '' && answer.length <= jobLength && cleanText(answer) === answer)
      return answer;
    throw wrong(verb, answer, `the name of a job, at most ${jobLength} characters`);
  };
  return {
    get capabilities() {
      return adapter.capabilities;
    },
    get pollMs() {
      return amount(adapter.pollMs, longestWait) ?? 1_000;
    },
    validate: async (request) => {
      const faults: unknown = await adapter.validate(request);
      return faultsOf(`adapter ${name}: 'validate'`, faults);
    },
    estimate: async (request) => {
      const expected = await adapter.estimate(request);
      const [cost, durationMs] = [amount(expected?.cost), amount(expected?.durationMs)];
      return cost === undefined || durationMs === undefined ? null : { cost, durationMs };
    },
    submit: async (key, request) => job('submit', await adapter.submit(key, request)),
    find: async (key) => {
      const found = await adapter.find(key);
      return found === null ? null : job('find', found);
    },
    status: async (of) => {
      const status = await adapter.status(of);
      if (!jobStates.includes(status?.state)) throw wrong('status', status?.state, `one of ${jobStates.join(', ')}`);
      return statusOf(status);
    },
    result: async (of) => {
      const result: unknown = await adapter.result(of);
      if (typeof result !== 'object' || result === null) throw wrong('result', result, 'a result');
      return resultOf(result as JobResult);
    },
    cancel: (of) => adapter.cancel(of),
    pause: (of) => adapter.pause(of),
    resume: (of) => adapter.resume(of),
    safeStop: () => adapter.safeStop(),
    health: async () => healthOf(await adapter.health()),
    close: () => adapter.close(),
  };
}

/**
 * Faults that somebody else's code found, cleaned and at most so many.
 * @param who - for messages: `adapter NAME: 'validate'`
 * @throws {ContractError} if it is no list
 */
export function faultsOf(who: string, faults: unknown): readonly Fault[] {
  if (Array.isArray(faults)) return faults.slice(0, faultsKept).map(faultOf);
  throw new ContractError(`${who} answered with ${shown(faults)}; a list of faults is wanted`);
}

function statusOf({ state, progress, message, pollAfterMs }: JobStatus): JobStatus {
  const [done, wait] = [amount(progress, 1), amount(pollAfterMs)];
  return {
    state,
    ...(done === undefined ? {} : { progress: done }),
    ...(message === undefined ? {} : { message: textOf(message) }),
    ...(wait === undefined ? {} : { pollAfterMs: Math.min(wait, longestWait) }),
  };
}

function resultOf(result: JobResult): JobResult {
  const { values, noise, cost, durationMs, cause, details } = result;
  const { artefacts, refused } = artefactsOf(result.artefacts);
  const said = details === undefined ? {} : plainRecord(details);
  const all = refused.length === 0 ? said : { ...said, artefactsRefused: refused };
  return {
    values: typeof values === 'object' && values !== null ? { ...values } : {},
    ...(typeof noise === 'object' && noise !== null ? { noise: { ...noise } } : {}),
    cost,
    durationMs,
    ...(cause === undefined || cause === null ? {} : { cause: causeOf(cause) }),
    ...(artefacts === null ? {} : { artefacts }),
    ...(details === undefined && refused.length === 0 ? {} : { details: all }),
  };
}

/** Artefacts that can be kept, and in words those that cannot. */
function artefactsOf(given: JobResult['artefacts']) {
  if (typeof given !== 'object' || given === null) return { artefacts: null, refused: [] };
  const artefacts: Record<string, Uint8Array> = {};
  const refused: string[] = [];
  let room = artefactBytes;
  for (const [name, bytes] of Object.entries(given).slice(0, 2 * artefactCount)) {
    const shownName = cleanText(name, codeLength);
    const why =
      bytes instanceof Uint8Array
        ? Object.keys(artefacts).length >= artefactCount
          ? `more than ${artefactCount}`
          : bytes.length > room
            ? `${bytes.length} bytes; at most ${artefactBytes} of one trial are kept`
            : null
        : 'not bytes';
    if (why === null) {
      artefacts[shownName] = bytes;
      room -= bytes.length;
    } else refused.push(`${shownName}: ${why}`);
  }
  return { artefacts, refused };
}

function causeOf(cause: Cause): Cause {
  const known = causeClasses.includes(cause.class) ? cause.class : 'unknown';
  return { class: known, code: textOf(cause.code, codeLength), message: textOf(cause.message) };
}

function faultOf(fault: Fault): Fault {
  const { path, message, remedy } = (fault ?? {}) as Partial<Fault>;
  return {
    path: textOf(path ?? ''),
    message: textOf(message ?? fault).trim() || 'something',
    remedy: textOf(remedy ?? '').trim() || noRemedy,
  };
}

function healthOf(health: Health): Health {
  const { ok, message, remedy } = (health ?? {}) as Partial<Health>;
  return {
    ok: ok === true,
    message: textOf(message ?? 'no answer'),
    ...(remedy === undefined ? {} : { remedy: textOf(remedy) }),
  };
}

/** A finite number of at least 0, at most `most`; undefined where there is none. */
function amount(value: unknown, most = 1e100): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= most ? value : undefined;
}

function textOf(value: unknown, limit = messageLength): string {
  if (typeof value === 'string') return cleanText(value, limit);
  return cleanText(JSON.stringify(plainJson(value)) ?? '', limit);
}

function shown(value: unknown): string {
  return textOf(value, 60) || 'nothing';
}
