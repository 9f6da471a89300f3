import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { InvalidInputError } from '../../models/domain/errors.js';
import { readCampaignText } from '../../scripts/campaign-file.js';

const baseDir = fileURLToPath(new URL('../fixtures/campaigns/good/', import.meta.url));
const texts = ['everything', 'pool'].map((name) => readFileSync(`${baseDir}${name}.yaml`, 'utf8'));

/** Places in a document: every key and entry, however deep. */
function places(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const keys = Array.isArray(value) ? value.map((_, i) => i) : Object.keys(value);
  return [path, ...keys.flatMap((key) => places((value as Record<string | number, unknown>)[key], [...path, key]))];
}

function changed(document: unknown, path: readonly (string | number)[], value: unknown): unknown {
  if (path.length === 0) return value;
  const copy = structuredClone(document) as Record<string | number, unknown>;
  let parent = copy;
  for (const key of path.slice(0, -1)) parent = parent[key] as typeof parent;
  if (value === undefined) delete parent[path.at(-1)!];
  else parent[path.at(-1)!] = value;
  return copy;
}

/** Reads a text; gives the faults, none if it was taken. Anything but a list of faults is a bug and thrown on. */
async function read(text: string) {
  try {
    await readCampaignText(text, { file: 'fuzzed', baseDir });
    return [];
  } catch (error) {
    if (error instanceof InvalidInputError) return error.faults;
    throw error;
  }
}

const strange = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, true, '', 0, -1, 1e308, Number.NaN, Number.POSITIVE_INFINITY, [], {}, [[]]),
  fc.constantFrom<unknown>('continuous', 'target', 'x', '__proto__', 'constructor', [1, 'a'], { type: 'linear' }, [
    'x',
    'x',
  ]),
  fc.jsonValue({ maxDepth: 2 }),
);

test('whatever stands at whatever place, the answer is a campaign or a list of faults with words', () =>
  fc.assert(
    fc.asyncProperty(fc.constantFrom(...texts), fc.nat(), strange, async (text, place, value) => {
      const document = parse(text) as unknown;
      const all = places(document);
      const faults = await read(stringify(changed(document, all[place % all.length]!, value)));
      for (const { message, remedy } of faults) expect(`${message}|${remedy}`).toMatch(/.\|./s);
    }),
    { seed: 2026, numRuns: 400 },
  ));

test('a text cut off anywhere, or with a letter too many, is no reason to crash', () =>
  fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...texts),
      fc.nat(),
      fc.constantFrom('', '{', ']', ':', '\t', '"', '&', '*', '!', '-'),
      async (text, at, letter) => {
        const place = at % text.length;
        await read(text.slice(0, place) + letter);
        await read(text.slice(0, place) + letter + text.slice(place));
      },
    ),
    { seed: 2027, numRuns: 150 },
  ));
