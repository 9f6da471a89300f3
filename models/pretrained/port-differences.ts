import type { OnnxSession } from '../onnx/runtime.js';
import type { Manifest } from './manifest.js';
import { type ManifestPort, portsOf } from './ports.js';

/** What of a network's inputs and outputs is not as the manifest says, a line each; further outputs are no difference. */
export function portDifferences(
  { inputs, outputs }: Pick<Manifest, 'inputs' | 'outputs'>,
  session: Pick<OnnxSession, 'inputs' | 'outputs'>,
): readonly string[] {
  const told = portsOf(inputs);
  const more = session.inputs
    .filter(({ name }) => told.every((port) => port.name !== name))
    .map(({ name }) => `the network has an input '${name}' of which the manifest says nothing`);
  return [
    ...more,
    ...told.flatMap((port) => differences('input', port, session.inputs)),
    ...portsOf(outputs).flatMap((port) => differences('output', port, session.outputs)),
  ];
}

function differences(what: string, told: ManifestPort, ports: OnnxSession['inputs']): string[] {
  const port = ports.find(({ name }) => name === told.name);
  if (port === undefined) return [`the network has no ${what} '${told.name}'`];
  const shape = (sizes: readonly (number | string)[]) => `[${sizes.join(', ')}]`;
  const isOther =
    port.type !== told.type ||
    // A file may say nothing of a shape.
    (port.shape.length > 0 && port.shape.length !== told.shape.length) ||
    port.shape.some((size, axis) => {
      return typeof size === 'number' && size > 0 && size !== told.shape[axis];
    });
  if (!isOther) return [];
  return [
    `${what} '${told.name}' of the network is ${port.type} ${shape(port.shape)}, where the manifest says ${told.type} ${shape(told.shape)}`,
  ];
}
