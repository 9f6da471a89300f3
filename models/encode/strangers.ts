import type { CodeTeller, MoleculeCodes } from './code-tables.js';
import type { DescriptorColumn } from './descriptor-table.js';
import type { CodeTable, DescriptorTable, Encoding } from './encoded-designs.js';
import type { EncodedMolecule } from './molecules.js';

/** How the tables of an encoding tell of molecules, one entry a table, in their order. */
export interface TableTellers {
  readonly descriptors: readonly (readonly DescriptorColumn[])[];
  readonly codes: readonly CodeTeller[];
}

/**
 * An encoding with further molecules after its own, in the same columns: their descriptors are scaled as those of its own are, so that
 * entries may lie beyond [0, 1], and codes standardised alike. One without a code lies at a right angle to all others, as molecules of
 * the space do that an encoder could not take; where these all have codes, an entry is added for it that is 0 of all others.
 *
 * @param strangers - by SMILES, none of the encoding
 * @param codes - of the strangers, by encoder; one that is not given knows none of them
 */
export function withStrangers(
  encoding: Encoding,
  tellers: TableTellers,
  strangers: readonly (readonly [smiles: string, molecule: EncodedMolecule])[],
  codes: readonly MoleculeCodes[],
): Encoding {
  const own = encoding.fingerprints.length;
  return {
    ...encoding,
    fingerprints: [...encoding.fingerprints, ...strangers.map(([, { fingerprint }]) => fingerprint)],
    descriptors: encoding.descriptors.map((table, s) => longer(table, own, tellers.descriptors[s]!, strangers)),
    codes: encoding.codes.map((table, c) => {
      const teller = tellers.codes[c]!;
      const given = codes.find((one) => one.encoder === teller.encoder);
      const rows = strangers.map(([smiles]) => {
        const code = given?.of(smiles);
        return code === undefined ? null : teller.standardise(code);
      });
      return withCodes(table, own, rows, teller.isMasked);
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

/** @param rows - null for a molecule without a code */
function withCodes(
  table: CodeTable,
  own: number,
  rows: readonly (Float64Array | null)[],
  isMasked: boolean,
): CodeTable {
  const width = rows.includes(null) && !isMasked ? table.width + 1 : table.width;
  const values = new Float64Array((own + rows.length) * width);
  for (let m = 0; m < own; m++) values.set(table.values.subarray(m * table.width, (m + 1) * table.width), m * width);
  rows.forEach((row, i) => {
    if (row === null) values[(own + i + 1) * width - 1] = 1;
    else values.set(row, (own + i) * width);
  });
  return { ...table, width, values };
}
