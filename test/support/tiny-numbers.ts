import { sha256Of } from '../../models/domain/sha256.js';
import { GraphBuilder } from '../../models/onnx/graph-builder.js';
import { float32 } from '../../models/onnx/tensor.js';
import type { ModelBundle } from '../../models/pretrained/bundle.js';
import { parseManifest } from '../../models/pretrained/read-manifest.js';
import { Generator } from '../../models/random/generator.js';

/** A stored network of rows of numbers with random weights from a seed: tanh(x·W), of 5 numbers. @param width - of its input */
export function tinyNumbersBundle(
  width: number,
  encoder: 'element-fractions' | 'curve',
  more: Record<string, unknown> = {},
): ModelBundle {
  const random = new Generator(1, 'tiny numbers');
  const graph = new GraphBuilder('tiny-numbers');
  const x = graph.input('x', 'float32', ['batch', width]);
  const weights = float32(
    Float32Array.from({ length: width * 5 }, () => random.normal()),
    [width, 5],
  );
  graph.output('codes', graph.node('Tanh', [graph.node('MatMul', [x, graph.constant(weights)])]), 'float32', [
    'batch',
    5,
  ]);
  const network = graph.model();
  const manifest = {
    ...{ id: `tiny-${encoder}`, version: '1', licence: 'none needed', encoder },
    modality: encoder === 'curve' ? 'vector' : 'composition',
    tokenizer: { kind: 'none' },
    inputs: { x: `float32 [batch, ${width}]` },
    outputs: { codes: 'float32 [batch, 5]' },
    recommendedOutput: 'codes',
    sha256: { 'model.onnx': sha256Of(network) },
    ...more,
  };
  return { manifest: parseManifest(manifest, 'manifest.json'), files: new Map([['model.onnx', network]]) };
}
