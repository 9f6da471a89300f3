import { sha256Of } from '../../models/domain/sha256.js';
import { modelBytes, type NodeParts } from '../../models/onnx/model-bytes.js';
import { float32, int64 } from '../../models/onnx/tensor.js';
import type { ModelBundle } from '../../models/pretrained/bundle.js';
import { parseManifest } from '../../models/pretrained/read-manifest.js';
import { Generator } from '../../models/random/generator.js';

/** A network of the inputs and outputs of MiniMol, with weights from a seed: sums over atoms, and over the bonds at each. */
export function tinyMinimol(seed: number, width = 512, scale = 1): Uint8Array {
  const random = new Generator(seed, 'tiny minimol');
  const weights = (name: string, rows: number) => ({
    name,
    tensor: float32(
      Array.from({ length: rows * width }, () => (scale * random.normal()) / Math.sqrt(rows)),
      [rows, width],
    ),
  });
  const node = (type: string, inputs: string[], output: string, attributes: NodeParts['attributes'] = {}) => ({
    type,
    inputs,
    outputs: [output],
    attributes,
  });
  const add = { reduction: { string: 'add' } };
  return modelBytes({
    name: 'tiny minimol',
    nodes: [
      node('MatMul', ['feat', 'wNode'], 'a'),
      node('MatMul', ['rw_return_probs', 'wWalk'], 'b'),
      node('MatMul', ['laplacian_eigval', 'wValue'], 'c'),
      node('Abs', ['laplacian_eigvec'], 'sizes'),
      node('MatMul', ['sizes', 'wVector'], 'd'),
      node('Sum', ['a', 'b', 'c', 'd'], 'atoms'),
      node('Gather', ['edge_index', 'zero'], 'begins', { axis: { int: 0 } }),
      node('Gather', ['edge_index', 'one'], 'ends', { axis: { int: 0 } }),
      node('MatMul', ['edge_feat', 'wEdge'], 'edges'),
      node('Gather', ['atoms', 'begins'], 'sent', { axis: { int: 0 } }),
      node('Mul', ['edges', 'sent'], 'messages'),
      node('Unsqueeze', ['ends', 'last'], 'receivers'),
      node('ScatterND', ['atoms', 'receivers', 'messages'], 'met', add),
      node('Tanh', ['met'], 'told'),
      node('Shape', ['graph_slots'], 'graphs'),
      node('Concat', ['graphs', 'width'], 'shape', { axis: { int: 0 } }),
      node('ConstantOfShape', ['shape'], 'none'),
      node('Unsqueeze', ['batch', 'last'], 'graphOf'),
      node('ScatterND', ['none', 'graphOf', 'told'], 'fingerprint', add),
    ],
    constants: [
      weights('wNode', 85),
      weights('wWalk', 16),
      weights('wValue', 8),
      weights('wVector', 8),
      weights('wEdge', 13),
      { name: 'zero', tensor: int64([0], []) },
      { name: 'one', tensor: int64([1], []) },
      { name: 'last', tensor: int64([-1]) },
      { name: 'width', tensor: int64([width]) },
    ],
    inputs: [
      { name: 'feat', type: 'float32', shape: ['atoms', 85] },
      { name: 'edge_feat', type: 'float32', shape: ['edges', 13] },
      { name: 'edge_index', type: 'int64', shape: [2, 'edges'] },
      { name: 'laplacian_eigvec', type: 'float32', shape: ['atoms', 8] },
      { name: 'laplacian_eigval', type: 'float32', shape: ['atoms', 8] },
      { name: 'rw_return_probs', type: 'float32', shape: ['atoms', 16] },
      { name: 'batch', type: 'int64', shape: ['atoms'] },
      { name: 'graph_slots', type: 'float32', shape: ['graphs'] },
    ],
    outputs: [{ name: 'fingerprint', type: 'float32', shape: ['graphs', width] }],
  });
}

/** The same as a stored model. */
export function tinyGraphBundle(seed: number): ModelBundle {
  const network = tinyMinimol(seed);
  const manifest = {
    id: 'minimol',
    version: 'tiny',
    licence: 'none needed',
    modality: 'structure-graph',
    encoder: 'minimol',
    tokenizer: { kind: 'none' },
    inputs: { feat: 'float32 [atoms, 85]' },
    outputs: { fingerprint: 'float32 [graphs, 512]' },
    recommendedOutput: 'fingerprint',
    sha256: { 'model.onnx': sha256Of(network) },
  };
  return { manifest: parseManifest(manifest, 'manifest.json'), files: new Map([['model.onnx', network]]) };
}
