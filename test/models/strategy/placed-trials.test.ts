import { expect, it } from 'vitest';
import type { Design } from '../../../models/domain/design.js';
import { extendedSpace } from '../../../models/domain/extended-space.js';
import type { Space } from '../../../models/domain/space.js';
import { placedTrials } from '../../../models/strategy/placed-trials.js';
import { someRecord } from '../../support/record.js';

const space: Space = {
  parameters: [
    { name: 't', type: 'continuous', bounds: [0, 1] },
    { name: 'm', type: 'substance', smiles: ['CCO'] },
    { name: 'f', type: 'formula', formulas: ['FeNi'] },
  ],
  pool: { ids: ['r0'], designs: [{ t: 0, m: 'CCO', f: 'FeNi' }] },
};
const rows = [
  { id: 'g0', design: { t: 0.5, m: 'CCN', f: 'FeNi' } },
  { id: 'g1', design: { t: 0.5, m: 'CCN', f: 'Fe2O3' } },
];

it('a trial of a design that the pool did not have is of the row that has it now, under any spelling', async () => {
  const grown = extendedSpace(space, [{ by: { name: 'test', version: '1' }, rows }]);
  const told: [Design, string | null][] = [
    [{ t: 0, m: 'CCO', f: 'FeNi' }, 'r0'],
    [{ t: 0.5, m: 'NCC', f: 'NiFe' }, null],
    [{ t: 0.5, m: 'CCN', f: 'O3Fe2' }, null],
    [{ t: 0.4, m: 'CCN', f: 'FeNi' }, null],
  ];
  const trials = someRecord(told.map(() => ({ value: 1 }))).trials.map((trial, i) => {
    const [design, rowId] = told[i]!;
    return { ...trial, proposal: { ...trial.proposal, design, rowId } };
  });
  const placed = await placedTrials(grown, 1, trials);
  expect(placed.map(({ proposal }) => proposal.rowId)).toEqual(['r0', 'g0', 'g1', null]);
  expect(placed[1]!.proposal.design).toEqual(rows[0]!.design);
  expect([placed[0], placed[3]]).toEqual([trials[0], trials[3]]);
  expect(placed[0]).toBe(trials[0]);
  const inside = trials.slice(0, 1);
  expect(await placedTrials(grown, 1, inside)).toBe(inside);
});
