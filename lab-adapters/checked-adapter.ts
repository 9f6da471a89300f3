import { cleanText } from '../models/domain/clean-text.js';
import { distinctNames } from '../models/domain/distinct-names.js';
import { AdapterError, AthanorError, ContractError } from '../models/domain/errors.js';
import type { Fault } from '../models/domain/fault.js';
import { plainJson, plainRecord } from '../models/domain/plain-json.js';
import type { Cause } from '../models/domain/trial.js';
import { causeClasses } from '../models/domain/verdicts.js';
import {
  type Adapter,
  type Caller,
  type Health,
  type JobRequest,
  type JobResult,
  type JobStatus,
  jobStates,
  type RawFile,
  type RawOutput,
  type Runs,
} from './contract.js';
import { type EarlierAdapter, lacking, presentForm } from './internal/earlier-form.js';
import { isRecord, unreadableOf } from './internal/unreadable.js';

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
 * made so, artefacts are bytes of a bounded size or streams (others are named in the details), waits are finite, and an error with a
 * code of the contract is one of ours. An answer that cannot be made sense of is a ContractError; values, noise and cost are
 * passed on as they are, for they are judged, and kept where they are wrong, by who observes the trial. It has the verbs
 * that the adapter has; one of the form of version 0.1.0 is taken too.
 *
 * @param name - of the adapter's type, for messages
 * @throws {ContractError} if it lacks what every adapter has, or what it declares; names all of it
 */
export function checkedAdapter(name: string, given: Adapter | EarlierAdapter): Adapter {
  const missing = read(name, () => lacking(given));
  if (missing.length > 0)
    throw new ContractError(
      `adapter ${name} lacks ${missing.join(', ')}; every adapter has to have it, see the contract`,
    );
  const adapter = read(name, () => presentForm(given));
  const { find, adopt, cancel, pause, resume, safeStop, health } = read(name, () => verbsOf(adapter));
  const wrong = (verb: string, answer: unknown, wanted: string) =>
    new ContractError(`adapter ${name} answered '${verb}' with ${shown(answer)}; ${wanted} is wanted`);
  const job = (verb: string, answer: unknown): string => {
    if (typeof answer === 'string' && answer !== '' && answer.length <= jobLength && cleanText(answer) === answer)
      return answer;
    throw wrong(verb, answer, `the name of a job, at most ${jobLength} characters`);
  };
  return {
    get traits() {
      return adapter.traits;
    },
    get pollMs() {
      return amount(adapter.pollMs, longestWait) ?? 1_000;
    },
    validate: async (request) => {
      const faults: unknown = await asked(() => adapter.validate(request));
      return faultsOf(`adapter ${name}: 'validate'`, faults);
    },
    submit: async (key, request, caller) => job('submit', await asked(() => adapter.submit(key, request, caller))),
    status: async (of) => {
      const status = await asked(() => adapter.status(of));
      if (!jobStates.includes(status?.state)) throw wrong('status', status?.state, `one of ${jobStates.join(', ')}`);
      return statusOf(status);
    },
    result: async (of) => {
      const result: unknown = await asked(() => adapter.result(of));
      if (typeof result !== 'object' || result === null) throw wrong('result', result, 'a result');
      return resultOf(result as JobResult);
    },
    close: () => asked(() => adapter.close()),
    ...(find && {
      find: async (key: string, caller: Caller) => {
        const found = await asked(() => find(key, caller));
        return found === null ? null : job('find', found);
      },
    }),
    ...(adopt && {
      adopt: async (key: string, request: JobRequest, handle: string, caller: Caller) =>
        job('adopt', await asked(() => adopt(key, request, handle, caller))),
    }),
    ...(cancel && { cancel: (of: string, caller: Caller) => asked(() => cancel(of, caller)) }),
    ...(pause &&
      resume && {
        pause: (of: string, caller: Caller) => asked(() => pause(of, caller)),
        resume: (of: string, caller: Caller) => asked(() => resume(of, caller)),
      }),
    ...(safeStop && { safeStop: () => asked(() => safeStop()) }),
    ...(health && { health: async () => healthOf(await asked(() => health())) }),
  };
}

/** The verbs that not every adapter has, each bound to it. */
function verbsOf(adapter: Adapter): Partial<Omit<Adapter, keyof Runs>> {
  const verbs = ['find', 'adopt', 'cancel', 'pause', 'resume', 'safeStop', 'health'] as const;
  const there = verbs.filter((verb) => typeof adapter[verb] === 'function');
  return Object.fromEntries(there.map((verb) => [verb, (adapter[verb] as CallableFunction).bind(adapter)]));
}

function read<T>(name: string, look: () => T): T {
  try {
    return look();
  } catch (cause) {
    const why = cause instanceof Error ? textOf(cause.message) : 'no reason given';
    throw new AdapterError(`what adapter ${name} can do cannot be read: ${why}`, { cause });
  }
}

/** The answer, or the error as one of ours where it has a code of the contract: modules need not import our classes. */
async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw ours(error);
  }
}

function ours(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AthanorError) return error;
  const { code } = error as { code?: unknown };
  if (code === 'ADAPTER') return new AdapterError(textOf(error.message), { cause: error });
  if (code === 'CONTRACT') return new ContractError(textOf(error.message), { cause: error });
  return error;
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
  const { values, noise, cost, durationMs, cause, details, achieved, contexts } = result;
  const { artefacts, refused } = artefactsOf(result.artefacts);
  const unreadable = unreadableOf(result);
  const isAllRead = refused.length === 0 && Object.keys(unreadable).length === 0;
  const all = {
    ...(details === undefined ? {} : plainRecord(details)),
    ...(refused.length === 0 ? {} : { artefactsRefused: refused }),
    ...(Object.keys(unreadable).length === 0 ? {} : { unreadable }),
  };
  return {
    values: isRecord(values) ? given(values) : {},
    ...(isRecord(noise) ? { noise: given(noise) } : {}),
    cost,
    durationMs,
    ...(cause === undefined || cause === null ? {} : { cause: causeOf(cause) }),
    ...(artefacts === null ? {} : { artefacts }),
    // What is no record is passed on in words, so that whoever observes refuses it.
    ...((achieved ?? null) !== null && { achieved: isRecord(achieved) ? given(achieved) : (shown(achieved) as never) }),
    ...(isRecord(contexts) && { contexts: given(contexts) }),
    ...(details === undefined && isAllRead ? {} : { details: all }),
  };
}

/** What was measured: entries that are null or undefined are missing. */
function given<T>(values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => (value ?? null) !== null));
}

/** Artefacts that can be kept, and in words those that cannot. */
function artefactsOf(given: JobResult['artefacts']) {
  if (!isRecord(given)) return { artefacts: null, refused: [] };
  const name = distinctNames();
  const all = Object.entries(given);
  const artefacts: Record<string, RawOutput> = {};
  const refused: string[] = [];
  let room = artefactBytes;
  for (const [givenName, output] of all.slice(0, 2 * artefactCount)) {
    // A slash stands between a step and what it gave.
    const shownName = name(cleanText(givenName, codeLength).replaceAll('/', '_'));
    const size = output instanceof Uint8Array ? output.length : 0;
    const why =
      output instanceof Uint8Array || isFile(output)
        ? Object.keys(artefacts).length >= artefactCount
          ? `more than ${artefactCount}`
          : size > room
            ? `${size} bytes; at most ${artefactBytes} of one trial are taken as bytes, more as a stream`
            : null
        : 'not bytes';
    if (why === null) {
      artefacts[shownName] = output instanceof Uint8Array ? output : fileOf(output);
      room -= size;
    } else refused.push(`${shownName}: ${why}`);
  }
  if (all.length > 2 * artefactCount) refused.push(`and ${all.length - 2 * artefactCount} more`);
  return { artefacts, refused };
}

function isFile(output: unknown): output is RawFile {
  return typeof output === 'object' && output !== null && 'open' in output && typeof output.open === 'function';
}

/** A raw output that is read later; whatever comes then that is no bytes is an error. */
function fileOf(file: RawFile): RawFile {
  const { size, mediaType, at } = file;
  const known = amount(size, Number.MAX_SAFE_INTEGER);
  const type = mediaType === undefined ? '' : textOf(mediaType, codeLength).trim();
  return {
    open: async function* () {
      try {
        for await (const piece of file.open()) {
          if (!(piece instanceof Uint8Array)) throw new ContractError(`${shown(piece)} came where bytes are wanted`);
          yield piece;
        }
      } catch (error) {
        throw ours(error);
      }
    },
    ...(known === undefined ? {} : { size: known }),
    ...(type === '' ? {} : { mediaType: type }),
    ...(at === undefined ? {} : { at: textOf(at) }),
  };
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
