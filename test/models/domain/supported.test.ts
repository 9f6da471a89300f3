import { expect, test } from 'vitest';
import { unsupported } from '../../../models/domain/supported.js';

test('a campaign of what there is, is supported', () => {
  expect(unsupported({})).toEqual([]);
});

test.each([['replicates', { replicates: { atTarget: 1 } }]])(
  '%s is said not to be supported yet, with what to do',
  (path, given) => {
    const faults = unsupported(given);
    expect(faults.map((fault) => fault.path)).toEqual([path]);
    expect(faults[0]!.message).toMatch(/^not supported yet: \w/);
    expect(faults[0]!.remedy).toMatch(/\w/);
  },
);
