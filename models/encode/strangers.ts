import type { Design } from '../domain/design.js';
import { typeOf } from '../domain/parameters/parameter.js';
import type { Space } from '../domain/space.js';
import { codesKey } from '../domain/space-codes.js';
import type { CodeColumn } from './code-columns.js';
import type { CodeTeller, KnownCodes } from './code-tables.js';
import type { DescriptorColumn } from './descriptor-table.js';
import type { CodeTable, DescriptorTable, Encoding } from './encoded-designs.js';
import type { EncodedMolecule } from './molecules.js';

/** What an encoder is asked for. */
export interface AskedCodes {
  /** As `KnownCodes` name it. */
  readonly encoder: string;
  readonly keys: readonly string[];
}

/** How the tables of an encoding tell of values, one entry a table, in their order. */
export interface TableTellers {
  readonly descriptors: readonly (readonly DescriptorColumn[])[];
  readonly codes: readonly CodeTeller[];
}

/** What the encoders of a space are to be asked for, by encoder, of designs with values that it has not. */
export function askedOf(
  space: Pick<Space, 'parameters' | 'codes'>,
  designs: readonly Design[],
  { isKnown, coded }: { readonly isKnown: (smiles: string) => boolean; readonly coded: readonly CodeColumn[] },
): readonly AskedCodes[] {
  const keys = new Map<string, Set<string>>();
  const ask = (encoder: string, key: string) => keys.set(encoder, (keys.get(encoder) ?? new Set()).add(key));
  for (const codes of space.codes ?? []) {
    if (codes.reads !== 'molecules') continue;
    for (const parameter of space.parameters.filter(({ name }) => codes.on.includes(name)))
      for (const design of designs) {
        const feature = typeOf(parameter).feature(parameter, design[parameter.name]!);
        if (feature.kind === 'substance' && !isKnown(feature.smiles)) ask(codesKey(codes), feature.smiles);
      }
  }
  for (const { table, keyOf, placeOf } of coded)
    for (const key of new Set(designs.map(keyOf))) if (placeOf(key) < 0) ask(table.encoder, key);
  return [...keys].map(([encoder, some]) => ({ encoder, keys: [...some] }));
}

/** Values that stand in no row of a table but have a code, and where they come to stand. */
export interface PlacedStrangers {
  readonly codes: readonly ArrayLike<number>[];
  readonly places: ReadonlyMap<string, number>;
}

/** Those of a column among designs. @param of - the code of a value by its key, if there is one */
export function placedStrangers(
  { table, keyOf, placeOf }: CodeColumn,
  designs: readonly Design[],
  of: (key: string) => ArrayLike<number> | undefined,
): PlacedStrangers {
  const codes: ArrayLike<number>[] = [];
  const places = new Map<string, number>();
  for (const key of new Set(designs.map(keyOf))) {
    const code = placeOf(key) < 0 ? of(key) : undefined;
    if (code === undefined) continue;
    places.set(key, table.count + codes.length);
    codes.push(code);
  }
  return { codes, places };
}

/** What comes after the values of a space. */
export interface Strangers {
  /** By SMILES, none of the encoding. */
  readonly molecules: readonly (readonly [smiles: string, molecule: EncodedMolecule])[];
  /** Codes of each coded column. */
  readonly coded: readonly (readonly ArrayLike<number>[])[];
}

/**
 * An encoding with further molecules and coded values after its own, in the same columns: descriptors are scaled as those of its own are,
 * so that entries may lie beyond [0, 1], and codes standardised alike. A molecule without a code is masked.
 *
 * @param codes - of the molecules, by encoder; one that is not given knows none of them
 */
export function withStrangers(
  encoding: Encoding,
  tellers: TableTellers,
  { molecules, coded }: Strangers,
  codes: readonly KnownCodes[],
): Encoding {
  const own = encoding.fingerprints.length;
  return {
    ...encoding,
    fingerprints: [...encoding.fingerprints, ...molecules.map(([, { fingerprint }]) => fingerprint)],
    descriptors: encoding.descriptors.map((table, s) => longer(table, own, tellers.descriptors[s]!, molecules)),
    codes: encoding.codes.map((table, c) => {
      const teller = tellers.codes[c]!;
      const given = codes.find((one) => one.encoder === teller.encoder);
      const { kind, at } = table.column;
      const rows = kind === 'coded' ? coded[at]! : molecules.map(([smiles]) => given?.of(smiles));
      return withCodes(
        table,
        rows.map((code) => (code === undefined ? null : teller.standardise(code))),
      );
    }),
  };
}

function longer(
  { width, stereo, values }: DescriptorTable,
  own: number,
  columns: readonly DescriptorColumn[],
  strangers: readonly (readonly [string, EncodedMolecule])[],
): DescriptorTable {
  const all = new Float64Array((own + strangers.length) * width);
  all.set(values);
  strangers.forEach(([, { descriptors }], i) => {
    columns.forEach(({ at, low, high }, t) => {
      all[(own + i) * width + t] = (descriptors[at]! - low) / (high - low);
    });
  });
  return { width, stereo, values: all };
}

/** @param rows - null for what has no code */
function withCodes(table: CodeTable, rows: readonly (Float64Array | null)[]): CodeTable {
  const { width } = table;
  const count = table.count + rows.length;
  const values = new Float64Array(count * width);
  values.set(table.values);
  const masked = new Uint8Array(count);
  masked.set(table.masked);
  rows.forEach((row, i) => {
    if (row === null) masked[table.count + i] = 1;
    else values.set(row, (table.count + i) * width);
  });
  return { ...table, count, values, masked };
}
