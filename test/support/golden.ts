import { readFileSync } from 'node:fs';

const folder = new URL('../golden/', import.meta.url);

/** A file of `test/golden`: values that others computed, and how closely ours must agree with them. */
export interface Golden {
  readonly what: string;
  readonly tolerance: string;
  readonly cases: readonly Record<string, unknown>[];
}

/** The reference values of a file, without its ending. */
export function golden(name: string): Golden {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Golden;
}

/** |a − b| relative to |b|, or absolute where b is 0. */
export function relativeError(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : Math.abs(a - b) / Math.abs(b);
}
