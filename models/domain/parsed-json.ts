import { readJson } from './json-text.js';

/** Lists and objects inside each other that a text may hold; deeper ones are nothing that is ours. */
const deepest = 200;

/**
 * The value of a JSON text, as it will be after it was written again: a negative zero is 0.
 *
 * @throws {Error} in words: where it is no JSON that says one thing (see readJson), is nested too deeply, or has a key `__proto__`, which JavaScript takes
 *   for something else
 */
export function parsedJson(text: string): unknown {
  return plainValue(readJson(text));
}

/** The same of a value that was read already, which is changed in place. @throws {Error} in words */
export function plainValue(value: unknown, levels = deepest): unknown {
  if (value === 0) return 0;
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) throw new Error(`nested more than ${deepest} levels deep`);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const inner: unknown = value[i];
      if (inner === 0) value[i] = 0;
      else if (typeof inner === 'object') plainValue(inner, levels - 1);
    }
    return value;
  }
  const holder = value as Record<string, unknown>;
  for (const key of Object.keys(holder)) {
    if (key === '__proto__') throw new Error("a key '__proto__', which no name may be");
    const inner = holder[key];
    if (inner === 0) holder[key] = 0;
    else if (typeof inner === 'object') plainValue(inner, levels - 1);
  }
  return value;
}
