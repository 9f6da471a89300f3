import { ContractError, InfeasibleError } from '../domain/errors.js';
import { isReplayed } from '../onnx/replay.js';
import type { StoredModel, StoredNode } from '../onnx/stored-model.js';

/** The last layers of a transformer, up to one of its outputs. */
export interface Tail {
  /** Tensor through which alone numbers of a molecule reach it from the layers before. */
  readonly cut: string;
  readonly output: string;
  /** Layers of attention before the output in all. */
  readonly layers: number;
  /** Nodes between cut and output, in the order of computation; what is computed from shapes alone is none of them. */
  readonly nodes: readonly StoredNode[];
  /** What they read that is no output of theirs. */
  readonly read: readonly string[];
  /** Of that, what is the same whatever the model is given: weights, in the main. */
  readonly constants: ReadonlySet<string>;
}

/** Operators whose outputs tell of shapes, and pass nothing on of the numbers that they are given. */
const ofShapes = ['Shape', 'Size'];

/**
 * Finds the last layers of a transformer by its graph: a layer has one softmax, of its attention, and between two layers there is a
 * tensor that all numbers pass.
 *
 * @param ids - input that has the tokens
 * @throws {ContractError} if the model has no such input or output
 * @throws {InfeasibleError} if it has not so many layers, no tensor to cut at, or an operator without derivative behind the cut
 */
export function findTail(model: StoredModel, { ids, output, layers }: TailChoice): Tail {
  if (!model.inputs.includes(ids))
    throw new ContractError(`the model has no input '${ids}': ${model.inputs.join(', ')}`);
  if (!model.outputs.includes(output))
    throw new ContractError(`the model has no output '${output}': ${model.outputs.join(', ')}`);
  const before = new Set(nodesBefore(model, output));
  const embedding = embeddingOf(model, ids);
  const path = nodesBehind(model.nodes, embedding).filter((node) => before.has(node));
  const attention = path.flatMap((node, at) => (node.type === 'Softmax' ? [at] : []));
  if (layers < 1 || layers > attention.length)
    throw new InfeasibleError(
      `${layers} layers cannot be learned: '${output}' has ${attention.length} layers of attention before it`,
    );
  const [first, previous] = [attention.at(-layers)!, attention.at(-layers - 1) ?? -1];
  const cut = narrows(path, embedding, output).findLast(({ at }) => at < first && at >= previous)?.name;
  if (cut === undefined)
    throw new InfeasibleError(
      `nothing can be cut before the last ${layers} layers of '${output}': no tensor is passed by all numbers`,
    );
  const nodes = nodesBehind(model.nodes, cut).filter((node) => before.has(node));
  const strange = nodes.find((node) => !isReplayed(node));
  if (strange !== undefined)
    throw new InfeasibleError(
      `'${strange.outputs[0]}' behind the cut '${cut}' is given by ${strange.domain}${strange.domain === '' ? '' : '.'}${strange.type}, which has no derivative here`,
    );
  const made = new Set(nodes.flatMap((node) => node.outputs));
  const read = [...new Set(nodes.flatMap((node) => node.inputs))].filter((name) => name !== '' && !made.has(name));
  const varying = varyingTensors(model);
  const constants = new Set(read.filter((name) => !varying.has(name)));
  return { cut, output, layers: attention.length, nodes, read, constants };
}

/** Which layers. */
export interface TailChoice {
  readonly ids: string;
  /** Output that is learned from. */
  readonly output: string;
  /** How many of the last layers before it. */
  readonly layers: number;
}

/** Nodes that a tensor is computed from. */
function nodesBefore(model: StoredModel, name: string): StoredNode[] {
  const wanted = new Set([name]);
  return model.nodes.toReversed().filter(({ inputs, outputs, readWithin }) => {
    if (!outputs.some((output) => wanted.has(output))) return false;
    for (const input of [...inputs, ...readWithin]) wanted.add(input);
    return true;
  });
}

/** Nodes to which numbers of a tensor come. */
function nodesBehind(nodes: readonly StoredNode[], name: string): StoredNode[] {
  const reached = new Set([name]);
  return nodes.filter(({ type, inputs, outputs, readWithin }) => {
    if (ofShapes.includes(type) || ![...inputs, ...readWithin].some((input) => reached.has(input))) return false;
    for (const output of outputs) reached.add(output);
    return true;
  });
}

/** What differs from run to run. */
function varyingTensors({ inputs, nodes }: StoredModel): ReadonlySet<string> {
  const varying = new Set(inputs);
  for (const node of nodes)
    if ([...node.inputs, ...node.readWithin].some((name) => varying.has(name)))
      for (const output of node.outputs) varying.add(output);
  return varying;
}

/** Where tokens become rows of numbers. */
function embeddingOf(model: StoredModel, ids: string): string {
  const fromIds = new Set(nodesBehind(model.nodes, ids).flatMap(({ outputs }) => outputs)).add(ids);
  const lookup = model.nodes.find(({ type, inputs }) => {
    const table = model.constants.get(inputs[0] ?? '');
    return type === 'Gather' && table?.shape.length === 2 && fromIds.has(inputs[1]!);
  });
  if (lookup === undefined)
    throw new InfeasibleError(`no table looks up the tokens of '${ids}': no embedding to begin from`);
  return lookup.outputs[0]!;
}

/** Tensors that every way from the start to the output passes, with the place of the node that gives them. */
function narrows(
  path: readonly StoredNode[],
  start: string,
  output: string,
): { readonly name: string; readonly at: number }[] {
  const readers = new Map<string, number>([[output, 1]]);
  for (const { inputs } of path) for (const name of inputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  const open = new Map([[start, readers.get(start) ?? 0]]);
  const found = [{ name: start, at: -1 }];
  path.forEach(({ inputs, outputs }, at) => {
    for (const name of inputs) {
      const left = (open.get(name) ?? 0) - 1;
      if (left > 0) open.set(name, left);
      else open.delete(name);
    }
    for (const name of outputs) if ((readers.get(name) ?? 0) > 0) open.set(name, readers.get(name)!);
    if (open.size === 1) found.push({ name: [...open.keys()][0]!, at });
  });
  return found;
}
