import { describe, expect, it } from 'vitest';
import { findTail } from '../../../models/finetune/tail.js';
import { GraphBuilder } from '../../../models/onnx/graph-builder.js';
import { readModel } from '../../../models/onnx/stored-model.js';
import { float32 } from '../../../models/onnx/tensor.js';
import { realModel } from '../../support/models-folder.js';
import { type TinyTransformer, tinyTransformer } from '../../support/tiny-transformer.js';

const albert = realModel('rxnmapper-albert');
const shape: TinyTransformer = { layers: 3, width: 4, heads: 2, vocabulary: 6 };
const ids = 'input_ids';
const model = readModel(tinyTransformer(shape, 1));

describe('findTail', () => {
  it('cuts where all numbers pass, whatever the layers look like', () => {
    for (const other of [
      {},
      { shared: true },
      { normalFirst: true },
      { exported: true },
      { exported: true, normalFirst: true },
    ]) {
      const stored = readModel(tinyTransformer({ ...shape, ...other }, 1));
      const giver = (name: string) => stored.nodes.find(({ outputs }) => outputs.includes(name))!.type;
      const tails = [1, 2, 3].map((layers) => findTail(stored, { ids, output: 'pool3', layers }));
      for (const tail of tails) {
        expect(tail.layers).toBe(3);
        const softmaxes = tail.nodes.filter(({ type }) => type === 'Softmax');
        expect(softmaxes).toHaveLength(tails.indexOf(tail) + 1);
        expect(tail.nodes.some(({ type }) => type === 'Shape')).toBe(false);
        expect(tail.read).toContain(tail.cut);
        expect(tail.constants.has(tail.cut)).toBe(false);
      }
      expect(giver(tails[0]!.cut)).toBe('normalFirst' in other ? 'Add' : 'LayerNormalization');
      expect(giver(tails[2]!.cut)).toBe('LayerNormalization');
      expect(new Set(tails.map(({ cut }) => cut)).size).toBe(3);
    }
  });

  it('counts the layers before the output alone', () => {
    expect(findTail(model, { ids, output: 'pool2', layers: 1 }).layers).toBe(2);
    expect(findTail(model, { ids, output: 'last_hidden_state', layers: 1 }).layers).toBe(3);
  });

  it('says what cannot be cut', () => {
    expect(() => findTail(model, { ids: 'x', output: 'pool2', layers: 1 })).toThrow(
      /no input 'x': input_ids, attention_mask/,
    );
    expect(() => findTail(model, { ids, output: 'y', layers: 1 })).toThrow(/no output 'y': pool0, pool1/);
    expect(() => findTail(model, { ids, output: 'pool2', layers: 3 })).toThrow(/'pool2' has 2 layers of attention/);
    expect(() => findTail(model, { ids, output: 'pool0', layers: 1 })).toThrow(/'pool0' has 0 layers/);
    expect(() => findTail(model, { ids: 'attention_mask', output: 'pool2', layers: 1 })).toThrow(
      /no table looks up the tokens/,
    );
    const graph = new GraphBuilder('strange');
    const rows = graph.node('Gather', [
      graph.constant(float32([1, 2, 3, 4], [2, 2])),
      graph.input(ids, 'int64', ['b', 't']),
    ]);
    const shares = graph.node('Softmax', [rows]);
    graph.output('y', graph.node('Selu', [shares]), 'float32', ['b', 't', 2]);
    expect(() => findTail(readModel(graph.model()), { ids, output: 'y', layers: 1 })).toThrow(
      /behind the cut '_\d' is given by Selu/,
    );
  });

  it.runIf(albert !== null)('finds the layers of ALBERT', () => {
    const stored = readModel(albert!.files.get('model.onnx')!);
    const cut = (output: string, layers: number) => findTail(stored, { ids, output, layers });
    expect(cut('pool12', 2)).toMatchObject({ cut: 'L10h', layers: 12 });
    expect(cut('pool4', 4)).toMatchObject({ cut: 'h0', layers: 4 });
    expect(cut('last_hidden_state', 1).read).toEqual(expect.arrayContaining(['L11h', 'mask4']));
  });
});
