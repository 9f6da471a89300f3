import { isDeepStrictEqual } from 'node:util';

/** Something that must not be: what the input showed, and by what it is told from other finds. */
export class Find extends Error {
  /** @param what - in a few words, without anything of the input: inputs with the same are the same find */
  constructor(
    readonly what: string,
    detail: string,
  ) {
    super(detail);
  }
}

/** @throws {Find} unless both are equal, -0 and 0 told apart */
export function sameOrFind(what: string, wanted: unknown, found: unknown): void {
  if (isDeepStrictEqual(wanted, found)) return;
  throw new Find(what, firstDifference(wanted, found, ''));
}

/** Where two values differ first, in words. */
function firstDifference(a: unknown, b: unknown, path: string): string {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return `${path || 'all'}: ${shown(a)} became ${shown(b)}`;
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const [x, y] = [a, b].map((side) => (side as Record<string, unknown>)[key]);
    if (!isDeepStrictEqual(x, y)) return firstDifference(x, y, `${path}.${key}`);
  }
  return `${path || 'all'}: of another kind`;
}

function shown(value: unknown): string {
  if (Object.is(value, -0)) return '-0';
  return (JSON.stringify(value) ?? String(value)).slice(0, 200);
}
