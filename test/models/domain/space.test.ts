import { expect, test } from 'vitest';
import type { Space } from '../../../models/domain/space.js';
import { appended, rowsById, substancesOf } from '../../../models/domain/space.js';

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
  expect(['b', 'a', '0', 'c'].map((id) => rowsById(pool).get(id))).toEqual([0, 1, 2, undefined]);
  expect(rowsById({ ...pool, designs: [] })).toBe(rowsById(pool));
});

test('a pool with further rows shares those that it had', () => {
  const pool = { ids: ['b', 'a'], designs: [{ t: 1 }, { t: 2 }] };
  const once = appended(pool, [{ id: 'c', design: { t: 3 } }]);
  const twice = appended(once, [
    { id: 'd', design: { t: 4 } },
    { id: 'e', design: { t: 5 } },
  ]);
  expect([pool.ids.length, once.ids, twice.ids]).toEqual([2, ['b', 'a', 'c'], ['b', 'a', 'c', 'd', 'e']]);
  const rows = (of: typeof pool | typeof once) => ['a', 'c', 'e', 'f'].map((id) => rowsById(of).get(id));
  expect([pool, once, twice].map(rows)).toEqual([
    [1, undefined, undefined, undefined],
    [1, 2, undefined, undefined],
    [1, 2, 4, undefined],
  ]);
  expect(rowsById(twice).has('d') && !rowsById(once).has('d')).toBe(true);
  expect([...twice.designs]).toEqual([1, 2, 3, 4, 5].map((t) => ({ t })));
  expect(twice.designs.at(0)).toBe(pool.designs[0]);
});
