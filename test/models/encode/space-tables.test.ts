import { expect, it } from 'vitest';
import { parameterSchema } from '../../../models/domain/parameters/parameter.js';
import { packedRows } from '../../../models/domain/space-codes.js';
import { encodeMolecules } from '../../../models/encode/encodings.js';
import type { EncodedMolecule } from '../../../models/encode/molecules.js';
import { codeTables, described, descriptorTables } from '../../../models/encode/space-tables.js';

const smiles = ['CCO', 'CCN', 'CCCl'];
const molecules = new Map(
  [...(await encodeMolecules(smiles))].map(([one, encoded]) => [one, encoded as EncodedMolecule]),
);
const substances = [
  { name: 'a', at: 0, members: [0, 1] },
  { name: 'b', at: 1, members: [1, 2] },
];
const parameters = [
  parameterSchema.parse({ name: 'a', type: 'substance', smiles: ['CCO', 'CCN'] }),
  parameterSchema.parse({ name: 'b', type: 'substance', smiles: ['CCN', 'CCCl'] }),
  parameterSchema.parse({ name: 'c', type: 'categorical', levels: ['x', 'y'] }),
];
const columns = [
  { kind: 'substance', at: 0 },
  { kind: 'substance', at: 1 },
  { kind: 'category', at: 0 },
];
const about = { encoder: 'e@1', output: 'o', identity: 'a'.repeat(64), width: 1 };

it('are one of descriptors for each substance', () => {
  const tables = descriptorTables([...molecules.values()], substances);
  expect(tables).toHaveLength(2);
  expect(tables[0]!.values.subarray(2 * tables[0]!.width).every((value) => value === 0)).toBe(true);
});

it('are, of a space with codes, those of descriptors, then those of encoders in their order', () => {
  const texts = { ...about, reads: 'texts' as const, on: ['c'], keys: ['x', 'y'], rows: packedRows([[1], [2]]) };
  const ofB = { ...about, reads: 'molecules' as const, on: ['b'], keys: ['CCN'], rows: packedRows([[1]]) };
  const space = { parameters, pool: null };
  expect(codeTables(space, columns, molecules, substances)).toEqual({ coders: [], coded: [] });
  const { coders, coded } = codeTables({ ...space, codes: [texts, ofB] }, columns, molecules, substances);
  expect(coders.map(({ column }) => [column.kind, column.at])).toEqual([
    ['substances', 0],
    ['substances', 1],
    ['coded', 0],
    ['substances', 1],
  ]);
  expect(coded).toHaveLength(1);
  expect([...coders[3]!.masked]).toEqual([0, 0, 1]);
  expect(described(molecules).of('CCO')).toBe(molecules.get('CCO')!.descriptors);
});
