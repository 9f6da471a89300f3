import type { Design } from '../../models/domain/design.js';
import { isEncodable } from '../../models/domain/outside.js';
import { type Parameter, typeOf } from '../../models/domain/parameters/parameter.js';
import type { SourceSpec } from '../../models/domain/source.js';
import { encodeMolecules } from '../../models/encode/encodings.js';
import { moleculeKey } from '../../models/encode/molecule-key.js';
import type { Table } from '../../models/table/table.js';
import type { Column } from '../suggest/columns.js';
import { spellings } from './spellings.js';

/**
 * Texts of an earlier campaign that are none of a space's values but molecules, by parameter, and how each is written from then on: as
 * the space does where it has the molecule in another spelling, else as canonical SMILES.
 */
export type FurtherMolecules = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Those in the cells of a table, and among the values that stand for missing ones. */
export async function furtherMolecules(
  table: Table,
  columns: readonly Column[],
  parameters: readonly Parameter[],
  defaults: SourceSpec['defaults'] = {},
): Promise<FurtherMolecules> {
  const found = new Map<string, ReadonlyMap<string, string>>();
  for (const parameter of parameters) {
    if (parameter.type !== 'substance') continue;
    const { name } = parameter;
    const place = columns.findIndex(({ role }) => role.kind === 'parameter' && role.name === name);
    const texts = [
      ...(place < 0 ? [] : table.cellsAt(place)),
      ...(defaults[name] === undefined ? [] : [defaults[name]]),
    ];
    const own = await written(parameter, texts.map(String));
    if (own.size > 0) found.set(name, own);
  }
  return found;
}

async function written(parameter: Parameter, texts: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const type = typeOf(parameter);
  const known = valuesOf(parameter);
  const strange = [...new Set(texts.map((text) => String(type.fromText(parameter, text))))].filter(
    (text) => !known.has(text) && isEncodable(parameter, text),
  );
  const own = await spellings(parameter, strange);
  const molecules = await encodeMolecules(strange);
  return new Map(
    strange.flatMap((text) => {
      const molecule = molecules.get(text) ?? null;
      return molecule === null ? [] : [[text, own.get(text) ?? moleculeKey(text, molecule.canonical)] as const];
    }),
  );
}

/** How many designs have molecules that the space does not have; null where none has. */
export function besideText(designs: readonly Design[], parameters: readonly Parameter[]): string | null {
  const molecules = new Set<string>();
  const rows = new Set<Design>();
  for (const parameter of parameters) {
    if (parameter.type !== 'substance') continue;
    const known = valuesOf(parameter);
    for (const design of designs) {
      const value = String(design[parameter.name]);
      if (known.has(value)) continue;
      molecules.add(value);
      rows.add(design);
    }
  }
  if (rows.size === 0) return null;
  const [one, single] = [rows.size === 1, molecules.size === 1];
  return `${rows.size} row${one ? '' : 's'} of ${molecules.size} molecule${single ? '' : 's'} that the space does not have: learned from, and never proposed`;
}

function valuesOf(parameter: Parameter): ReadonlySet<string> {
  return new Set((typeOf(parameter).values(parameter) ?? []).map(String));
}
