import { cleanText } from './clean-text.js';

/** How much of what somebody says is kept. */
export interface JsonBounds {
  /** Levels, after which `…` stands for a list or an object. */
  readonly depth: number;
  /** Entries of lists and objects in all. */
  readonly entries: number;
  /** Characters of all texts together. */
  readonly characters: number;
}

const usual: JsonBounds = { depth: 32, entries: 50_000, characters: 2 ** 20 };

/**
 * What somebody said, as plain JSON that can be kept, shown and read again: numbers that are not finite and other values
 * that JSON cannot hold become text, texts are cleaned, and what goes beyond the bounds is cut, with `…` in its place.
 * Never throws, whatever an object does when it is looked at.
 */
export function plainJson(value: unknown, bounds: JsonBounds = usual): unknown {
  let entries = bounds.entries;
  let characters = bounds.characters;
  const text = (given: string) => {
    const kept = cleanText(given, characters);
    characters = Math.max(0, characters - given.length);
    return kept;
  };
  const walk = (inner: unknown, depth: number): unknown => {
    if (typeof inner === 'number') return Number.isFinite(inner) ? inner + 0 : String(inner);
    if (typeof inner === 'string') return text(inner);
    if (typeof inner === 'boolean' || inner === null) return inner;
    if (typeof inner !== 'object' || inner instanceof Date || inner instanceof Error) return text(String(inner));
    if (depth === 0) return '…';
    return Array.isArray(inner) ? list(inner, depth - 1) : record(inner, depth - 1);
  };
  const list = (items: readonly unknown[], depth: number): unknown[] => {
    const taken = items.slice(0, entries);
    entries -= taken.length;
    const said = taken.map((item) => walk(item, depth));
    return taken.length < items.length ? [...said, '…'] : said;
  };
  const record = (items: object, depth: number): Record<string, unknown> => {
    const given = Object.entries(items).filter(([, item]) => item !== undefined);
    const taken = given.slice(0, entries);
    entries -= taken.length;
    const said = taken.map(([key, item]) => [keyOf(text(key)), walk(item, depth)] as const);
    return Object.fromEntries(taken.length < given.length ? [...said, ['…', '…']] : said);
  };
  try {
    return walk(value, bounds.depth);
  } catch (error) {
    return `… (cannot be read: ${cleanText(reason(error), 200)})`;
  }
}

/** What somebody said under names, as plain JSON; under `said` where it has none. */
export function plainRecord(value: unknown, bounds?: JsonBounds): Record<string, unknown> {
  const plain = plainJson(value ?? {}, bounds);
  const isRecord = typeof plain === 'object' && plain !== null && !Array.isArray(plain);
  return isRecord ? (plain as Record<string, unknown>) : { said: plain };
}

/** A key as records may have it: `__proto__` is one in none. */
function keyOf(key: string): string {
  return key === '__proto__' ? '(__proto__)' : key;
}

function reason(error: unknown): string {
  try {
    return String(error);
  } catch {
    return 'no reason';
  }
}
