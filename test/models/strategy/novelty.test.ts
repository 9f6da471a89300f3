import { expect, it } from 'vitest';
import type { Parameter } from '../../../models/domain/parameters/parameter.js';
import type { Space } from '../../../models/domain/space.js';
import { prepareSpace } from '../../../models/strategy/candidates.js';
import { noveltyOf } from '../../../models/strategy/novelty.js';

const parameters: Parameter[] = [
  { name: 't', type: 'continuous', bounds: [0, 100] },
  { name: 'c', type: 'continuous', bounds: [0, 100] },
  { name: 'solvent', type: 'categorical', levels: ['DMF', 'THF'] },
  { name: 'ligand', type: 'substance', smiles: { ethanol: 'CCO', propanol: 'CCCO', benzene: 'c1ccccc1' } },
  { name: 'blend', type: 'composition', components: ['A', 'B'], step: 0.25, total: 1 },
] as Parameter[];

it('is the distance to the nearest design tried, in the parameter in which the two differ most', async () => {
  const space: Space = { parameters, pool: null };
  const prepared = await prepareSpace(space);
  const base = { t: 50, c: 10, solvent: 'DMF', ligand: 'ethanol', blend: 'A:0.5 B:0.5' };
  const to = (changes: object, ...others: object[]) =>
    noveltyOf(prepared, { ...base, ...changes }, [base, ...others.map((other) => ({ ...base, ...other }))]);
  expect(noveltyOf(prepared, base, [])).toBe(1);
  expect(to({})).toBe(0);
  expect(to({ t: 80 })).toBeCloseTo(0.3, 12);
  expect(to({ c: 60 })).toBeCloseTo(0.5, 12);
  expect(to({ t: 80, c: 60 })).toBeCloseTo(0.5, 12);
  expect(to({ t: 80 }, { t: 75 })).toBeCloseTo(0.05, 12);
  expect(to({ solvent: 'THF' })).toBe(1);
  expect(to({ blend: 'A:0.25 B:0.75' })).toBeCloseTo(0.25, 12);
  const [alike, unlike] = [to({ ligand: 'propanol' }), to({ ligand: 'benzene' })];
  expect(alike).toBeGreaterThan(0);
  expect(alike).toBeLessThan(unlike);
  expect(unlike).toBeLessThanOrEqual(1);
});
