import { describe, expect, it } from 'vitest';
import { Tape } from '../../../models/onnx/expression.js';
import { GraphBuilder, type Value } from '../../../models/onnx/graph-builder.js';
import type { Attribute } from '../../../models/onnx/model-bytes.js';
import { replay } from '../../../models/onnx/replay.js';
import { openSession } from '../../../models/onnx/runtime.js';
import { readModel, type StoredModel } from '../../../models/onnx/stored-model.js';
import { float32, int64, type TensorData } from '../../../models/onnx/tensor.js';
import { Generator } from '../../../models/random/generator.js';
import { hasOnnxRuntime } from '../../support/screen-models.js';

const present = await hasOnnxRuntime();
const random = new Generator(8);
const numbers = (...shape: number[]) =>
  float32(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 0.5 + random.uniform()),
    shape,
  );
const ints = (...values: number[]) => int64(values);
const one = (value: number) => int64([value], []);

type Attributes = Readonly<Record<string, Attribute>>;
/** An operator of x [2, 3, 4] and of constants. */
const cases: readonly (readonly [string, readonly (TensorData | null)[], Attributes?, number?])[] = [
  ['Add', [numbers(4)]],
  ['Sub', [numbers(3, 1)]],
  ['Mul', [numbers()]],
  ['Div', [numbers(2, 1, 4)]],
  ['Neg', []],
  ['Exp', []],
  ['Sqrt', []],
  ['Tanh', []],
  ['Sigmoid', []],
  ['Relu', []],
  ['Erf', []],
  ['Identity', []],
  ['Dropout', []],
  ['Pow', [float32([3], [])]],
  ['MatMul', [numbers(4, 5)]],
  ['Softmax', [], { axis: { int: 2 } }],
  ['Softmax', []],
  ['LayerNormalization', [numbers(4), numbers(4)], { epsilon: { float: 0.01 } }],
  ['LayerNormalization', [numbers(4)]],
  ['ReduceMean', [], { axes: { ints: [-1, 0] }, keepdims: { int: 0 } }],
  ['ReduceMean', []],
  ['ReduceSum', [ints(1)]],
  ['ReduceSum', [ints()], { noop_with_empty_axes: { int: 1 } }],
  ['Reshape', [ints(0, -1, 2)]],
  ['Flatten', [], { axis: { int: 2 } }],
  ['Transpose', [], { perm: { ints: [1, 2, 0] } }],
  ['Transpose', []],
  ['Unsqueeze', [ints(0, -1)]],
  ['Expand', [ints(5, 1, 3, 1)]],
  ['Concat', [numbers(2, 1, 4)], { axis: { int: 1 } }],
  ['Split', [], { axis: { int: 1 } }, 3],
  ['Split', [ints(1, 3)], { axis: { int: -1 } }, 2],
  ['Slice', [ints(1, -3), ints(100, -1), ints(1, 2)]],
  ['Slice', [ints(0), ints(1)]],
  ['Gather', [one(-2)], { axis: { int: 2 } }],
  ['Cast', [], { to: { int: 1 } }],
];

/** A model of one node, without the `Identity` that names its output. */
function modelOf(type: string, constants: readonly (TensorData | null)[], attributes: Attributes = {}, outputs = 1) {
  const graph = new GraphBuilder('one');
  const x = graph.input('x', 'float32', [2, 3, 4]);
  const read = constants.map((tensor) => (tensor === null ? null : graph.constant(tensor)));
  const made = graph.nodes(type, [x, ...read], outputs, attributes);
  made.forEach((value: Value, i) => {
    graph.output(`y${i}`, value, 'float32', ['?']);
  });
  return graph.model();
}

function replayed(stored: StoredModel, tape: Tape) {
  const x = tape.input('x', [2, 3, 4]);
  const constant = (name: string) => stored.constants.get(name)!.read();
  return replay(stored.nodes[0]!, {
    opset: stored.opset,
    expression: (name) => (name === 'x' ? x : tape.constant(constant(name).data as Float32Array, constant(name).shape)),
    known: (name) => ({ shape: constant(name).shape, values: Array.from(constant(name).data, Number) }),
  });
}

describe.runIf(present)('replay', () => {
  for (const [type, constants, attributes, outputs] of cases)
    it(`gives what ${type} of ${constants.length} constants gives, with its shape`, async () => {
      const bytes = modelOf(type, constants, attributes, outputs);
      const graph = new GraphBuilder('replayed');
      const made = replayed(readModel(bytes), new Tape(graph, 'float32'));
      made.forEach(({ value, shape }, i) => {
        graph.output(`y${i}`, value, 'float32', shape);
      });
      const x = numbers(2, 3, 4);
      const [stored, again] = await Promise.all(
        [bytes, graph.model()].map(async (model) => {
          const session = (await openSession(model))!;
          const found = await session.run({ x });
          await session.release();
          return found;
        }),
      );
      expect(made).toHaveLength(outputs ?? 1);
      made.forEach((_, i) => {
        expect(again![`y${i}`]!.shape).toEqual(stored![`y${i}`]!.shape);
        const far = [...(again![`y${i}`]!.data as Float32Array)].map(
          (value, at) => value - Number(stored![`y${i}`]!.data[at]),
        );
        expect(Math.max(...far.map(Math.abs))).toBeLessThan(1e-5);
      });
    });

  it.each([
    ['ArgMax', [], {}, /operator ArgMax.*has no derivative here; those that have: Add, /],
    ['Softmax', [], { axis: { int: 1 } }, /Softmax '_\d+' is not along the last axis/],
    ['LayerNormalization', [numbers(3, 4)], { axis: { int: 1 } }, /not along the last axis alone/],
    ['Pow', [numbers(4)], {}, /takes \[4\] entries/],
    ['Gather', [ints(0, 1)], {}, /takes \[2\] entries/],
    ['Slice', [ints(0), ints(3), ints(0), ints(2)], {}, /other steps than 1/],
    ['Cast', [], { to: { int: 11 } }, /other numbers than 32-bit/],
    ['Softmax', [], { axis: { int: 3 } }, /no axis 3/],
    ['Add', [], {}, /lacks its input 1/],
  ] as const)('refuses what has no derivative: %s', (type, constants, attributes, words) => {
    const stored = readModel(modelOf(type, constants, attributes));
    expect(() => replayed(stored, new Tape(new GraphBuilder('refused'), 'float32'))).toThrow(words);
  });
});
