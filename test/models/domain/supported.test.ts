import { expect, test } from 'vitest';
import { unsupported } from '../../../models/domain/supported.js';

const plain = {
  objectives: [{ name: 'y', direction: 'minimise' as const }],
};

test('a campaign of what there is, is supported, also where parts of it cannot be read', () => {
  expect(unsupported(plain)).toEqual([]);
  expect(unsupported({ objectives: [undefined] })).toEqual([]);
});

test.each([
  ['objectives', { objectives: [...plain.objectives, ...plain.objectives] }],
  ['objectives[0].direction', { objectives: [{ name: 'y', direction: 'target' as const, value: 1 }] }],
  ['replicates', { replicates: { atTarget: 1 } }],
])('%s is said not to be supported yet, with what to do', (path, changed) => {
  const faults = unsupported({ ...plain, ...changed });
  expect(faults.map((fault) => fault.path)).toEqual([path]);
  expect(faults[0]!.message).toMatch(/^not supported yet: \w/);
  expect(faults[0]!.remedy).toMatch(/\w/);
});
