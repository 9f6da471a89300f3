import { AthanorError } from '../../../models/domain/errors.js';
import type { OnnxSession, SessionPort } from '../../../models/onnx/runtime.js';
import { int64, type TensorData } from '../../../models/onnx/tensor.js';
import { readPort, roleOf } from '../../../models/pretrained/ports.js';

/** Inputs and outputs of a network as manifests have them. */
export interface NetworkPorts {
  readonly inputs: Record<string, string>;
  readonly outputs: Record<string, string>;
}

/**
 * Inputs and outputs as the file has them. Where it says nothing of the width of an output, a network of tokens is run once to see.
 *
 * @throws {AthanorError} INVALID_INPUT if an input or output is nothing that a manifest can have
 */
export async function networkPorts(session: OnnxSession, takesTokens: boolean): Promise<NetworkPorts> {
  const seen =
    takesTokens && session.outputs.some(({ shape }) => typeof shape.at(-1) !== 'number') ? await run(session) : {};
  return {
    inputs: texts(session.inputs, (port) => port.shape),
    outputs: texts(session.outputs, ({ name, shape }) => {
      const real = seen[name]?.shape ?? [];
      const told = shape.length > 0 ? shape : real;
      return told.map((size, axis) =>
        axis > 0 && axis === told.length - 1 && real[axis] !== undefined ? real[axis] : size,
      );
    }),
  };
}

function texts(
  ports: readonly SessionPort[],
  shapeOf: (port: SessionPort) => readonly (number | string)[],
): Record<string, string> {
  return Object.fromEntries(
    ports.map((port) => {
      const { name, type } = port;
      const shape = shapeOf(port);
      const text = `${type} [${shape.map((size, axis) => sizeText(size, axis, shape.length)).join(', ')}]`;
      if (readPort(name, text) !== null) return [name, text];
      throw new AthanorError(
        'INVALID_INPUT',
        `'${name}' of the network is ${type ?? 'no tensor'}; manifests know float32, float64, float16, int64, int32 and bool`,
      );
    }),
  );
}

function sizeText(size: number | string, axis: number, rank: number): string {
  if (typeof size === 'number' && size > 0) return String(size);
  if (axis === 0) return 'batch';
  return axis === 1 && rank <= 3 ? 'tokens' : `size${axis}`;
}

/** Two texts of three tokens that every vocabulary has. */
async function run(session: OnnxSession): Promise<Readonly<Record<string, TensorData>>> {
  const shapeOf = (port: SessionPort) =>
    [2, 3].map((size, axis) =>
      typeof port.shape[axis] === 'number' && port.shape[axis] > 0 ? port.shape[axis] : size,
    );
  const feeds = session.inputs.map((port): [string, TensorData] => {
    const shape = shapeOf(port);
    const count = shape[0]! * shape[1]!;
    const one = roleOf(port.name) === 'types' ? 0 : 1;
    if (port.type === 'float32')
      return [port.name, { type: 'float32', shape, data: new Float32Array(count).fill(one) }];
    return [port.name, int64(new Array<number>(count).fill(one), shape)];
  });
  return session.run(Object.fromEntries(feeds)).catch(() => ({}));
}
