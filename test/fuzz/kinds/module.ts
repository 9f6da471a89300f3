import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadAdapterModules } from '../../../lab-adapters/modules.js';
import { createRegistry } from '../../../lab-adapters/registry.js';
import type { Generator } from '../../../models/random/generator.js';
import { readCampaignText } from '../../../scripts/campaign-file.js';
import { changedBytes } from '../bytes.js';
import { documentText } from '../documents.js';
import type { Input, MakeKind } from '../kind.js';
import { chance, pick } from '../random.js';
import { refused } from '../refusal.js';

const campaign = (module: string) => `name: c
adapters: [${JSON.stringify(module)}]
space: { parameters: [{ name: x, type: continuous, bounds: [0, 1] }] }
objectives: [{ name: y, direction: maximise }]
fidelities: [{ name: f, adapter: theirs, settings: { a: 1 }, cost: 1 }]
budget: { trials: 5 }
stop: [{ type: targetReached, value: 2 }]
`;

/** What a member of a type or an adapter may be instead of what it should be, as JavaScript. */
const members: readonly string[] = [
  ...[
    'undefined',
    'null',
    '5',
    '"text"',
    '[]',
    '{}',
    '[[]]',
    'Symbol("s")',
    '10n',
    'new Proxy({}, { get() { throw 1 } })',
  ],
  ...[
    '() => { throw new TypeError("x is not a function") }',
    '() => { throw null }',
    '() => { throw { get message() { throw 2 } } }',
  ],
  ...[
    'async () => { throw new RangeError("far") }',
    '() => Promise.reject()',
    '() => ({})',
    '() => []',
    '() => [null, 5, {}]',
  ],
  ...[
    '() => 7',
    '() => "\\u001b[2Jx"',
    '() => null',
    '() => ({ success: false })',
    '() => ({ success: true, data: null })',
  ],
  ...['() => ({ success: false, error: { issues: [{ path: "a", message: 5 }] } })', '() => ({ low: NaN, high: "x" })'],
  ...['() => ({ success: false, error: { issues: [{ code: "invalid_union", errors: 5, path: [], message: "m" }] } })'],
  ...[
    '() => ({ success: false, error: { issues: [{ code: "unrecognized_keys", path: [], message: "m" }] } })',
    'async () => [{ path: {}, message: [] }]',
  ],
  ...[
    '() => new Array(1e6).fill({ path: "a", message: "b", remedy: "c" })',
    '() => ({ then() { throw 3 } })',
    'class { constructor() { throw 4 } }',
  ],
];
const parts = ['name', 'description', 'settings', 'create', 'check', 'range', 'paths', 'programs', 'costSetting'];
const verbs = [
  'traits',
  'capabilities',
  'pollMs',
  'validate',
  'submit',
  'status',
  'result',
  'health',
  'find',
  'cancel',
];

/** The text of a module whose adapter type is wrong in some of its parts. */
function moduleText(draw: Generator): string {
  const own = new Map([
    ['name', "'theirs'"],
    ['description', "'d'"],
    ['settings', '{ safeParse: (data) => ({ success: true, data }), parse: (data) => data }'],
    [
      'create',
      `() => ({ ${verbs
        .filter(() => chance(draw, 0.7))
        .map((name) => `${name}: ${pick(draw, members)}`)
        .join(', ')} })`,
    ],
  ]);
  for (const part of parts) if (chance(draw, 0.25)) own.set(part, pick(draw, members));
  if (chance(draw, 0.3)) own.set('settings', `{ safeParse: ${pick(draw, members)}, parse: ${pick(draw, members)} }`);
  const type = `{ ${[...own].map(([name, value]) => (chance(draw, 0.9) ? `${name}: ${value}` : `get ${name}() { throw new Error('no ${name}') }`)).join(', ')} }`;
  const exported = chance(draw, 0.1) ? pick(draw, members) : `[${type}${chance(draw, 0.1) ? `, ${type}` : ''}]`;
  const before = chance(draw, 0.05) ? `throw ${pick(draw, ['null', "'words'", 'new Error()', '{}'])};` : '';
  return `${before}export const adapters = ${exported};`;
}

const manifest = {
  name: 'theirs',
  version: '1.0.0',
  type: 'module',
  main: 'entry.js',
  exports: { '.': { import: './entry.js' } },
};

/** Modules that bring adapters, and the descriptions of the packages that they are. */
export const modules: MakeKind = async (place) => {
  let number = 0;
  const run = async ({ bytes, of }: Input) => {
    number += 1;
    const name = `m${number}`;
    const folder = join(place.work, 'node_modules', name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), of === 'package' ? bytes : JSON.stringify(manifest));
    await writeFile(join(folder, 'entry.js'), of === 'package' ? 'export const adapters = [];' : bytes);
    const context = { clock: { now: () => 0, sleep: async () => {} }, folder: '', log: () => {} };
    const request = { design: { x: 1 }, rowId: null, substances: {}, fidelity: 'f', objectives: ['y'] };
    let trusted: Awaited<ReturnType<typeof loadAdapterModules>>;
    try {
      trusted = await loadAdapterModules([name], place.work);
      await readCampaignText(campaign(name), { file: 'c.yaml', baseDir: place.work });
    } catch (error) {
      return refused(error, ['INVALID_INPUT', 'ADAPTER'], false);
    } finally {
      await rm(folder, { recursive: true });
    }
    try {
      const adapter = createRegistry(trusted).create('theirs', { a: 1 }, context);
      await adapter.health?.();
      await adapter.validate(request);
      await adapter.status(await adapter.submit('c/r1/p1', request, { fence: 1 }));
      await adapter.result('j');
    } catch (error) {
      // What the verbs themselves throw ends their trial, whatever it is (see drive-trial).
      if (!(error instanceof Error) || !('code' in error)) return 'refused';
      return refused(error, ['ADAPTER', 'CONTRACT', 'INVALID_INPUT'], false);
    }
    return 'taken';
  };
  return {
    name: 'module',
    make: (draw) => {
      const encoder = new TextEncoder();
      if (chance(draw, 0.3))
        return { bytes: documentText(draw, { text: JSON.stringify(manifest), value: manifest }, false), of: 'package' };
      const text = encoder.encode(moduleText(draw));
      return { bytes: chance(draw, 0.1) ? changedBytes(draw, text) : text, of: 'entry' };
    },
    run,
  };
};
