import { expect, test } from 'vitest';
import { instrumentNames } from '../../lab-adapters/instrument.js';
import { builtInAdapters } from '../../lab-adapters/registry.js';

const typeOf = (name: string) => builtInAdapters.find((type) => type.name === name)!;
const idOf = (name: string, settings: Readonly<Record<string, unknown>>) => instrumentNames(typeOf(name), settings).id;

test('two levels with the same settings use one instrument, with others another', () => {
  const id = idOf('xtb', { method: 'gfn2', task: { kind: 'energy', steps: [1, 2] } });
  expect(id).toMatch(/^xtb-[0-9a-f]{12}$/);
  expect(idOf('xtb', { task: { steps: [1, 2], kind: 'energy' }, method: 'gfn2' })).toBe(id);
  expect(idOf('xtb', { task: { steps: [2, 1], kind: 'energy' }, method: 'gfn2' })).not.toBe(id);
  expect(idOf('command', { method: 'gfn2', task: { kind: 'energy', steps: [1, 2] } })).not.toBe(id);
  // It stays the same from version to version: ledgers refer to it.
  expect(idOf('problem', { problem: 'branin' })).toBe('problem-a8e821f92c95');
});

test.each([
  ['problem', { problem: 'branin' }, { cost: 5, delayMs: 100 }],
  ['command', { command: ['measure'] }, { cost: 5, timeout: '2h', deterministic: true }],
  ['dataset', { file: 'a.csv' }, { cost: 5, delayMs: 100 }],
  ['xtb', { method: 'gfn1' }, { cost: 5, timeout: '2h' }],
])('what a trial on %s costs, and how long it may take, tells no instrument from another', (name, device, others) => {
  const plain = instrumentNames(typeOf(name), device);
  expect(plain.formerly).toBeNull();
  const { id, formerly } = instrumentNames(typeOf(name), { ...device, ...others });
  expect(id).toBe(plain.id);
  // What a version before called it, whose numbers go on under the new name.
  expect(formerly).toMatch(new RegExp(`^${name}-[0-9a-f]{12}$`));
  expect(formerly).not.toBe(id);
});
