import { DamagedError } from '../domain/errors.js';
import { type Field, ReadMessage } from './protobuf-reader.js';
import { type StoredTensor, storedTensor } from './stored-tensor.js';

/** A node of a stored model. */
export interface StoredNode {
  readonly type: string;
  /** '' of the standard operators. */
  readonly domain: string;
  /** Names of tensors; '' for an input or output that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, ReadMessage>;
  /** Names that graphs within its attributes read, of their own or of the graph around. */
  readonly readWithin: readonly string[];
  readonly fields: readonly Field[];
}

/** A model as it is stored: its graph, to be looked at and written anew in part. */
export interface StoredModel {
  readonly fields: readonly Field[];
  readonly graph: readonly Field[];
  /** Version of the standard operators. */
  readonly opset: number;
  /** In the order of computation. */
  readonly nodes: readonly StoredNode[];
  readonly constants: ReadonlyMap<string, StoredTensor>;
  /** What is given at a run: constants, which old files list too, left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * Reads the content of an `.onnx` file.
 *
 * @throws {DamagedError} if it is none, or nodes stand before what they read
 */
export function readModel(bytes: Uint8Array): StoredModel {
  const model = ReadMessage.of(bytes);
  const content = model.run(7);
  if (content === undefined) throw new DamagedError('no ONNX model: it has no graph');
  const graph = ReadMessage.of(content);
  const standard = model
    .runs(8)
    .map(ReadMessage.of)
    .find((operators) => ['', 'ai.onnx'].includes(operators.text(1)));
  const tensors = graph.runs(5).map((each) => storedTensor(each));
  const constants = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  if (constants.size < tensors.length) throw new DamagedError('the model has two constants of one name');
  const nodes = graph.runs(1).map(storedNode);
  const inputs = namesOf(graph, 11).filter((name) => !constants.has(name));
  const known = new Set(['', ...constants.keys(), ...inputs]);
  for (const { type, inputs: read, outputs } of nodes) {
    const missing = read.find((name) => !known.has(name));
    if (missing !== undefined)
      throw new DamagedError(`node ${type} of the model reads '${missing}', which nothing before it gives`);
    for (const name of outputs) known.add(name);
  }
  const outputs = namesOf(graph, 12);
  const lost = outputs.find((name) => !known.has(name));
  if (lost !== undefined) throw new DamagedError(`nothing gives the output '${lost}' of the model`);
  return {
    fields: model.fields,
    graph: graph.fields,
    opset: standard?.integer(2) ?? 1,
    nodes,
    constants,
    inputs,
    outputs,
  };
}

function namesOf(graph: ReadMessage, field: number): string[] {
  return graph.runs(field).map((port) => ReadMessage.of(port).text(1));
}

function storedNode(bytes: Uint8Array): StoredNode {
  const message = ReadMessage.of(bytes);
  const attributes = message.runs(5).map(ReadMessage.of);
  return {
    type: message.text(4),
    domain: message.text(7),
    inputs: message.texts(1),
    outputs: message.texts(2),
    attributes: new Map(attributes.map((attribute) => [attribute.text(1), attribute])),
    readWithin: attributes.flatMap((attribute) => [...attribute.runs(6), ...attribute.runs(11)]).flatMap(namesRead),
    fields: message.fields,
  };
}

/** Names that a graph within another reads. */
function namesRead(graph: Uint8Array): string[] {
  const message = ReadMessage.of(graph);
  const nodes = message.runs(1).map(storedNode);
  return [...nodes.flatMap(({ inputs, readWithin }) => [...inputs, ...readWithin]), ...namesOf(message, 12)];
}
