import { expect, test } from 'vitest';
import type { Space } from '../../../models/domain/space.js';
import { rowsById, substancesOf } from '../../../models/domain/space.js';

test('the molecules of a design, by parameter', () => {
  const space: Space = {
    parameters: [
      { name: 't', type: 'continuous', bounds: [0, 1] },
      { name: 'core', type: 'substance', smiles: { ethanol: 'CCO', water: 'O' } },
      { name: 'base', type: 'substance', smiles: ['CN', 'N'] },
      { name: 'ligand', type: 'categorical', levels: ['a'] },
    ],
    pool: null,
  };
  const design = { t: 0.5, core: 'water', base: 'CN', ligand: 'a' };
  expect(substancesOf(space, design)).toEqual({ core: 'O', base: 'CN' });
  expect(substancesOf(space, { t: 0.5 })).toEqual({});
});

test('the rows of a pool by their ids, made once', () => {
  const pool = { ids: ['b', 'a', '0'], designs: [{ t: 1 }, { t: 2 }, { t: 3 }] };
  expect([...rowsById(pool)]).toEqual([
    ['b', 0],
    ['a', 1],
    ['0', 2],
  ]);
  expect(rowsById({ ...pool, designs: [] })).toBe(rowsById(pool));
});
