import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { substance } from '../../../../models/domain/parameters/substance.js';
import { parameterLaws } from './laws.js';

const chain = fc.integer({ min: 1, max: 40 }).map((length) => 'C'.repeat(length));
describe('substance, as a list', () => {
  parameterLaws(
    fc
      .uniqueArray(chain, { minLength: 1, maxLength: 10 })
      .map((smiles) => ({ name: 's', type: 'substance' as const, smiles })),
  );
});

describe('substance, by names', () => {
  parameterLaws(
    fc.uniqueArray(chain, { minLength: 1, maxLength: 10 }).map((smiles) => ({
      name: 's',
      type: 'substance' as const,
      smiles: Object.fromEntries(smiles.map((each) => [`alkane-${each.length}`, each])),
    })),
  );

  test('a value is the name, the feature its SMILES', () => {
    const parameter = { name: 's', type: 'substance' as const, smiles: { ethanol: 'CCO', water: 'O' } };
    expect(substance.values(parameter)).toEqual(['ethanol', 'water']);
    expect(substance.feature(parameter, 'water')).toEqual({ kind: 'substance', smiles: 'O' });
    expect(substance.refuses(parameter, 'O')).toBe('one of ethanol, water');
  });
});

describe('substance', () => {
  test.each([
    [{}, '', "either 'smiles' or 'file'"],
    [{ smiles: ['C'], file: 'a.csv', column: 'smiles' }, '', "either 'smiles' or 'file'"],
    [{ file: 'a.csv' }, 'column', 'missing'],
    [{ smiles: ['C', 'CC', 'C'] }, 'smiles', 'given twice: C'],
  ])('%j is a fault', (given, path, words) => {
    const faults = substance.faults({ name: 's', type: 'substance', ...given });
    expect(faults).toEqual([expect.objectContaining({ path, message: expect.stringContaining(words) })]);
  });

  test('a column gives its distinct molecules', () => {
    expect(substance.fromColumn({ name: 's', cells: ['CCO', 'O', 'CCO'] })).toEqual({
      parameter: { name: 's', type: 'substance', smiles: ['CCO', 'O'] },
      values: ['CCO', 'O', 'CCO'],
    });
    expect(substance.fromColumn({ name: 's', cells: [''] })).toEqual([
      expect.objectContaining({
        message: "1 cell not a name (row 1: '', empty)",
        remedy: 'give a SMILES in every row',
      }),
    ]);
  });

  test('takes names from a column where their SMILES are given', () => {
    const smiles = { ethanol: 'CCO', water: 'O', never: 'C' };
    const cells = ['water', 'ethanol', 'water'];
    expect(substance.fromColumn({ name: 's', cells, smiles })).toEqual({
      parameter: { name: 's', type: 'substance', smiles: { water: 'O', ethanol: 'CCO' } },
      values: cells,
    });
    expect(substance.fromColumn({ name: 's', cells: ['water', 'toString', 'acid'], smiles })).toEqual([
      { path: 's', message: 'no SMILES given for toString, acid', remedy: expect.stringContaining("'smiles'") },
    ]);
  });
});
