import { createContext, Script } from 'node:vm';

/** Milliseconds that one look at an answer may take: some patterns take longer than the universe on the wrong text. */
const limitMs = 2_000;

/** What a pattern made of a text. */
export type Match = { readonly value: string | null } | 'no' | 'too long';

/**
 * Whether a text is as a pattern wants it, and what its group `value` holds; the first group where none is named so. Somebody's
 * pattern on some instrument's text: it is given up after two seconds.
 */
export function matched(pattern: string, text: string): Match {
  const context = createContext({ pattern, text });
  const source =
    "(() => { const m = new RegExp(pattern, 'u').exec(text); return m && JSON.stringify([m.groups?.value ?? m[1] ?? null]); })()";
  try {
    const found: unknown = new Script(source).runInContext(context, { timeout: limitMs });
    if (typeof found !== 'string') return 'no';
    return { value: (JSON.parse(found) as [string | null])[0] };
  } catch {
    return 'too long';
  }
}
