import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Folder with reference values and public data sets; not part of the product, so it may be absent. */
export const sharedFolder = process.env.ATHANOR_SHARED ?? resolve(import.meta.dirname, '../../../shared');

export interface Golden {
  readonly what: string;
  readonly tolerance: string;
  readonly cases: readonly Record<string, unknown>[];
}

/** Whether the reference file is here; tests that need it skip, and say so by their name, when it is not. */
export function hasGolden(name: string): boolean {
  return existsSync(join(sharedFolder, 'golden', `${name}.json`));
}

export function golden(name: string): Golden {
  return JSON.parse(readFileSync(join(sharedFolder, 'golden', `${name}.json`), 'utf8')) as Golden;
}

/** |a − b| relative to |b|, or absolute where b is 0. */
export function relativeError(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : Math.abs(a - b) / Math.abs(b);
}
