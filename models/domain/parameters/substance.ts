import { z } from 'zod';
import { among } from '../nearest.js';
import { listed, repeated, textFaults } from './categorical.js';
import type { ParameterType, PoolColumn } from './contract.js';
import { atQuantile, nameSchema, oneOfTexts } from './numbers.js';

const schema = z.strictObject({
  name: nameSchema,
  type: z.literal('substance'),
  smiles: z
    .union([z.array(z.string()).min(1), z.record(z.string().min(1), z.string())])
    .optional()
    .describe('SMILES of the allowed molecules, as a list or as name: SMILES'),
  file: z.string().optional().describe('CSV with the molecules, instead of smiles'),
  column: z.string().optional().describe('column of the file that holds the SMILES; with smiles, of tables of results'),
});
type Substance = z.infer<typeof schema>;

/** Names of the molecules: the keys of a mapping, or the SMILES themselves. */
function names({ smiles }: Substance): readonly string[] {
  if (smiles === undefined) return [];
  return Array.isArray(smiles) ? smiles : Object.keys(smiles);
}

/** SMILES of the molecule with this name; of one without, the text itself. */
function smilesOf({ smiles }: Substance, value: string): string {
  if (smiles === undefined || Array.isArray(smiles)) return value;
  return Object.hasOwn(smiles, value) ? smiles[value]! : value;
}

/** What a SMILES is made of: atoms in brackets or of the organic subset, bonds, branches, rings. No name of a molecule is. */
const smilesLike = /^(?:\[[^\]\s]+\]|Br|Cl|[BCNOPSFIbcnops]|[-=#$:/\\.()%\d~])+$/;

/** The parameter with molecules after its own, named by their SMILES. */
function withMolecules(parameter: Substance, values: readonly string[]): Substance {
  const { smiles = [] } = parameter;
  const own = Object.fromEntries(values.map((value) => [value, value]));
  return { ...parameter, smiles: Array.isArray(smiles) ? [...smiles, ...values] : { ...smiles, ...own } };
}

/** One of a list of molecules; substance feature. A value is the molecule's name, or its SMILES where it has none. */
export const substance: ParameterType<Substance> = {
  type: 'substance',
  schema,
  faults: (parameter) => {
    if ((parameter.smiles === undefined) === (parameter.file === undefined))
      return [{ path: '', message: "needs either 'smiles' or 'file'", remedy: 'give exactly one of them' }];
    if (parameter.file !== undefined && parameter.column === undefined)
      return [{ path: 'column', message: 'missing', remedy: 'name the column of the file that holds the SMILES' }];
    return Array.isArray(parameter.smiles) ? repeated(parameter.smiles, 'smiles') : [];
  },
  values: names,
  fromUnit: (parameter, u) => atQuantile(names(parameter), u),
  refuses: (parameter, value) => (names(parameter).includes(value as string) ? null : among(value, names(parameter))),
  encodes: (parameter, value) =>
    typeof value === 'string' && (names(parameter).includes(value) || smilesLike.test(value)),
  widened: withMolecules,
  growth: {
    refuses: (_, value) => (typeof value === 'string' && smilesLike.test(value) ? null : 'the SMILES of a molecule'),
    with: withMolecules,
  },
  feature: (parameter, value) => ({ kind: 'substance', smiles: smilesOf(parameter, value as string) }),
  fromFeature: (parameter, feature) =>
    names(parameter).find((name) => feature.kind === 'substance' && smilesOf(parameter, name) === feature.smiles),
  fromText: (parameter, text) => oneOfTexts(text, names(parameter)),
  agrees: (_, text, value) => oneOfTexts(text, [value as string]) === value,
  fromColumn: (column) => {
    const { name, cells, smiles } = column;
    const wrong = textFaults(column, emptyRemedy(smiles));
    if (wrong.length > 0) return wrong;
    const present = [...new Set(cells)];
    if (smiles === undefined) return { parameter: { name, type: 'substance', smiles: present }, values: cells };
    const unknown = present.filter((cell) => !Object.hasOwn(smiles, cell));
    if (unknown.length > 0) {
      return [
        { path: name, message: `no SMILES given for ${listed(unknown)}`, remedy: "name every molecule under 'smiles'" },
      ];
    }
    const used = Object.fromEntries(present.map((cell) => [cell, smiles[cell]!]));
    return { parameter: { name, type: 'substance', smiles: used }, values: cells };
  },
};

function emptyRemedy(smiles: PoolColumn['smiles']): string {
  return smiles === undefined ? 'give a SMILES in every row' : 'give a name in every row';
}
