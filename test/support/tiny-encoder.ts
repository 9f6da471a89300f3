import { sha256Of } from '../../models/domain/sha256.js';
import { GraphBuilder } from '../../models/onnx/graph-builder.js';
import { elementTypes, float32, int64 } from '../../models/onnx/tensor.js';
import type { ModelBundle } from '../../models/pretrained/bundle.js';
import { parseManifest } from '../../models/pretrained/read-manifest.js';
import { Generator } from '../../models/random/generator.js';

/** Width of its outputs. */
export const tinyWidth = 6;
/** Its vocabulary. */
export const tinyVocabulary = ['[PAD]', '[CLS]', '[SEP]', '[UNK]', 'C', 'c', 'N', 'O', '(', ')', '=', '1'];
/** Its token pattern. */
export const tinyPattern = 'Br?|Cl?|N|O|c|\\(|\\)|=|[0-9]';

/** Makes the network other than it should be. */
export interface TinyOptions {
  readonly seed?: number;
  /** Outputs are not finite where the text has this token. */
  readonly nanAt?: number;
  /** Sizes in place of free ones. */
  readonly batch?: number;
  readonly tokens?: number;
  /** Name of the input of token numbers. */
  readonly ids?: string;
}

/**
 * A network of tokens with random weights from a seed: two layers of which the second sees the mean of the first over the text.
 * Outputs `last_hidden_state` [batch, tokens, 6] and its masked means `pool0`, `pool1`.
 */
export function tinyNetwork({
  seed = 1,
  nanAt,
  batch,
  tokens,
  ids: idsName = 'input_ids',
}: TinyOptions = {}): Uint8Array {
  const random = new Generator(seed, 'tiny encoder');
  const numbers = (count: number) => Float32Array.from({ length: count }, () => random.normal());
  const graph = new GraphBuilder('tiny');
  const shape = [batch ?? 'batch', tokens ?? 'tokens'];
  const ids = graph.input(idsName, 'int64', shape);
  const mask = graph.input('attention_mask', 'int64', shape);
  const table = numbers(tinyVocabulary.length * tinyWidth);
  if (nanAt !== undefined) table.fill(Number.NaN, nanAt * tinyWidth, (nanAt + 1) * tinyWidth);
  const weights = () => graph.constant(float32(numbers(tinyWidth * tinyWidth), [tinyWidth, tinyWidth]));
  const given = graph.node('Gather', [graph.constant(float32(table, [tinyVocabulary.length, tinyWidth])), ids]);
  const real = graph.node('Cast', [mask], { to: { int: elementTypes.float32 } });
  const wide = graph.node('Unsqueeze', [real, graph.constant(int64([2]))]);
  const counts = graph.node('ReduceSum', [wide, graph.constant(int64([1]))], { keepdims: { int: 1 } });
  const meanOf = (hidden: typeof given) => {
    const sums = graph.node('ReduceSum', [graph.node('Mul', [hidden, wide]), graph.constant(int64([1]))], {
      keepdims: { int: 1 },
    });
    return graph.node('Div', [sums, counts]);
  };
  const first = graph.node('Tanh', [graph.node('MatMul', [given, weights()])]);
  const context = graph.node('MatMul', [meanOf(first), weights()]);
  const second = graph.node('Tanh', [graph.node('Add', [graph.node('MatMul', [first, weights()]), context])]);
  const flat = (hidden: typeof given) => graph.node('Squeeze', [meanOf(hidden), graph.constant(int64([1]))]);
  graph.output('last_hidden_state', second, 'float32', [...shape, tinyWidth]);
  graph.output('pool0', flat(first), 'float32', [shape[0]!, tinyWidth]);
  graph.output('pool1', flat(second), 'float32', [shape[0]!, tinyWidth]);
  return graph.model();
}

/** A manifest of the tiny network, as a person would write it. */
export function tinyManifest(network: Uint8Array, vocabulary: Uint8Array, more: Record<string, unknown> = {}) {
  return {
    id: 'tiny',
    version: '1',
    licence: 'none needed',
    modality: 'smiles',
    tokenizer: {
      kind: 'smiles-regex+vocab',
      vocab: 'vocab.txt',
      pattern: tinyPattern,
      cls: '[CLS]',
      sep: '[SEP]',
      pad: '[PAD]',
      unknown: '[UNK]',
      maxLength: 16,
    },
    inputs: { input_ids: 'int64 [batch, tokens]', attention_mask: 'int64 [batch, tokens]' },
    outputs: {
      last_hidden_state: `float32 [batch, tokens, ${tinyWidth}]`,
      'pool0..pool1': `float32 [batch, ${tinyWidth}], masked mean after layer 0 and 1`,
    },
    recommendedOutput: 'pool1',
    sha256: { 'model.onnx': sha256Of(network), 'vocab.txt': sha256Of(vocabulary) },
    ...more,
  };
}

/** The tiny network as a stored model. @param more - entries of the manifest in place of its own */
export function tinyBundle(options: TinyOptions = {}, more: Record<string, unknown> = {}): ModelBundle {
  const network = tinyNetwork(options);
  const vocabulary = new TextEncoder().encode(`${tinyVocabulary.join('\n')}\n`);
  return {
    manifest: parseManifest(tinyManifest(network, vocabulary, more), 'manifest.json'),
    files: new Map([
      ['model.onnx', network],
      ['vocab.txt', vocabulary],
    ]),
  };
}
