import type { Space } from '../domain/space.js';
import { type CodeColumn, codeColumns } from './code-columns.js';
import { type CodeTeller, codesOf, codeTable, type KnownCodes } from './code-tables.js';
import { descriptorTable } from './descriptor-table.js';
import type { CodeTable } from './encoded-designs.js';
import type { EncodedMolecule } from './molecules.js';
import { stereoNames, stereoTieBreakers } from './stereo.js';

/** A substance column: its parameter, its place, and the places of the molecules that it may hold. */
export interface SubstanceColumn {
  readonly name: string;
  readonly at: number;
  readonly members: readonly number[];
}

/** Tables of descriptors, one a substance column. */
export function descriptorTables(molecules: readonly EncodedMolecule[], columns: readonly SubstanceColumn[]) {
  const descriptors = molecules.map((molecule) => molecule.descriptors);
  const skeletons = molecules.map(({ fingerprint }) => `${fingerprint.features.join()}|${fingerprint.counts.join()}`);
  const stereo = { columns: stereoNames.length, tieBreakers: stereoTieBreakers, skeletons };
  return columns.map(({ members }) => descriptorTable(descriptors, members, stereo));
}

/**
 * Tables of codes, those of one encoder side by side and descriptors first, and the columns of those that are not of molecules; none
 * where the space holds no codes.
 *
 * @param columns - of the parameters
 * @param molecules - by SMILES
 */
export function codeTables(
  space: Space,
  columns: readonly { readonly kind: string; readonly at: number }[],
  molecules: ReadonlyMap<string, EncodedMolecule>,
  substances: readonly SubstanceColumn[],
): { readonly coders: readonly (CodeTable & CodeTeller)[]; readonly coded: readonly CodeColumn[] } {
  const codes = codesOf(space);
  if (codes.length === 0) return { coders: [], coded: [] };
  const { parameters } = space;
  const smiles = [...molecules.keys()];
  const coded: CodeColumn[] = [];
  const ofMolecules = (one: KnownCodes, on?: readonly string[]) =>
    substances
      .filter(({ name }) => on === undefined || on.includes(name))
      .map(({ members, at }) => codeTable(one, smiles, { column: { kind: 'substances', at }, members }));
  const tables = codes.flatMap((one) => {
    if (one.reads === 'molecules') return ofMolecules(one, one.on);
    const further = codeColumns(one, parameters, coded.length, (of) => columns[parameters.indexOf(of)]!);
    coded.push(...further);
    return further.map(({ table }) => table);
  });
  return { coders: [...ofMolecules(described(molecules)), ...tables], coded };
}

/** The descriptors of molecules, as codes. */
export function described(molecules: ReadonlyMap<string, EncodedMolecule>): KnownCodes {
  return { encoder: 'descriptors', of: (smiles) => molecules.get(smiles)?.descriptors };
}
