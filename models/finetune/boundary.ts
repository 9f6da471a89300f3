import { AthanorError, ContractError, InfeasibleError } from '../domain/errors.js';
import type { Known } from '../onnx/node-reader.js';
import { rewriteModel } from '../onnx/rewrite-model.js';
import { openSession } from '../onnx/runtime.js';
import { sizeOf } from '../onnx/shaping.js';
import type { StoredModel } from '../onnx/stored-model.js';
import type { TensorData } from '../onnx/tensor.js';
import type { Tail } from './tail.js';

/** Molecules as a model takes them. */
export interface Molecules {
  /** Numbers of the tokens of each. */
  readonly tokens: readonly (readonly number[])[];
  /** What the model is given for some of them, each filled up to so many tokens. */
  readonly feeds: (ids: readonly (readonly number[])[], tokens: number) => Readonly<Record<string, TensorData>>;
}

/** What the layers that are not learned give the others. */
export interface Boundary {
  /** Tokens that every molecule is filled up to. */
  readonly tokens: number;
  /** Tensors that are the same for all molecules; their first axis may be that of a batch. */
  readonly known: ReadonlyMap<string, Known & { readonly isFloat: boolean }>;
  /** Tensors of molecules: shape for one, and numbers of all, [molecules × shape]. */
  readonly perMolecule: ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float32Array }>;
}

/** Memory that activations may take, in bytes. */
const mostBytes = 3e9;

/**
 * Runs the layers before the cut once for each molecule.
 *
 * @param batch - molecules of a batch of training, for which shapes are fixed
 * @throws {InfeasibleError} if the numbers would take more than 3 GB; if a tensor that the tail reads has the batch elsewhere than first
 * @throws {AthanorError} if ONNX Runtime is not installed
 */
export async function readBoundary(
  model: StoredModel,
  tail: Tail,
  molecules: Molecules,
  batch: number,
): Promise<Boundary> {
  const length = molecules.tokens.reduce((most, { length }) => Math.max(most, length), 1);
  const sought = tail.read.filter((name) => !model.constants.has(name));
  const known = new Map(
    tail.read.flatMap((name) => {
      const tensor = model.constants.get(name)?.read();
      return tensor === undefined ? [] : [[name, knownOf(tensor)] as const];
    }),
  );
  const [one, other] = await withOutputs(model, sought, async (run) => [
    await run(molecules.feeds(some(molecules, 0, batch), length)),
    await run(molecules.feeds(some(molecules, 0, batch + 1), length)),
  ]);
  const shapes = new Map<string, readonly number[]>();
  for (const name of sought) {
    const [found, larger] = [one![name]!, other![name]!];
    const differing = found.shape.flatMap((size, axis) => (size === larger.shape[axis] ? [] : [axis]));
    if (differing.length === 0) known.set(name, knownOf(found));
    else if (differing.join() === '0' && ['float32', 'bool'].includes(found.type))
      shapes.set(name, found.shape.slice(1));
    else
      throw new InfeasibleError(
        `'${name}', which the layers to be learned read, is ${found.type} [${found.shape.join(', ')}] of ${batch} molecules, and the batch is not its first axis alone, or it has no numbers of 32 bits`,
      );
  }
  return { tokens: length, known, perMolecule: await activations(model, molecules, { shapes, length, batch }) };
}

/** Numbers of all molecules, in batches. */
async function activations(
  model: StoredModel,
  molecules: Molecules,
  { shapes, length, batch }: { shapes: ReadonlyMap<string, readonly number[]>; length: number; batch: number },
): Promise<Boundary['perMolecule']> {
  const n = molecules.tokens.length;
  const bytes = [...shapes.values()].reduce((sum, shape) => sum + 4 * n * sizeOf(shape), 0);
  if (bytes > mostBytes)
    throw new InfeasibleError(
      `what is kept of ${n} molecules of up to ${length} tokens would take ${(bytes / 1e9).toFixed(1)} GB, more than ${mostBytes / 1e9}: take fewer or shorter ones`,
    );
  const found = new Map(
    [...shapes].map(([name, shape]) => [name, { shape, values: new Float32Array(n * sizeOf(shape)) }]),
  );
  await withOutputs(model, [...shapes.keys()], async (run) => {
    for (let from = 0; from < n; from += batch) {
      const outputs = await run(molecules.feeds(molecules.tokens.slice(from, from + batch), length));
      for (const [name, { shape, values }] of found)
        values.set(outputs[name]!.data as Float32Array | Uint8Array, from * sizeOf(shape));
    }
  });
  return found;
}

type Run = (feeds: Readonly<Record<string, TensorData>>) => Promise<Readonly<Record<string, TensorData>>>;

async function withOutputs<T>(
  model: StoredModel,
  outputs: readonly string[],
  work: (run: Run) => Promise<T>,
): Promise<T> {
  const computed = outputs.filter((name) => !model.inputs.includes(name));
  const session = await openSession(rewriteModel(model, { outputs: computed }));
  if (session === null) throw withoutRuntime();
  try {
    return await work(async (feeds) => {
      const missing = model.inputs.find((name) => feeds[name] === undefined);
      if (missing !== undefined)
        throw new ContractError(`the model has an input '${missing}', for which nothing is given`);
      return { ...feeds, ...(await session.run(feeds)) };
    });
  } finally {
    await session.release();
  }
}

/** Said where there is no ONNX Runtime. */
export function withoutRuntime(): AthanorError {
  return new AthanorError('ONNX', 'fine-tuning needs the package onnxruntime-node, which is not installed');
}

/** So many molecules from one on, from the first again behind the last. */
function some({ tokens }: Molecules, from: number, count: number): (readonly number[])[] {
  return Array.from({ length: count }, (_, i) => tokens[(from + i) % tokens.length]!);
}

function knownOf({ type, shape, data }: TensorData): Known & { readonly isFloat: boolean } {
  const isFloat = type.startsWith('float');
  return { shape, values: isFloat ? (data as Float32Array) : Array.from(data as BigInt64Array, Number), isFloat };
}
