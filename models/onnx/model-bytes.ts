import { Message } from './protobuf.js';
import { type Dimension, type ElementType, elementTypes, type TensorData } from './tensor.js';

/** A setting of a node. Numbers say which type they are meant as, since `1` may be either. */
export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly ints: readonly number[] }
  | { readonly tensor: TensorData }
  | { readonly graph: Message };

/** An input or output with its element type and shape. */
export interface Port {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly Dimension[];
}

/** A node with the names of its inputs and outputs; an input left out is ''. */
export interface NodeParts {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** All that a graph is made of, nodes in the order of computation. */
export interface GraphParts {
  readonly name: string;
  readonly nodes: readonly NodeParts[];
  readonly constants: readonly { readonly name: string; readonly tensor: TensorData }[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** Version of the file format, and of the operators, that models are written in; read by all runtimes since 2022. */
const irVersion = 8;
const opset = 17;

/** Numbers of `onnx.AttributeProto.AttributeType`, and the field that holds a value of that type. */
const attributeTypes = {
  float: { type: 1, field: 2 },
  int: { type: 2, field: 3 },
  string: { type: 3, field: 4 },
  tensor: { type: 4, field: 5 },
  graph: { type: 5, field: 6 },
  ints: { type: 7, field: 8 },
} as const;

/**
 * A graph as `onnx.ModelProto`, the content of an `.onnx` file.
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, whose field numbers are written here
 */
export function modelBytes(graph: GraphParts): Uint8Array {
  const operators = new Message().string(1, '').integer(2, opset);
  return new Message()
    .integer(1, irVersion)
    .string(2, 'athanor')
    .message(7, graphMessage(graph))
    .message(8, operators)
    .finish();
}

/** A graph as `onnx.GraphProto`. */
export function graphMessage({ name, nodes, constants, inputs, outputs }: GraphParts): Message {
  const message = new Message();
  for (const node of nodes) message.message(1, nodeMessage(node));
  message.string(2, name);
  for (const constant of constants) message.message(5, tensorMessage(constant.tensor).string(8, constant.name));
  for (const port of inputs) message.message(11, portMessage(port));
  for (const port of outputs) message.message(12, portMessage(port));
  return message;
}

function nodeMessage({ type, inputs, outputs, attributes }: NodeParts): Message {
  const message = new Message();
  for (const input of inputs) message.string(1, input);
  for (const output of outputs) message.string(2, output);
  message.string(4, type);
  for (const [name, value] of Object.entries(attributes)) message.message(5, attributeMessage(name, value));
  return message;
}

function attributeMessage(name: string, value: Attribute): Message {
  const message = new Message().string(1, name);
  const write = (kind: keyof typeof attributeTypes, put: (field: number) => Message): Message =>
    put(attributeTypes[kind].field).integer(20, attributeTypes[kind].type);
  if ('int' in value) return write('int', (field) => message.integer(field, value.int));
  if ('float' in value) return write('float', (field) => message.float(field, value.float));
  if ('string' in value) return write('string', (field) => message.string(field, value.string));
  if ('ints' in value) return write('ints', (field) => message.integers(field, value.ints));
  if ('tensor' in value) return write('tensor', (field) => message.message(field, tensorMessage(value.tensor)));
  return write('graph', (field) => message.message(field, value.graph));
}

/** A tensor as `onnx.TensorProto`, without a name. ONNX wants raw numbers little-endian, which is how every machine that ONNX Runtime is made for keeps them. */
export function tensorMessage({ type, shape, data }: TensorData): Message {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return new Message().integers(1, shape).integer(2, elementTypes[type]).bytes(9, raw);
}

function portMessage({ name, type, shape }: Port): Message {
  const dimensions = new Message();
  for (const length of shape)
    dimensions.message(
      1,
      typeof length === 'number' ? new Message().integer(1, length) : new Message().string(2, length),
    );
  const tensor = new Message().integer(1, elementTypes[type]).message(2, dimensions);
  return new Message().string(1, name).message(2, new Message().message(1, tensor));
}
