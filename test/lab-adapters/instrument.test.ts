import { expect, test } from 'vitest';
import { instrumentId } from '../../lab-adapters/instrument.js';

test('two levels with the same settings use one instrument, with others another', () => {
  const id = instrumentId('xtb', { method: 'gfn2', task: { kind: 'energy', steps: [1, 2] } });
  expect(id).toMatch(/^xtb-[0-9a-f]{12}$/);
  expect(instrumentId('xtb', { task: { steps: [1, 2], kind: 'energy' }, method: 'gfn2' })).toBe(id);
  expect(instrumentId('xtb', { task: { steps: [2, 1], kind: 'energy' }, method: 'gfn2' })).not.toBe(id);
  expect(instrumentId('command', { method: 'gfn2', task: { kind: 'energy', steps: [1, 2] } })).not.toBe(id);
  // It stays the same from version to version: ledgers refer to it.
  expect(instrumentId('problem', { problem: 'branin' })).toBe('problem-a8e821f92c95');
});
