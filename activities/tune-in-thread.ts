import { Worker } from 'node:worker_threads';
import { AthanorError } from '../models/domain/errors.js';
import type { TuneChunk, Tuned, TuneJob } from '../models/strategy/tuning/tune.js';
import { isOutOfMemory } from './decision-memory.js';
import { encodingFolder } from './encoding-cache.js';
import { errorOf } from './thread-error.js';
import { closeGate, createGate } from './thread-gate.js';
import type { TuneThreadData, TuneThreadMessage } from './tune-thread.js';

/** Where the states between chunks are kept, and who is told. */
export interface TuneCall {
  /** States of an earlier call of the same job, by training. */
  readonly kept: ReadonlyMap<number, Uint8Array>;
  /** Keeps a state. Calls come one after the other; one that fails ends the work. */
  readonly keep: (chunk: TuneChunk, state: Uint8Array) => Promise<void>;
  /** Aborted: the work ends after the step that it is at, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does `tune` in a thread of its own, which ends with it: the event loop stays free. What is kept when it ends, by whatever, is enough
 * to go on from.
 *
 * @throws what `tune` throws; the signal's reason if aborted; what `keep` throws
 * @throws {AthanorError} MEMORY if there is not enough
 */
export async function tuneInThread(job: TuneJob, { kept, keep, signal }: TuneCall): Promise<Tuned> {
  signal?.throwIfAborted();
  const gate = createGate();
  const workerData: TuneThreadData = { tuningGate: gate, job, kept, encodings: encodingFolder() };
  // Options meant for the main program, such as --input-type, would end the thread.
  const worker = new Worker(threadFile(), { workerData, execArgv: [] });
  const gone = new Promise((resolve) => worker.once('exit', resolve));
  let abort = () => {};
  let keeping: Promise<void> = Promise.resolve();
  try {
    return await new Promise<Tuned>((resolve, reject) => {
      abort = () => reject(signal!.reason);
      signal?.addEventListener('abort', abort, { once: true });
      worker.on('message', (message: TuneThreadMessage) => {
        if ('chunk' in message) {
          keeping = keeping.then(() => keep(message.chunk, message.state));
          keeping.catch(reject);
        } else if ('tuned' in message) keeping.then(() => resolve(message.tuned), reject);
        else reject(errorOf(message.error));
      });
      worker.on('error', (cause) => reject(threadFailure(cause)));
      worker.on('exit', (code) => reject(new Error(`the thread of fine-tuning ended with code ${code}`)));
    });
  } finally {
    signal?.removeEventListener('abort', abort);
    // One that dies within a call never leaves it.
    await Promise.race([closeGate(gate), gone]);
    await worker.terminate();
    await keeping.catch(() => undefined);
  }
}

function threadFailure(cause: Error): Error {
  if (isOutOfMemory(cause))
    return new AthanorError('MEMORY', `fine-tuning does not fit into the memory: ${cause.message}`);
  return new Error(`the thread of fine-tuning failed: ${cause.message}`, { cause });
}

/** A thread must be JavaScript: from the sources its compiled twin is taken. */
function threadFile(): URL {
  const compiled = import.meta.url.endsWith('.ts') ? '../dist/activities/tune-thread.js' : './tune-thread.js';
  return new URL(compiled, import.meta.url);
}
