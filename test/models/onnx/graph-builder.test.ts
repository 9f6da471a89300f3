import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GraphBuilder, type Value } from '../../../models/onnx/graph-builder.js';
import { openSession } from '../../../models/onnx/runtime.js';
import { bool, float32, float64, int64, type TensorData } from '../../../models/onnx/tensor.js';
import { readFields, runsOf, textsOf, valuesOf } from '../../support/protobuf-reader.js';
import { hasOnnxRuntime } from '../../support/screen-models.js';

const present = await hasOnnxRuntime();

async function run(graph: GraphBuilder, inputs: Record<string, TensorData>) {
  const session = (await openSession(graph.model()))!;
  return session.run(inputs);
}

const numbersOf = (tensor: TensorData | undefined) => Array.from(tensor!.data, Number);

describe('GraphBuilder', () => {
  it('writes the model field by field', () => {
    const graph = new GraphBuilder('line');
    const x = graph.input('x', 'float32', ['n', 3]);
    const slope = graph.constant(float32([2, 4, 8], [3]));
    graph.output('y', graph.node('Gemm', [x, slope, null], { transB: { int: 1 }, alpha: { float: 0.5 } }), 'float32', [
      'n',
    ]);
    const model = graph.model();
    expect(valuesOf(model, 1)).toEqual([8n]);
    expect(readFields(runsOf(model, 8)[0]!)).toEqual([
      { number: 1, value: new Uint8Array() },
      { number: 2, value: 17n },
    ]);
    const written = runsOf(model, 7)[0]!;
    expect(textsOf(written, 2)).toEqual(['line']);
    const [gemm, identity] = runsOf(written, 1) as [Uint8Array, Uint8Array];
    expect([textsOf(gemm, 4), textsOf(gemm, 1), textsOf(identity, 2)]).toEqual([['Gemm'], ['x', '_0', ''], ['y']]);
    expect(textsOf(gemm, 2)).toEqual(textsOf(identity, 1));
    const [transB, alpha] = runsOf(gemm, 5) as [Uint8Array, Uint8Array];
    expect([textsOf(transB, 1), valuesOf(transB, 3), valuesOf(transB, 20)]).toEqual([['transB'], [1n], [2n]]);
    expect([textsOf(alpha, 1), valuesOf(alpha, 20)]).toEqual([['alpha'], [1n]]);
    expect(valuesOf(alpha, 2)).toEqual([new Uint8Array(Float32Array.of(0.5).buffer)]);
    const tensor = runsOf(written, 5)[0]!;
    expect([valuesOf(tensor, 1), valuesOf(tensor, 2), textsOf(tensor, 8)]).toEqual([[Uint8Array.of(3)], [1n], ['_0']]);
    expect(runsOf(tensor, 9)).toEqual([new Uint8Array(Float32Array.of(2, 4, 8).buffer)]);
    const type = runsOf(runsOf(runsOf(written, 11)[0]!, 2)[0]!, 1)[0]!;
    const [rows, columns] = runsOf(runsOf(type, 2)[0]!, 1) as [Uint8Array, Uint8Array];
    expect([valuesOf(type, 1), textsOf(rows, 2), valuesOf(columns, 1)]).toEqual([[1n], ['n'], [3n]]);
    expect(textsOf(runsOf(written, 12)[0]!, 1)).toEqual(['y']);
  });

  it('refuses names that are taken or its own, and values of other graphs', () => {
    const graph = new GraphBuilder('a');
    const x = graph.input('x', 'float32', []);
    expect(() => graph.input('x', 'float32', [])).toThrow(/'x' already/);
    expect(() => graph.input('_0', 'float32', [])).toThrow(/begins with '_'/);
    expect(() => graph.output('', x, 'float32', [])).toThrow(/empty/);
    const inner = graph.inner('b');
    expect(() => inner.output('x', x, 'float32', [])).toThrow(/already/);
    expect(() => graph.node('Neg', [inner.constant(float32([1], []))])).toThrow(/Neg of graph 'a' is given a value/);
    expect(() => graph.output('y', { name: 'x' }, 'float32', [])).toThrow(/output 'y'/);
    expect(() => float32([1, 2], [3])).toThrow(/2 entries given for the shape \[3\]/);
  });
});

describe.runIf(present)('graphs that are run', () => {
  it('compute, in both precisions and for every size of a named dimension', async () => {
    for (const [type, tensor] of [
      ['float32', float32],
      ['float64', float64],
    ] as const) {
      const graph = new GraphBuilder('affine');
      const x = graph.input('x', type, ['n', 2]);
      const product = graph.node('MatMul', [x, graph.constant(tensor([1, 2, 3, 4], [2, 2]))]);
      graph.output('y', graph.node('Add', [product, graph.constant(tensor([0.5], []))]), type, ['n', 2]);
      const session = (await openSession(graph.model()))!;
      for (const n of [1, 3]) {
        const { y } = await session.run({
          x: tensor(
            Array.from({ length: 2 * n }, (_, i) => i),
            [n, 2],
          ),
        });
        expect(y!.type).toBe(type);
        expect(y!.shape).toEqual([n, 2]);
        expect(numbersOf(y).slice(0, 2)).toEqual([3.5, 4.5]);
        if (n === 3) expect(numbersOf(y).slice(4)).toEqual([19.5, 28.5]);
      }
      await session.release();
    }
  });

  it('have nodes with several outputs, and attributes of every type', async () => {
    const graph = new GraphBuilder('several');
    const x = graph.input('x', 'float32', [2, 4]);
    const [left, right] = graph.nodes('Split', [x], 2, { axis: { int: 1 } }) as [Value, Value];
    const turned = graph.node('Transpose', [right], { perm: { ints: [1, 0] } });
    const padded = graph.node('Pad', [turned, graph.constant(int64([0, 1, 0, 0]))], { mode: { string: 'edge' } });
    const made = graph.node('ConstantOfShape', [graph.constant(int64([2]))], { value: { tensor: float32([7], [1]) } });
    graph.output('left', graph.node('LeakyRelu', [left], { alpha: { float: 0.25 } }), 'float32', [2, 2]);
    graph.output('padded', padded, 'float32', [2, 3]);
    graph.output('made', made, 'float32', [2]);
    const found = await run(graph, { x: float32([-4, 1, 2, 3, 4, 5, 6, 7], [2, 4]) });
    expect(numbersOf(found.left)).toEqual([-1, 1, 4, 5]);
    expect(numbersOf(found.padded)).toEqual([2, 2, 6, 3, 3, 7]);
    expect(numbersOf(found.made)).toEqual([7, 7]);
  });

  it('hold loops whose body reads the graph around it', async () => {
    const graph = new GraphBuilder('powers');
    const base = graph.input('base', 'float64', []);
    const body = graph.inner('body');
    body.input('step', 'int64', []);
    const go = body.input('go', 'bool', []);
    const before = body.input('before', 'float64', []);
    body.output('goOn', go, 'bool', []);
    const after = body.node('Mul', [before, base]);
    body.output('after', after, 'float64', []);
    body.output('each', after, 'float64', []);
    const inputs = [graph.constant(int64([5], [])), graph.constant(bool(true)), graph.constant(float64([1], []))];
    const [last, all] = graph.nodes('Loop', inputs, 2, { body: body.attribute() }) as [Value, Value];
    graph.output('last', last, 'float64', []);
    graph.output('all', all, 'float64', ['steps']);
    const found = await run(graph, { base: float64([3], []) });
    expect(numbersOf(found.last)).toEqual([243]);
    expect(numbersOf(found.all)).toEqual([3, 9, 27, 81, 243]);
  });

  it('say what is wrong with a model or with its inputs', async () => {
    await expect(openSession(Uint8Array.of(1, 2, 3))).rejects.toThrow();
    const graph = new GraphBuilder('one');
    graph.output('y', graph.input('x', 'float32', [2]), 'float32', [2]);
    await expect(run(graph, {})).rejects.toThrow(/x/);
    await expect(run(graph, { x: float32([1, 2, 3], [3]) })).rejects.toThrow(/x/);
  });

  it('agree with the same sums in this language', async () => {
    const graph = new GraphBuilder('norms');
    const x = graph.input('x', 'float64', ['n', 'd']);
    const squares = graph.node('ReduceSumSquare', [x], { axes: { ints: [1] }, keepdims: { int: 0 } });
    graph.output('norm', graph.node('Sqrt', [squares]), 'float64', ['n']);
    const session = (await openSession(graph.model()))!;
    const row = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
        const { norm } = await session.run({ x: float64(rows.flat(), [rows.length, 3]) });
        rows.forEach((entries, i) => {
          expect(Math.abs(Number(norm!.data[i]) - Math.hypot(...entries))).toBeLessThan(1e-9);
        });
      }),
      { seed: 1, numRuns: 30 },
    );
  });
});
