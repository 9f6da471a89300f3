import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { TensorData } from './tensor.js';

type Runtime = typeof import('onnxruntime-node');

let loaded: Promise<Runtime | null> | undefined;

/** How calls into the library are made. */
export type Caller = <T>(call: () => Promise<T>) => Promise<T>;

let caller: Caller = (call) => call();

/**
 * From now on, calls into the library are made through the given function: for threads that may be ended, since one that
 * ends within such a call ends the process. It must make the call, or give no answer.
 */
export function callRuntimeBy(given: Caller): void {
  caller = given;
}

/** What a model takes or gives, as its file has it. */
export interface SessionPort {
  readonly name: string;
  /** Element type in ONNX Runtime's word, such as `float32`; null for what is no tensor. */
  readonly type: string | null;
  /** Empty where the file says nothing of it. */
  readonly shape: readonly (number | string)[];
}

/** A model ready to run. */
export interface OnnxSession {
  readonly inputs: readonly SessionPort[];
  readonly outputs: readonly SessionPort[];
  /**
   * Runs the model once. The thread is blocked until it is done: callers that must answer others run it in a thread of
   * its own.
   *
   * @param inputs - one tensor for each input of the model; read, not kept
   * @param outputs - names of those that are wanted, so that no other is computed; all where absent
   * @returns the outputs by name, row-major
   * @throws {Error} of ONNX Runtime, if inputs are missing or their types or shapes do not fit
   */
  run(
    inputs: Readonly<Record<string, TensorData>>,
    outputs?: readonly string[],
  ): Promise<Readonly<Record<string, TensorData>>>;
  /** Gives the session's memory back; it cannot be run any more. */
  release(): Promise<void>;
}

/**
 * Opens a model, or gives null where ONNX Runtime, an optional dependency, cannot be loaded.
 *
 * It computes on the calling thread alone: results are then the same bits every time on one machine, and threads of ours
 * do not fight for cores with threads of its own.
 *
 * @param model - content of an `.onnx` file
 * @throws {Error} of ONNX Runtime, if the model is not valid
 */
export async function openSession(model: Uint8Array): Promise<OnnxSession | null> {
  const runtime = await loadRuntime();
  if (runtime === null) return null;
  const options = {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    // Warnings on standard error would stand between the lines of the command line.
    logSeverityLevel: 3,
  } as const;
  const session = await caller(() => runtime.InferenceSession.create(model, options));
  return {
    inputs: session.inputMetadata.map(portOf),
    outputs: session.outputMetadata.map(portOf),
    run: async (inputs, outputs = session.outputNames) => {
      const feeds: Record<string, Tensor> = {};
      for (const [name, { type, data, shape }] of Object.entries(inputs))
        feeds[name] = new runtime.Tensor(type, data as never, shape) as Tensor;
      return tensorsOf(await caller(() => session.run(feeds, outputs)));
    },
    release: () => caller(() => session.release()),
  };
}

/** Not installed, or its library is not made for this machine: both the same to callers, who have another way. */
const missing = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND', 'ERR_DLOPEN_FAILED'];

function loadRuntime(): Promise<Runtime | null> {
  loaded ??= unlessMissing(() => caller(() => import('onnxruntime-node')));
  return loaded;
}

/** What `load` imports, or null if that cannot be loaded here. @throws what else `load` threw */
export async function unlessMissing<T>(load: () => Promise<T>): Promise<T | null> {
  try {
    return await load();
  } catch (cause) {
    if (missing.includes((cause as NodeJS.ErrnoException).code ?? '')) return null;
    throw cause;
  }
}

function portOf(value: InferenceSession.ValueMetadata): SessionPort {
  const { name } = value;
  return value.isTensor ? { name, type: value.type, shape: value.shape } : { name, type: null, shape: [] };
}

function tensorsOf(outputs: InferenceSession.OnnxValueMapType): Record<string, TensorData> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => {
      const { type, data, dims } = value as Tensor;
      return [name, { type, data, shape: dims } as unknown as TensorData];
    }),
  );
}
