import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { callRuntimeBy } from '../models/onnx/runtime.js';
import { type TuneChunk, type Tuned, type TuneJob, tune } from '../models/strategy/tuning/tune.js';
import { isOutOfMemory } from './decision-memory.js';
import { useEncodingFolder } from './encoding-cache.js';
import { asThreadError, type ThreadError } from './thread-error.js';
import { callThrough, type ThreadGate } from './thread-gate.js';

/** What the thread is started with. */
export interface TuneThreadData {
  /** By which this file knows, too, that it was started as a thread of training and not merely imported. */
  readonly tuningGate: ThreadGate;
  readonly job: TuneJob;
  /** Folder for encodings of molecules, see `useEncodingFolder`. */
  readonly encodings: string | null;
  /** States of trainings that were begun before. */
  readonly kept: ReadonlyMap<number, Uint8Array>;
}

/** What it says: any number of chunks, then an end. */
export type TuneThreadMessage =
  | { readonly chunk: TuneChunk; readonly state: Uint8Array }
  | { readonly tuned: Tuned }
  | { readonly error: ThreadError };

async function serve(port: MessagePort, { job, kept }: TuneThreadData): Promise<void> {
  const say = (message: TuneThreadMessage) => port.postMessage(message);
  try {
    say({ tuned: await tune(job, { kept, onChunk: (chunk, state) => say({ chunk, state }) }) });
  } catch (thrown) {
    const told = isOutOfMemory(thrown) ? memoryError((thrown as Error).message) : asThreadError(thrown);
    say({ error: told });
  }
}

function memoryError(detail: string): ThreadError {
  return { name: 'AthanorError', code: 'MEMORY', message: `fine-tuning does not fit into the memory: ${detail}` };
}

const data = workerData as Partial<TuneThreadData> | null;
if (parentPort !== null && data?.tuningGate !== undefined) {
  const { tuningGate, encodings = null } = data;
  useEncodingFolder(encodings);
  callRuntimeBy((call) => callThrough(tuningGate, call));
  void serve(parentPort, data as TuneThreadData);
}
