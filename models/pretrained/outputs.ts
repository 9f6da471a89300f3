import { InvalidInputError } from '../domain/errors.js';
import { among } from '../domain/nearest.js';
import type { Manifest, Pooling } from './manifest.js';
import { type ManifestPort, portsOf } from './ports.js';

/** An output of a model as rows, one for each text. */
export interface RowOutput {
  /** As it was asked for: `pool4`, or `last_hidden_state:mean` with how its tokens are pooled. */
  readonly asked: string;
  readonly port: ManifestPort;
  /** Null where the network gives one row for each text itself. */
  readonly pooling: Pooling | null;
  readonly width: number;
}

type Told = Pick<Manifest, 'outputs' | 'pooling'>;

/** The output that is asked for. @throws {InvalidInputError} if the model has none such, or it gives no rows */
export function outputOf(manifest: Told & Pick<Manifest, 'id'>, asked: string): RowOutput {
  const found = findOutput(manifest, asked);
  if (typeof found !== 'string') return found;
  const names = portsOf(manifest.outputs).map(({ name }) => name);
  throw new InvalidInputError(`model ${manifest.id}`, [
    { path: 'output', message: found, remedy: among(asked.split(':')[0], names) },
  ]);
}

/** The same, or why there is none. */
export function findOutput({ outputs, pooling: usual }: Told, asked: string): RowOutput | string {
  const ports = portsOf(outputs);
  const [, head = asked, suffix] = /^(.*):(mean|cls)$/s.exec(asked) ?? [];
  const whole = ports.find(({ name }) => name === asked);
  const port = whole ?? ports.find(({ name }) => name === head);
  if (port === undefined) return `no output '${asked}'`;
  const { shape, type } = port;
  const width = shape.at(-1);
  const told = `'${port.name}' is ${type} [${shape.join(', ')}]`;
  if (type !== 'float32' && type !== 'float64') return `${told}, no float32 or float64`;
  if (typeof width !== 'number' || (shape.length !== 2 && shape.length !== 3))
    return `${told}, neither [batch, WIDTH] nor [batch, tokens, WIDTH]`;
  const wanted = whole === undefined ? (suffix as Pooling) : undefined;
  if (shape.length === 2)
    return wanted === undefined ? { asked, port, pooling: null, width } : `${told}: there are no tokens to be pooled`;
  const pooling = wanted ?? usual;
  if (pooling === undefined) return `${told}: say how its tokens are pooled, as ${port.name}:mean or ${port.name}:cls`;
  return { asked, port, pooling, width };
}
