import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { AdapterType } from '../../lab-adapters/contract.js';
import { loadAdapterModules, resolveAdapterModule } from '../../lab-adapters/modules.js';
import { problem } from '../../lab-adapters/problem/index.js';
import { builtInAdapters, createRegistry } from '../../lab-adapters/registry.js';
import { virtualClock } from './virtual-clock.js';

const base = await mkdtemp(join(tmpdir(), 'athanor-registry-'));
afterAll(() => rm(base, { recursive: true }));
const context = { clock: virtualClock(), folder: '', log: () => {} };
const own: AdapterType = { ...(problem as AdapterType), name: 'own' };

describe('the registry', () => {
  test('knows the built-in adapters by names that differ, each described', () => {
    const registry = createRegistry();
    expect(registry.names).toEqual(expect.arrayContaining(['problem', 'dataset']));
    expect(new Set(registry.names).size).toBe(builtInAdapters.length);
    for (const name of registry.names)
      expect(registry.get(name)).toMatchObject({ name, description: expect.stringMatching(/\w/) });
  });

  test('takes further ones, without changing the registry they were added to', () => {
    const registry = createRegistry();
    expect(registry.with([own]).get('own')).toBe(own);
    expect(createRegistry([own]).has('own')).toBe(true);
    expect(registry.has('own')).toBe(false);
    expect(
      registry
        .with([own])
        .with([own])
        .names.filter((name) => name === 'own'),
    ).toHaveLength(1);
  });

  test('refuses two of one name', () => {
    expect(() => createRegistry([{ ...own, name: 'problem' }])).toThrow("two adapters are named 'problem'");
  });

  test('lists the names when asked for another', () => {
    expect(() => createRegistry().get('robot')).toThrow(/no adapter 'robot'; there are problem, /);
    expect(() => createRegistry().create('robot', {}, context)).toThrow(/no adapter 'robot'/);
  });

  test('makes an adapter from settings, or says what is wrong with them', async () => {
    const adapter = createRegistry().create('problem', { problem: 'branin' }, context);
    expect((await adapter.health!()).ok).toBe(true);
    expect(() => createRegistry().create('problem', { problem: 'branin', noise: -1 }, context)).toThrow(
      /settings\.noise/,
    );
    expect(() => createRegistry().create('problem', { problem: 'branin', dims: 3 }, context)).toThrow(/3 inputs/);
  });
});

describe('modules that bring adapters', () => {
  const good = (name: string) =>
    `export const adapters = [{ name: '${name}', description: 'd', settings: { safeParse: (data) => ({ success: true, data }) }, create: () => ({}) }];`;

  test('a path relative to the campaign file', async () => {
    await writeFile(join(base, 'one.mjs'), good('one'));
    expect((await loadAdapterModules(['./one.mjs'], base)).map(({ name }) => name)).toEqual(['one']);
    expect(resolveAdapterModule('./one.mjs', base)).toBe(join(base, 'one.mjs'));
    expect((await loadAdapterModules([join(base, 'one.mjs')], '/')).map(({ name }) => name)).toEqual(['one']);
  });

  test.each([
    ['main', { type: 'module', main: 'entry.js' }],
    ['exports for import only', { type: 'module', exports: { '.': { types: './entry.d.ts', import: './entry.js' } } }],
    ['exports as one path', { type: 'module', exports: './entry.js' }],
    ['@scope/nested', { type: 'module', exports: { '.': { import: { default: './entry.js' } } } }],
  ])('an installed package: %s', async (title, manifest) => {
    const name = title.startsWith('@') ? title : title.replaceAll(' ', '-');
    const folder = join(base, 'node_modules', name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name, version: '1.0.0', ...manifest }));
    await writeFile(join(folder, 'entry.js'), good('packaged'));
    const deeper = join(base, 'campaigns', 'a');
    await mkdir(deeper, { recursive: true });
    expect(resolveAdapterModule(name, deeper)).toBe(join(folder, 'entry.js'));
    expect((await loadAdapterModules([name], deeper)).map((type) => type.name)).toEqual(['packaged']);
  });

  test.each([
    ['absent-package', 'no package', undefined],
    ['./absent.mjs', 'no file', undefined],
    ['./broken.mjs', 'cannot load', 'export const adapters = ['],
    ['./without.mjs', "must export 'adapters'", 'export const other = 1;'],
    ['./wrong.mjs', "must export 'adapters'", 'export const adapters = [{ name: 1 }];'],
  ])('%s is refused with a reason', async (specifier, words, text) => {
    if (text !== undefined) await writeFile(join(base, specifier), text);
    await expect(loadAdapterModules([specifier], base)).rejects.toMatchObject({
      code: 'ADAPTER',
      message: expect.stringContaining(words),
    });
  });
});
