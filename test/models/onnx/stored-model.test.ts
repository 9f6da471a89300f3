import { describe, expect, it } from 'vitest';
import { DamagedError } from '../../../models/domain/errors.js';
import { GraphBuilder } from '../../../models/onnx/graph-builder.js';
import { Message } from '../../../models/onnx/protobuf.js';
import { rewriteModel } from '../../../models/onnx/rewrite-model.js';
import { openSession } from '../../../models/onnx/runtime.js';
import { readModel } from '../../../models/onnx/stored-model.js';
import { storedTensor } from '../../../models/onnx/stored-tensor.js';
import { bool, float32, int64 } from '../../../models/onnx/tensor.js';
import { hasOnnxRuntime } from '../../support/screen-models.js';
import { tinyFeeds, tinyTransformer } from '../../support/tiny-transformer.js';

const present = await hasOnnxRuntime();
const tiny = tinyTransformer({ layers: 2, width: 4, heads: 2, vocabulary: 6 }, 3);

describe('a stored model', () => {
  it('is what was written, and copied byte by byte where nothing is changed', () => {
    const stored = readModel(tiny);
    expect(stored).toMatchObject({ opset: 17, inputs: ['input_ids', 'attention_mask'] });
    expect(stored.outputs).toEqual(['pool0', 'pool1', 'pool2', 'last_hidden_state']);
    expect(stored.nodes[0]).toMatchObject({ type: 'Cast', domain: '', inputs: ['attention_mask'] });
    expect(stored.nodes[0]!.attributes.get('to')!.integer(3)).toBe(1);
    expect(rewriteModel(stored, {})).toEqual(tiny);
  });

  it('that ends early, anywhere, or is changed in a byte is refused or read, and never ends otherwise', () => {
    for (let length = 0; length < tiny.length; length += length < 300 ? 1 : 97)
      expect(() => readModel(tiny.subarray(0, length)), `${length}`).toThrow(DamagedError);
    for (let at = 0; at < tiny.length; at += at < 300 ? 1 : 53) {
      const other = tiny.slice();
      other[at] = other[at]! ^ 0x55;
      try {
        for (const tensor of readModel(other).constants.values()) tensor.read();
      } catch (error) {
        expect(error, `${at}`).toBeInstanceOf(DamagedError);
      }
    }
  });

  it('whose names do not fit together is refused', () => {
    const model = (graph: Message) => readModel(new Message().message(7, graph).finish());
    const port = (name: string) => new Message().string(1, name);
    const node = new Message().string(1, 'a').string(2, 'b').string(4, 'Neg');
    expect(() => model(new Message().message(1, node))).toThrow(/Neg of the model reads 'a'/);
    expect(() => model(new Message().message(12, port('c')))).toThrow(/nothing gives the output 'c'/);
    const tensor = new Message().string(8, 't');
    expect(() => model(new Message().message(5, tensor).message(5, tensor))).toThrow(/two constants of one name/);
    // An input that is a constant too is none that is given.
    expect(model(new Message().message(5, tensor).message(11, port('t')).message(11, port('x'))).inputs).toEqual(['x']);
  });
});

describe('a stored tensor', () => {
  const tensor = (type: number, shape: readonly number[]) => new Message().integers(1, shape).integer(2, type);
  const read = (message: Message) => storedTensor(message.finish()).read();

  it('may have its numbers raw or in a field of their type', () => {
    const floats = Float32Array.of(0.5, -2);
    const bytes = new Uint8Array(floats.buffer);
    expect(read(tensor(1, [2]).bytes(9, bytes))).toEqual(float32(floats, [2]));
    expect(read(tensor(1, [2]).bytes(4, bytes))).toEqual(float32(floats, [2]));
    expect(read(tensor(1, [2]).float(4, 0.5).float(4, -2))).toEqual(float32(floats, [2]));
    // As files are read: a view of a larger buffer.
    const file = Buffer.concat([Buffer.alloc(1), tensor(1, [2]).bytes(9, bytes).finish()]).subarray(1);
    expect(storedTensor(file).read()).toEqual(float32(floats, [2]));
    expect(read(tensor(7, [2]).integers(7, [3, -4]))).toEqual(int64([3, -4]));
    expect(read(tensor(7, [2]).integer(7, 3).integer(7, -4))).toEqual(int64([3, -4]));
    expect(read(tensor(6, [1]).integers(5, [-9]))).toEqual(int64([-9]));
    expect(read(tensor(9, []).integers(5, [1]))).toEqual(bool(true));
    expect(read(tensor(11, [1]).bytes(10, new Uint8Array(Float64Array.of(7).buffer))).data).toEqual(Float64Array.of(7));
  });

  it('is refused where it cannot be read', () => {
    expect(() => read(tensor(10, [1]).string(8, 'half'))).toThrow(/'half' is of type 10/);
    expect(() => read(tensor(1, [1]).integer(14, 1))).toThrow(/another file/);
    expect(() => read(tensor(1, [3]).bytes(9, new Uint8Array(8)))).toThrow(/\[3\] has 2 entries/);
  });
});

describe.runIf(present)('a model that is written anew', () => {
  it('gives the tensors that are asked for, without what they do not need', async () => {
    const stored = readModel(tiny);
    const inner = stored.nodes.find(({ type }) => type === 'Softmax')!.outputs[0]!;
    const cut = rewriteModel(stored, { outputs: [inner] });
    expect(cut.length).toBeLessThan(0.7 * tiny.length);
    const session = (await openSession(cut))!;
    const found = await session.run(tinyFeeds([[1, 2, 3]], 4));
    expect(Object.keys(found)).toEqual([inner]);
    expect(found[inner]!.shape).toEqual([1, 2, 4, 4]);
    await session.release();
  });

  it('has new constants where they are read, and keeps what graphs within nodes read', async () => {
    const graph = new GraphBuilder('outer');
    const [x, two] = [graph.input('x', 'float32', []), graph.constant(float32([2], []))];
    const body = graph.inner('then');
    body.output('inside', body.node('Mul', [x, two]), 'float32', []);
    const yes = graph.constant(bool(true));
    const chosen = graph.node('If', [yes], { then_branch: body.attribute(), else_branch: body.attribute() });
    graph.output('y', graph.node('Add', [chosen, two]), 'float32', []);
    const stored = readModel(graph.model());
    const sum = stored.nodes.find(({ type }) => type === 'Add')!;
    const changed = rewriteModel(stored, {
      inputs: new Map([[sum, [sum.inputs[0]!, 'three']]]),
      constants: new Map([['three', float32([3], [])]]),
    });
    const session = (await openSession(changed))!;
    expect((await session.run({ x: float32([5], []) })).y!.data[0]).toBe(13);
    await session.release();
    expect(() => rewriteModel(stored, { constants: new Map([['x', float32([3], [])]]) })).toThrow(/'x' already/);
  });
});
