import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checkedType } from '../../lab-adapters/checked-type.js';
import type { AdapterType } from '../../lab-adapters/contract.js';
import { loadAdapterModules, resolveAdapterModule } from '../../lab-adapters/modules.js';
import { cleanText } from '../../models/domain/clean-text.js';
import { readCampaignText } from '../../scripts/campaign-file.js';
import { runCli } from '../support/cli.js';
import { virtualClock } from './virtual-clock.js';

const base = await mkdtemp(join(tmpdir(), 'athanor-module-'));
afterAll(() => rm(base, { recursive: true }));
const context = { clock: virtualClock(), folder: '', log: () => {} };

/** A module whose one adapter type has these parts, as JavaScript. */
const moduleOf = (parts: string) => `
const settings = { safeParse: (data) => ({ success: true, data }), parse: (data) => data };
export const adapters = [{ name: 'theirs', description: 'd', settings, create: () => ({}), ${parts} }];`;

let files = 0;
async function written(text: string): Promise<string> {
  files += 1;
  await writeFile(join(base, `${files}.mjs`), text);
  return `./${files}.mjs`;
}

/** What loading a campaign on the module says. */
async function said(module: string): Promise<{ path: string; message: string; remedy: string }[]> {
  const text = `name: c
adapters: [${module}]
space: { parameters: [{ name: x, type: continuous, bounds: [0, 1] }] }
objectives: [{ name: y, direction: maximise }]
fidelities: [{ name: f, adapter: theirs, settings: { a: 1 }, cost: 1 }]
budget: { trials: 5 }
stop: [{ type: targetReached, value: 2 }]
`;
  const loaded = readCampaignText(text, { file: 'c.yaml', baseDir: base });
  return loaded.then(
    () => [],
    (error: { faults: { path: string; message: string; remedy: string }[] }) => error.faults,
  );
}

describe('a type of adapter that breaks down while it is asked is a fault in words', () => {
  test.each([
    [
      'a check that throws',
      `check() { throw new TypeError('no laboratory') }`,
      'check failed: TypeError: no laboratory',
    ],
    ['a check that rejects with nothing', `check: () => Promise.reject()`, 'check failed: undefined'],
    ['a check that throws what throws when read', `check() { throw { toString() { throw 1 } } }`, 'no reason given'],
    ['a check that answers something else', `check: async () => 7`, 'answered with 7; a list of faults'],
    ['a check with faults of any shape', `check: async () => [null, 5, { message: '\\u001b[2Jx' }]`, '5'],
    ['a range that throws', `range() { throw new Error('boiled over') }`, 'boiled over'],
    ['a range of texts', `range: () => ({ low: 'a', high: 'b' })`, 'numbers or null'],
    ['settings that throw', `settings: { safeParse() { throw new Error('schema lost') } }`, 'schema lost'],
    ['settings that answer nothing', `settings: { safeParse() {} }`, 'settings refuse without a reason'],
    [
      'settings that refuse without issues',
      `settings: { safeParse: () => ({ success: false }) }`,
      'refuse without a reason',
    ],
    [
      'issues that lack what belongs to them',
      `settings: { safeParse: () => ({ success: false, error: { issues: [
        { code: 'unrecognized_keys', path: [], message: 'odd' }, { code: 'invalid_union', errors: 5, path: ['a'], message: 'm' }, null] } }) }`,
      'does not fit',
    ],
    ['settings that answer later', `settings: { safeParse: async () => { throw new Error('late') } }`, 'answers later'],
    ['a range that is told later', `range: () => Promise.reject(new Error('late'))`, 'answers later'],
    ['paths of a wrong kind', `paths: 5`, 'paths has to name keys'],
    ['a name that throws when read', `get description() { throw new Error('unreadable') }`, 'unreadable'],
  ])('%s', async (_, parts, words) => {
    const faults = await said(await written(moduleOf(parts)));
    expect(faults.map(({ message }) => message).join('\n')).toContain(words);
    for (const { message, remedy } of faults) {
      expect(cleanText(message)).toBe(message);
      expect(remedy).not.toBe('');
    }
  });

  test('says what its environment lacks like an adapter of ours', () => {
    const settings = { safeParse: (data: unknown) => ({ success: true, data }) };
    const lacks = (_: unknown, { KEY }: Record<string, string | undefined>) =>
      KEY === undefined ? [{ path: 'key', message: 'KEY is not set\u0007', remedy: 'set it' }] : [];
    const type = (more: object) => checkedType({ name: 'keyed', settings, create: () => ({}), ...more }, 'keyed.mjs')!;
    expect(type({ lacks }).lacks!({}, {})).toEqual([
      { path: 'key', message: 'KEY is not set\uFFFD', remedy: 'set it' },
    ]);
    expect(type({ lacks }).lacks!({}, { KEY: 'x' })).toEqual([]);
    expect(type({}).lacks).toBeUndefined();
    expect(() => type({ lacks: async () => [] }).lacks!({}, {})).toThrow('answers later');
  });

  test('a check that never answers is given up', async () => {
    const silent = {
      name: 'silent',
      description: 'd',
      settings: { safeParse: (data: unknown) => ({ success: true, data }) },
      create: () => ({}),
      check: () => new Promise<never>(() => {}),
    };
    const type = checkedType(silent, 'silent.mjs', 1)!;
    await expect(type.check!({})).rejects.toMatchObject({
      code: 'ADAPTER',
      message: 'adapter silent (silent.mjs): its check did not answer within 0.001 s',
    });
  });

  test('an adapter that cannot be made, or is none', async () => {
    const [type] = await loadAdapterModules(
      [await written(moduleOf(`create() { throw new Error('no power') }`))],
      base,
    );
    expect(() => type!.create({}, context)).toThrow(expect.objectContaining({ code: 'ADAPTER' }));
    const [other] = await loadAdapterModules([await written(moduleOf(`create: () => 5`))], base);
    expect(() => other!.create({}, context)).toThrow("'create' gave no adapter");
    const [later] = await loadAdapterModules([await written(moduleOf(`create: async () => { throw 1 }`))], base);
    expect(() => later!.create({}, context)).toThrow('answers later');
  });

  test('a module that throws nothing, or something else than an error', async () => {
    await expect(loadAdapterModules([await written('throw null')], base)).rejects.toMatchObject({ code: 'ADAPTER' });
    await expect(loadAdapterModules([await written(`throw 'a text'`)], base)).rejects.toThrow('a text');
  });
});

test('the checked form of a type is the same each time, and keeps what the schema tells of itself', async () => {
  const module = await written(moduleOf(''));
  const [[one], [two]] = await Promise.all([loadAdapterModules([module], base), loadAdapterModules([module], base)]);
  expect(one).toBe(two);
  expect(checkedType({ name: 'x' }, 'm')).toBeNull();
  expect(checkedType('x' as unknown as AdapterType, 'm')).toBeNull();
});

describe('the description of a package that is broken', () => {
  test.each([
    ['not JSON', '{ "name": '],
    ['nothing', ''],
    ['no object', 'null'],
    ['a number as main', '{ "main": 5 }'],
  ])('%s is refused in words', async (title, manifest) => {
    const folder = join(base, 'node_modules', title.replaceAll(' ', '-'));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), manifest);
    expect(() => resolveAdapterModule(title.replaceAll(' ', '-'), base)).toThrow(
      expect.objectContaining({ code: 'ADAPTER', message: expect.stringContaining('package.json is not the desc') }),
    );
  });

  test.each([
    [`{ "exports": "./${'x'.repeat(5000)}.js" }`],
    ['{ "main": "a\\u0000b" }'],
    ['{ "exports": 5 }'],
    ['{ "exports": { ".": null } }'],
    ['{ "exports": ["./a.js"] }'],
  ])('%s leads nowhere', async (manifest) => {
    const folder = join(base, 'node_modules', 'nowhere');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), manifest);
    expect(() => resolveAdapterModule('nowhere', base)).toThrow(expect.objectContaining({ code: 'ADAPTER' }));
  });
});

test('an adapter without the verbs of all ends a simulation in words, before anything is run', async () => {
  const module = await written(moduleOf(''));
  const file = join(base, 'lacking.yaml');
  const [space, objectives] = [
    '{parameters: [{name: x, type: continuous, bounds: [0, 1]}]}',
    '[{name: y, direction: maximise}]',
  ];
  const fidelities = '[{name: f, adapter: theirs, settings: {}, cost: 1}]';
  await writeFile(
    file,
    `name: c\nadapters: [${module}]\nspace: ${space}\nobjectives: ${objectives}\nfidelities: ${fidelities}\nbudget: {trials: 2}\n`,
  );
  const { code, stderr } = await runCli(['simulate', file], { cwd: base });
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/adapter theirs lacks 'traits', 'validate', 'submit', 'status', 'result', 'close'/);
  expect(stderr).not.toMatch(/TypeError|^\s+at /m);
});
