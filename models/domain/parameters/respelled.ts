import type { Fault } from '../fault.js';

/** Pairs that are told of one list; what more there are is counted. */
const told = 20;

/** How entries are compared: `keyOf` gives the text that two spellings share, or null for what cannot be read. */
export interface Spelling {
  readonly path: string;
  /** What an entry is: `molecule`, `formula`. */
  readonly what: string;
  readonly keyOf: (entry: string, at: number) => string | null;
}

/** A fault naming the entries that are the same thing as one before them, differently written. */
export function respelled(entries: readonly string[], { path, what, keyOf }: Spelling): readonly Fault[] {
  const first = new Map<string, string>();
  const pairs: string[] = [];
  for (const [at, entry] of entries.entries()) {
    const key = keyOf(entry, at);
    if (key === null) continue;
    const before = first.get(key);
    if (before === undefined) first.set(key, entry);
    else if (before !== entry) pairs.push(`'${entry}' and '${before}'`);
  }
  if (pairs.length === 0) return [];
  const more = pairs.length > told ? `, and ${pairs.length - told} more` : '';
  const message = `one ${what} in two spellings: ${pairs.slice(0, told).join(', ')}${more}`;
  return [{ path, message, remedy: 'list it once; results find it under any spelling' }];
}
