import type { Manifest } from './manifest.js';
import { portsOf } from './ports.js';

/** The one input of a network that takes a row of numbers, float32 [batch, WIDTH]; null where it is not so. */
export function numberInput({
  inputs,
}: Pick<Manifest, 'inputs'>): { readonly name: string; readonly width: number } | null {
  const ports = portsOf(inputs);
  const [port] = ports;
  if (ports.length !== 1 || port!.type !== 'float32' || port!.shape.length !== 2) return null;
  const [batch, width] = port!.shape;
  return typeof width === 'number' && typeof batch === 'string' ? { name: port!.name, width } : null;
}
