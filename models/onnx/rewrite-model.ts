import { ContractError } from '../domain/errors.js';
import { tensorMessage } from './model-bytes.js';
import { Message } from './protobuf.js';
import type { StoredModel, StoredNode } from './stored-model.js';
import type { TensorData } from './tensor.js';

/** What becomes another in a stored model. */
export interface Rewriting {
  /** New names of what nodes read, by node. */
  readonly inputs?: ReadonlyMap<StoredNode, readonly string[]>;
  /** Further constants, by name. */
  readonly constants?: ReadonlyMap<string, TensorData>;
  /** Tensors that are given out instead of the outputs that it has. */
  readonly outputs?: readonly string[];
}

/**
 * A stored model with changes; what is not changed is copied byte by byte. Nodes and constants that nothing is computed from are
 * left out; its inputs stay.
 *
 * @throws {ContractError} if a new constant has a name that is taken
 */
export function rewriteModel(model: StoredModel, { inputs, constants, outputs }: Rewriting): Uint8Array {
  const given = new Set([...model.constants.keys(), ...model.inputs, ...model.nodes.flatMap((node) => node.outputs)]);
  for (const name of constants?.keys() ?? [])
    if (given.has(name)) throw new ContractError(`the model has a tensor '${name}' already`);
  const readBy = (node: StoredNode) => inputs?.get(node) ?? node.inputs;
  const read = new Set(outputs ?? model.outputs);
  const living = new Set<StoredNode>();
  for (const node of model.nodes.toReversed()) {
    if (!node.outputs.some((name) => read.has(name))) continue;
    living.add(node);
    for (const name of [...readBy(node), ...node.readWithin]) read.add(name);
  }
  const graph = new Message();
  const [nodes, tensors] = [model.nodes[Symbol.iterator](), model.constants.values()];
  for (const { number, raw } of model.graph) {
    if (number === 1) {
      const node = nodes.next().value!;
      if (living.has(node)) graph.message(1, nodeMessage(node, readBy(node)));
    } else if (number === 5) {
      if (read.has(tensors.next().value!.name)) graph.raw(raw);
    } else if (number !== 12 || outputs === undefined) graph.raw(raw);
  }
  for (const [name, tensor] of constants ?? []) graph.message(5, tensorMessage(tensor).string(8, name));
  for (const name of outputs ?? []) graph.message(12, new Message().string(1, name));
  const result = new Message();
  for (const { number, raw } of model.fields)
    if (number === 7) result.message(7, graph);
    else result.raw(raw);
  return result.finish();
}

function nodeMessage({ inputs, fields }: StoredNode, readNow: readonly string[]): Message {
  const message = new Message();
  if (readNow !== inputs) for (const name of readNow) message.string(1, name);
  for (const { number, raw } of fields) if (number !== 1 || readNow === inputs) message.raw(raw);
  return message;
}
