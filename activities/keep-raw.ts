import type { JobResult, RawFile, RawOutput } from '../lab-adapters/contract.js';
import { cleanText } from '../models/domain/clean-text.js';
import { AdapterError, AthanorError } from '../models/domain/errors.js';
import { leftWords, type RawLimits, rawLimits } from '../models/domain/raw-limits.js';
import type { FailedCall } from '../workflows/trial-life.js';
import { failedCall, type KeptRaw } from './ask-device.js';
import { call } from './device-call.js';
import type { TrialDeps } from './placed-trial.js';
import { saveStream } from './store/artefact.js';
import type { Store } from './store/client.js';
import { keptBytes } from './store/step-answer.js';
import type { TrialRef } from './store/trial.js';

/** How raw outputs are read and kept. */
export interface RawKeeping {
  readonly limits?: RawLimits | undefined;
  /** Bytes of the trial that are kept already. */
  readonly before?: number;
  /** Longest silence between two pieces, milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** Keeps a stream, and says under which sha256. */
  readonly save: (open: () => AsyncIterable<Uint8Array>) => Promise<{ readonly sha256: string; readonly size: number }>;
}

/** Reading went wrong, and not keeping. */
class ReadingError extends Error {}
/** There is more than is kept. */
class TooMuch extends Error {}

/**
 * Keeps the raw outputs of a job one after the other, none of them in memory. One that is too large, or gone, is told in words
 * instead: what was measured does not depend on it.
 *
 * @throws {AdapterError} while one cannot be had; whatever `save` throws
 */
export async function keepRaw({ artefacts = {} }: Pick<JobResult, 'artefacts'>, how: RawKeeping): Promise<KeptRaw> {
  const { fileBytes, trialBytes } = how.limits ?? rawLimits;
  const kept: Record<string, string> = {};
  const mediaTypes: Record<string, string> = {};
  const left: string[] = [];
  let room = Math.max(0, trialBytes - (how.before ?? 0));
  for (const [name, output] of Object.entries(artefacts)) {
    const file = asFile(output);
    const limit = Math.min(fileBytes, room);
    const words = (size: number | null) => {
      const isFile = size === null ? limit === fileBytes : size > fileBytes;
      const most = isFile ? fileBytes : trialBytes;
      return leftWords(name, { size, limit: most, at: file.at, of: isFile ? 'file' : 'trial' });
    };
    if (file.size !== undefined && file.size > limit) {
      left.push(words(file.size));
      continue;
    }
    try {
      const { sha256, size } = await how.save(() => bounded(file, limit, how.timeoutMs));
      kept[name] = sha256;
      room -= size;
      if (file.mediaType !== undefined) mediaTypes[name] = file.mediaType;
    } catch (error) {
      if (error instanceof TooMuch) left.push(words(null));
      else if (!(error instanceof ReadingError)) throw error;
      else if (error.cause instanceof AthanorError && error.cause.code === 'ADAPTER') throw error.cause;
      else left.push(`${name}: cannot be read: ${cleanText((error.cause as Error).message ?? '', 500)}`);
    }
  }
  return { artefacts: kept, mediaTypes, left };
}

function asFile(output: RawOutput): RawFile {
  if (!(output instanceof Uint8Array)) return output;
  return {
    size: output.length,
    open: async function* () {
      yield output;
    },
  };
}

/** What a file has, as long as it is not more than the limit. */
async function* bounded(file: RawFile, limit: number, timeoutMs: number | undefined): AsyncGenerator<Uint8Array> {
  let size = 0;
  const pieces = await read(async () => file.open()[Symbol.asyncIterator]());
  try {
    for (;;) {
      const { done, value } = await read(() => call('a raw output', pieces.next(), timeoutMs));
      if (done === true) break;
      size += value.length;
      if (size > limit) throw new TooMuch();
      yield value;
    }
  } finally {
    // Closes it where it was not read to its end; it may hang, and nobody waits for that.
    void Promise.resolve(pieces.return?.()).catch(() => {});
  }
  if (file.size !== undefined && size !== file.size)
    throw new ReadingError('changed', { cause: new Error(`${size} bytes came where ${file.size} were there`) });
}

async function read<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    throw new ReadingError('reading', { cause });
  }
}

/** Keeps raw outputs in the store. */
export function inStore(store: Store): RawKeeping['save'] {
  return (open) => saveStream(store, open);
}

/** Keeps the raw outputs of one step of a trial in the store, within what is kept of all steps; or why the device was missed. */
export async function keepOf(
  { store, rawLimits: limits, callTimeoutMs: timeoutMs }: Pick<TrialDeps, 'store' | 'rawLimits' | 'callTimeoutMs'>,
  ref: TrialRef,
  result: JobResult,
): Promise<KeptRaw | FailedCall> {
  const before = await keptBytes(store.query, ref);
  try {
    return await keepRaw(result, { limits, before, timeoutMs, save: inStore(store) });
  } catch (error) {
    if (error instanceof AdapterError) return failedCall(error);
    throw error;
  }
}
