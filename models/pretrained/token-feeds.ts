import { float32, type TensorData } from '../onnx/tensor.js';
import type { Manifest } from './manifest.js';
import { type InputRole, portsOf, roleOf } from './ports.js';

/** Sizes that a network takes; null where any will do. */
export interface FixedSizes {
  readonly batch: number | null;
  readonly tokens: number | null;
}

/** The sizes that the manifest's inputs fix. */
export function fixedSizes(manifest: Pick<Manifest, 'inputs'>): FixedSizes {
  const shape = portsOf(manifest.inputs)[0]?.shape ?? [];
  const fixed = (axis: number) => (typeof shape[axis] === 'number' ? (shape[axis] as number) : null);
  return { batch: fixed(0), tokens: fixed(1) };
}

/**
 * Texts as a network takes them.
 *
 * @param ids - token numbers of each text
 * @param tokens - to so many each text is filled up
 */
export function tokenFeeds(
  { inputs, inputRoles }: Pick<Manifest, 'inputs' | 'inputRoles'>,
  ids: readonly (readonly number[])[],
  { tokens, pad }: { readonly tokens: number; readonly pad: number },
): Readonly<Record<string, TensorData>> {
  const shape = [ids.length, tokens];
  const entry: Record<InputRole, (text: readonly number[], t: number) => number> = {
    ids: (text, t) => text[t] ?? pad,
    mask: (text, t) => (t < text.length ? 1 : 0),
    types: () => 0,
    positions: (_, t) => t,
  };
  return Object.fromEntries(
    portsOf(inputs).map(({ name, type }): [string, TensorData] => {
      const of = entry[roleOf(name, inputRoles)!];
      const numbers = ids.flatMap((text) => Array.from({ length: tokens }, (_, t) => of(text, t)));
      if (type === 'float32') return [name, float32(numbers, shape)];
      return [name, { type: 'int64', shape, data: BigInt64Array.from(numbers, BigInt) }];
    }),
  );
}
