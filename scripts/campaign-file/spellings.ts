import { oneOfTexts } from '../../models/domain/parameters/numbers.js';
import { type Parameter, typeOf } from '../../models/domain/parameters/parameter.js';
import type { Pool } from '../../models/domain/space.js';
import { encodeMolecules } from '../../models/encode/encodings.js';
import { moleculeKey } from '../../models/encode/molecule-key.js';
import { loadMolecules } from '../../models/encode/molecules.js';
import type { Table } from '../../models/table/table.js';
import type { Column } from '../suggest/columns.js';
import { valueAt } from './document.js';

/**
 * The table with its molecules spelled as the parameters spell them: a cell that is none of a substance's values, but the
 * SMILES of one of its molecules, becomes that value. A note says how many were.
 */
export async function respelledMolecules(
  table: Table,
  columns: readonly Column[],
  parameters: readonly Parameter[],
): Promise<Table> {
  let respelled = table;
  for (const parameter of parameters) {
    if (parameter.type !== 'substance') continue;
    const place = columns.findIndex(({ role }) => role.kind === 'parameter' && role.name === parameter.name);
    if (place < 0) continue;
    const found = await spellings(parameter, table.cellsAt(place));
    if (found.size === 0) continue;
    const [given, meant] = [...found][0]!;
    const count = `${found.size} molecule${found.size === 1 ? '' : 's'} in another spelling`;
    respelled = respelled.withCells(
      place,
      (cell) => found.get(cell) ?? cell,
      `column '${columns[place]!.header}': ${count}, such as '${given}' for '${meant}'`,
    );
  }
  return respelled;
}

/** Designs of a campaign file with their molecules spelled as the parameters spell them; entries of other forms stay. */
export async function respelledDesigns(designs: unknown, parameters: readonly Parameter[]): Promise<unknown> {
  if (!Array.isArray(designs)) return designs;
  let respelled: readonly unknown[] = designs;
  for (const parameter of parameters) {
    if (parameter.type !== 'substance') continue;
    const { name } = parameter;
    const given = (design: unknown) => valueAt(design, [name]);
    const texts = respelled.map(given).filter((value) => typeof value === 'string');
    const found = await spellings(parameter, texts);
    respelled = respelled.map((design) => {
      const meant = found.get(given(design) as string);
      return meant === undefined ? design : { ...(design as object), [name]: meant };
    });
  }
  return respelled;
}

/** Values of a parameter, and which of them a molecule is by its key. */
interface Spelled {
  readonly values: readonly string[];
  readonly known: ReadonlySet<string>;
  byKey?: Promise<ReadonlyMap<string, string>>;
}

const spelled = new WeakMap<Parameter, Spelled>();

function spelledBy(parameter: Parameter): Spelled {
  let own = spelled.get(parameter);
  if (own === undefined) {
    const values = (typeOf(parameter).values(parameter) ?? []).map(String);
    own = { values, known: new Set(values) };
    spelled.set(parameter, own);
  }
  return own;
}

async function keysOf(parameter: Parameter): Promise<ReadonlyMap<string, string>> {
  const byKey = new Map<string, string>();
  const canonical = await canonicalOf(parameter);
  for (const value of [...spelledBy(parameter).values].reverse()) byKey.set(canonical(value), value);
  return byKey;
}

/** The value that each text stands for that is none, but the SMILES of a molecule of the parameter. */
export async function spellings(parameter: Parameter, texts: Iterable<string>): Promise<ReadonlyMap<string, string>> {
  const own = spelledBy(parameter);
  const { values, known } = own;
  const strange = [...new Set(texts)].filter(
    (text) => text !== '' && !known.has(text) && !known.has(oneOfTexts(text, values)),
  );
  const found = new Map<string, string>();
  if (strange.length === 0) return found;
  own.byKey ??= keysOf(parameter);
  const byKey = await own.byKey;
  const molecules = await loadMolecules();
  for (const text of strange) {
    const one = await molecules.canonical(text).catch(() => null);
    const value = one === null ? undefined : byKey.get(moleculeKey(text, one));
    if (value !== undefined) found.set(text, value);
  }
  return found;
}

/** Canonical SMILES of the values of a substance; that of any other parameter's value is its text. */
export async function canonicalOf(parameter: Parameter): Promise<(value: unknown) => string> {
  if (parameter.type !== 'substance') return String;
  const smiles = new Map(
    (typeOf(parameter).values(parameter) ?? []).map((value) => [value, smilesOf(parameter, value)]),
  );
  const encodings = await encodeMolecules(smiles.values());
  return (value) => {
    const own = smiles.get(value as string) ?? String(value);
    return moleculeKey(own, encodings.get(own)?.canonical ?? own);
  };
}

/** SMILES of a value of a substance; the text of any other. */
export function smilesOf(parameter: Parameter, value: unknown): string {
  if (parameter.type !== 'substance') return String(value);
  const feature = typeOf(parameter).feature(parameter, value as string);
  return feature.kind === 'substance' ? feature.smiles : String(value);
}

const others = new WeakMap<Pool, ReadonlyMap<string, string>>();

/** Remembers of a pool which rows it has under other ids: those that were another spelling of a row before them. */
export function rememberRespelled(pool: Pool, rows: ReadonlyMap<string, string>): void {
  if (rows.size > 0) others.set(pool, rows);
}

/** The id of the row that an id means: its own, or that of the row which it spells in another way. */
export function rowMeant(pool: Pool, id: string): string {
  return others.get(pool)?.get(id) ?? id;
}
