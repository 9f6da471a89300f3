import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HeldAdapters } from '../../../scripts/safe-stop/held-adapters.js';
import { keepInstrument } from '../../../scripts/safe-stop/kept-instruments.js';

const module = (loaded: string) => `
import { writeFileSync } from 'node:fs';
const type = (name, load) => ({ name, description: name, settings: { safeParse: (data) => ({ success: true, data }) }, load, create: () => ({
  traits: { findsByKey: false }, validate: async () => [], submit: async () => name, status: async () => ({ state: 'unknown' }),
  result: async () => ({ values: {}, cost: 0 }), close: async () => {} }) });
export const adapters = [
  type('ready', async () => writeFileSync(${JSON.stringify(loaded)}, 'ready')),
  type('lacking', async () => { throw new Error('not installed'); }),
];
`;

test('what an adapter needs is loaded when it is held, and what cannot be is no obstacle', async () => {
  const home = await mkdtemp(join(tmpdir(), 'athanor-held-'));
  try {
    const file = join(home, 'own.mjs');
    await writeFile(file, module(join(home, 'loaded')));
    for (const adapter of ['ready', 'lacking'])
      keepInstrument(home, {
        id: `bench/${adapter}`,
        adapter,
        settings: {},
        modules: [file],
        folder: join(home, adapter),
      });
    const held = await Promise.all(new HeldAdapters(home, () => {}).of());
    expect(held.map(({ kept, trouble }) => [kept.adapter, trouble])).toEqual([
      ['lacking', null],
      ['ready', null],
    ]);
    await expect.poll(() => readFile(join(home, 'loaded'), 'utf8').catch(() => null)).toBe('ready');
  } finally {
    await rm(home, { recursive: true });
  }
});
