import { Tape } from '../onnx/expression.js';
import { GraphBuilder } from '../onnx/graph-builder.js';
import { type OnnxSession, openSession } from '../onnx/runtime.js';
import { sizeOf } from '../onnx/shaping.js';
import { float32, type TensorData } from '../onnx/tensor.js';
import type { Pooling } from '../pretrained/manifest.js';
import { type Boundary, withoutRuntime } from './boundary.js';
import type { Numbers } from './state.js';
import type { Tail } from './tail.js';
import { pooled, tailOutput } from './tail-forward.js';
import { type Learned, LearnedReading, type Method, weightParameters } from './tail-weights.js';

/** A tail with what of it is learned. */
export interface TailParts {
  readonly tail: Tail;
  readonly opset: number;
  readonly boundary: Boundary;
  readonly learned: readonly Learned[];
  readonly method: Method;
  readonly pooling: Pooling;
  readonly batch: number;
  /** 1 where a token stands, [molecules × tokens]. */
  readonly mask: Float32Array;
}

/** Tensors of molecules under names that a graph may have, with their shapes for one; the mask is the last. */
export function tailData({ boundary }: TailParts): Record<string, readonly number[]> {
  const shapes = [...boundary.perMolecule.values()].map(({ shape }, i) => [`d${i}`, shape] as const);
  return Object.fromEntries([...shapes, ['mask', [boundary.tokens]]]);
}

/** The numbers of these, of all molecules. */
export function tailNumbers({ boundary, mask }: TailParts): Numbers {
  const numbers = [...boundary.perMolecule.values()].map(({ values }, i) => [`d${i}`, values] as const);
  return Object.fromEntries([...numbers, ['mask', mask]]);
}

/** Writes a tail: its output, and one row for each molecule of it. @param data - of the batch, by the names of `tailData` */
export function writeTail(
  tape: Tape,
  { tail, opset, boundary, learned, method, pooling }: TailParts,
  parameters: ConstructorParameters<typeof LearnedReading>[2],
  data: typeof parameters,
) {
  const given = new Map([...boundary.perMolecule.keys()].map((name, i) => [name, data[`d${i}`]!]));
  const reading = new LearnedReading(learned, method, parameters);
  const output = tailOutput(tape, tail, { opset, boundary, given, learned: reading });
  return { output, embedding: pooled(output, data.mask!, pooling) };
}

/** A tail that gives embeddings for parameters. */
export class TailModel {
  private constructor(
    private readonly session: OnnxSession,
    private readonly parts: TailParts,
    /** Numbers of an embedding. */
    readonly width: number,
    private readonly outputShape: readonly number[],
  ) {}

  /** @throws {AthanorError} if ONNX Runtime is not installed */
  static async open(parts: TailParts): Promise<TailModel> {
    const graph = new GraphBuilder('tail');
    const tape = new Tape(graph, 'float32');
    const parameters = Object.entries(weightParameters(parts.learned, parts.method));
    const named = Object.fromEntries(parameters.map(([name, shape]) => [name, tape.input(name, shape)]));
    const data = Object.entries(tailData(parts)).map(([name, shape]) => [
      name,
      tape.input(name, [parts.batch, ...shape]),
    ]);
    const { output, embedding } = writeTail(tape, parts, named, Object.fromEntries(data));
    graph.output('output', output.value, 'float32', output.shape);
    graph.output('embedding', embedding.value, 'float32', embedding.shape);
    const session = await openSession(graph.model());
    if (session === null) throw withoutRuntime();
    return new TailModel(session, parts, embedding.shape[1]!, output.shape.slice(1));
  }

  /** Embeddings of molecules, [molecules × width]. */
  async embeddings(parameters: Numbers, molecules: readonly number[]): Promise<Float32Array> {
    return this.run('embedding', parameters, molecules, this.width);
  }

  /** The output of molecules as the stored model has it, row-major. */
  async outputs(parameters: Numbers, molecules: readonly number[]): Promise<Float32Array> {
    return this.run('output', parameters, molecules, sizeOf(this.outputShape));
  }

  /** Gives its memory back. */
  async close(): Promise<void> {
    await this.session.release();
  }

  private async run(
    name: string,
    parameters: Numbers,
    molecules: readonly number[],
    size: number,
  ): Promise<Float32Array> {
    const { learned, method, batch } = this.parts;
    const fixed: Record<string, TensorData> = {};
    for (const [own, shape] of Object.entries(weightParameters(learned, method)))
      fixed[own] = float32(parameters[own]!, shape);
    const found = new Float32Array(molecules.length * size);
    for (let from = 0; from < molecules.length; from += batch) {
      const own = molecules.slice(from, from + batch);
      const filled = Array.from({ length: batch }, (_, i) => own[i % own.length]!);
      const outputs = await this.session.run({ ...fixed, ...this.rowsOf(filled) });
      found.set((outputs[name]!.data as Float32Array).subarray(0, own.length * size), from * size);
    }
    return found;
  }

  private rowsOf(molecules: readonly number[]): Record<string, TensorData> {
    const numbers = tailNumbers(this.parts);
    return Object.fromEntries(
      Object.entries(tailData(this.parts)).map(([name, shape]) => {
        const size = sizeOf(shape);
        const rows = new Float32Array(molecules.length * size);
        for (const [row, i] of molecules.entries())
          rows.set(numbers[name]!.subarray(i * size, (i + 1) * size), row * size);
        return [name, float32(rows, [molecules.length, ...shape])];
      }),
    );
  }
}
